//! One run: clients, network, process and disk on one timeline, first with faults, then without until all is answered.

use std::collections::BTreeSet;

use std::panic::{AssertUnwindSafe, catch_unwind};

use model::Command;
use sequencer::Refusal;

use super::character::{Character, Plan};
use super::clients::Clients;
use super::disk::{Chances, SimDisk};
use super::faults::Fault;
use super::oracle::Oracle;
use super::seeds::{Part, stream};
use super::server::Server;
use super::timeline::Timeline;
use super::verdict::{Failure, Tally, Verdict};
use super::work::Work;
use crate::compare::message_of;
use crate::generate::Draw;

/// Events after which faults end, and as many after which a run that they have left alone must have ended.
const EVENTS_MAX: u64 = 200_000;
/// Commands that take risk away and fit into the reserve of any size.
const RELIEF_MIN: u64 = 3;
/// Rounds without requests that a process is given before the next request.
const IDLE_ROUNDS_MAX: u64 = 8;
/// The shortest pause of a server that has nothing to do.
const BACKOFF_NS: i64 = 1_000_000;

/// What happens on the timeline.
#[derive(Clone, Copy, Debug)]
pub enum Job {
    /// A client looks for something to send.
    Send(usize),
    /// A request arrives.
    Arrive(usize),
    /// A request that was refused arrives again.
    Return(usize),
    /// A client gets an answer.
    Answer(usize),
    /// A client has waited long enough for an answer to this attempt.
    Timeout(usize, u32),
    /// The process works, as planned under this number.
    Step(u64),
    /// The shadow of this life's process looks at the log.
    Follow(u64),
    /// The process of this life ends.
    Die(u64),
    /// A process starts.
    Start,
    /// There is space again.
    SpaceBack,
    /// Another process tries to start.
    Rival(u64),
}

/// How one process will end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ending {
    /// Answers until then.
    pub answers_left: u64,
    /// It has been decided: by a count of calls or by a time.
    pub is_set: bool,
}

/// All of it.
pub struct World {
    pub(super) character: Character,
    pub(super) line: Timeline<Job>,
    pub(super) disk: SimDisk,
    pub(super) server: Option<Server>,
    pub(super) life: u64,
    pub(super) ending: Ending,
    pub(super) clients: Clients,
    pub(super) oracle: Oracle,
    pub(super) limits: model::Limits,
    pub(super) tally: Tally,
    pub(super) crashes: Draw,
    pub(super) power: Draw,
    pub(super) damage: Draw,
    pub(super) net: Draw,
    /// How long the shadow is away.
    pub(super) shadow: Draw,
    /// The shadow will look at the log.
    pub(super) will_follow: bool,
    /// Faults still happen.
    pub(super) has_faults: bool,
    /// The process is busy until then.
    busy_until_ns: i64,
    /// When the process works next, and under which number that was planned.
    step_ns: Option<i64>,
    step_number: u64,
    /// Rounds since one answered anything.
    idle_rounds: u64,
    /// Requests in the server.
    pub(super) inside: usize,
    /// Requests that were refused and will come again: once each, however many copies of them were refused.
    refused: BTreeSet<usize>,
    /// What takes risk away and was done since the disk got full, where a reserve was there at that time.
    pub(super) relief: Option<u64>,
}

impl World {
    fn new(plan: &Plan) -> Self {
        let character = Character::new(plan);
        let work = Work::new(plan, &character);
        let limits = work.limits;
        let line = Timeline::new(plan.seed, 1_000_000);
        let has_naive = character.has_naive;
        let oracle = Oracle::new(limits, has_naive, character.remembers);
        World {
            clients: Clients::new(work, character.manners, stream(plan.seed, Part::Clients)),
            disk: SimDisk::new(stream(plan.seed, Part::Disk)),
            oracle,
            line,
            limits,
            character,
            server: None,
            life: 0,
            ending: Ending::default(),
            tally: Tally::default(),
            crashes: stream(plan.seed, Part::Crashes),
            power: stream(plan.seed, Part::PowerCut),
            damage: stream(plan.seed, Part::Damage),
            net: stream(plan.seed, Part::Net),
            shadow: stream(plan.seed, Part::Shadow),
            will_follow: false,
            has_faults: true,
            busy_until_ns: 0,
            step_ns: None,
            step_number: 0,
            idle_rounds: 0,
            inside: 0,
            refused: BTreeSet::new(),
            relief: None,
        }
    }

    fn handle(&mut self, job: Job) -> Result<(), String> {
        match job {
            Job::Send(client) => self.send(client),
            Job::Arrive(request) => return self.arrive(request),
            Job::Return(request) => {
                self.refused.remove(&request);
                return self.arrive(request);
            }
            Job::Answer(request) => self.answer(request),
            Job::Timeout(request, attempt) => self.time_out(request, attempt),
            Job::Step(number) => return self.step(number),
            Job::Follow(life) => return self.follow(life),
            Job::Die(life) => {
                if life == self.life && self.server.is_some() {
                    self.die();
                }
            }
            Job::Start => return self.start(),
            Job::SpaceBack => {
                self.relief = None;
                self.disk.platter().capacity = None;
            }
            Job::Rival(life) => return self.rival(life),
        }
        Ok(())
    }

    /// A client sends what it may.
    fn send(&mut self, client: usize) {
        self.clients.begin(client);
        while let Some(request) = self.clients.next_request(client, &mut self.tally.counts) {
            self.dispatch(request);
            let pause_ns = self.clients.pause_ns(client);
            if pause_ns > 0 {
                self.plan_send(client, pause_ns);
                return;
            }
        }
    }

    fn plan_send(&mut self, client: usize, after_ns: i64) {
        if self.clients.plan(client) {
            self.line.after(after_ns, Job::Send(client));
        }
    }

    /// Puts a request on its way.
    fn dispatch(&mut self, request: usize) {
        let attempt = self.clients.attempt(request);
        self.line.after(self.character.manners.patience_ns, Job::Timeout(request, attempt));
        let digest = self.oracle.digest(self.clients.command(request));
        if self.happens(self.character.net.lost_request, Fault::LostRequest) {
            return;
        }
        let ways = 1 + u32::from(self.happens(self.character.net.doubled, Fault::DoubledRequest));
        for _ in 0..ways {
            self.oracle.send(digest);
            let delay_ns = self.delay_ns();
            self.line.after(delay_ns, Job::Arrive(request));
        }
    }

    fn happens(&mut self, permille: u32, fault: Fault) -> bool {
        let happens = self.has_faults && permille > 0 && self.net.chance(permille);
        if happens {
            self.tally.counts.see(fault);
        }
        happens
    }

    fn delay_ns(&mut self) -> i64 {
        let max_ns = self.character.net.delay_ns_max;
        if max_ns == 0 || !self.has_faults {
            return 1_000;
        }
        self.tally.counts.see(Fault::Overtaking);
        self.net.between(1_000, max_ns)
    }

    /// A request reaches the server, if there is one.
    fn arrive(&mut self, request: usize) -> Result<(), String> {
        let Some(server) = &mut self.server else { return Ok(()) };
        let command = self.clients.command(request);
        match server.submit(request as u64, command) {
            Ok(()) => {
                self.inside += 1;
                self.plan_step(0);
            }
            Err(Refusal::QueueFull { .. }) => {
                self.tally.refused += 1;
                self.come_again(request, BACKOFF_NS);
                // A tick may be what fills the queue: nobody else would have the process work.
                self.plan_step(BACKOFF_NS);
            }
            Err(Refusal::DiskFull) => {
                let is_relief = sequencer::takes_risk_away(command);
                self.tally.refused_full += 1;
                self.tally.relief_refused += u64::from(is_relief);
                if is_relief && self.relief.is_some_and(|done| done < RELIEF_MIN) {
                    return Err(format!("relief: refused on a full disk with a reserve: {command:?}"));
                }
                self.come_again(request, 20 * BACKOFF_NS);
                self.plan_step(0);
            }
            Err(Refusal::TooLarge { .. } | Refusal::NoEncoding { .. }) => {
                let client = self.clients.give_up(request);
                self.plan_send(client, 0);
            }
            Err(Refusal::Stopped) => {}
        }
        Ok(())
    }

    fn come_again(&mut self, request: usize, after_ns: i64) {
        if self.refused.insert(request) {
            self.line.after(after_ns, Job::Return(request));
        }
    }

    /// The process works after so long, or when it has finished what it does, or earlier where that was planned.
    fn plan_step(&mut self, after_ns: i64) {
        let wait_ns = (self.busy_until_ns - self.line.now_ns()).max(after_ns);
        let at_ns = self.line.now_ns() + wait_ns;
        if self.step_ns.is_none_or(|planned_ns| at_ns < planned_ns) {
            self.step_ns = Some(at_ns);
            self.step_number += 1;
            self.line.after(wait_ns, Job::Step(self.step_number));
        }
    }

    /// No round of work is planned any more.
    pub(super) fn forget_step(&mut self) {
        self.step_ns = None;
        self.step_number += 1;
        self.busy_until_ns = 0;
    }

    /// The process does one round of work.
    fn step(&mut self, number: u64) -> Result<(), String> {
        if number != self.step_number {
            return Ok(());
        }
        self.step_ns = None;
        let wall_ns = self.line.wall_ns();
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let result = self.release(&mut server, wall_ns);
        let has_failed = self.disk.platter().has_failed;
        self.server = Some(server);
        match result? {
            Round::Died => {
                self.die();
                Ok(())
            }
            Round::Stopped(text) => self.abort(&text),
            Round::Done(count, answers) => {
                if has_failed && count > 0 {
                    return Err("sync: answers after a failed sync or write".to_owned());
                }
                if count > 0 {
                    self.plan_follow();
                }
                self.idle_rounds = if answers > 0 { 0 } else { self.idle_rounds + 1 };
                if self.inside > 0 {
                    self.plan_step(if count == 0 { 100_000 } else { 0 });
                } else if count > 0 && self.idle_rounds < IDLE_ROUNDS_MAX {
                    self.plan_step(self.character.sizes.seal_after_ns + 1_000);
                }
                Ok(())
            }
        }
    }

    /// The process ends itself, as it must after a failure of the disk and never else.
    pub(super) fn abort(&mut self, text: &str) -> Result<(), String> {
        if !self.disk.platter().has_failed {
            return Err(format!("stopped: without a failure of the disk: {text}"));
        }
        self.tally.aborts += 1;
        self.tally.trace.write_bytes(text.as_bytes());
        self.die();
        Ok(())
    }

    fn release(&mut self, server: &mut Server, wall_ns: i64) -> Result<Round, String> {
        let stepped = server.step(wall_ns);
        let busy_ns = core::mem::take(&mut self.disk.platter().busy_ns);
        self.busy_until_ns = self.line.now_ns() + busy_ns;
        if self.disk.platter().is_dead {
            return Ok(Round::Died);
        }
        let released = match stepped {
            Ok(released) => released,
            Err(fatal) => return Ok(Round::Stopped(fatal.to_string())),
        };
        if released.iter().next().is_some() {
            self.oracle.begin_release();
        }
        let (mut count, mut answers) = (0, 0);
        for outcome in released.iter() {
            count += 1;
            let request = usize::try_from(outcome.origin).ok().filter(|request| self.clients.knows(*request));
            let command = request.map_or(&Command::Tick, |request| self.clients.command(request));
            self.oracle.release(outcome.stamp, command, outcome.events)?;
            self.tally.trace.write_u64(outcome.stamp.seq);
            self.tally.trace.write_i64(outcome.stamp.ts_ns);
            let Some(request) = request else { continue };
            answers += 1;
            self.inside = self.inside.saturating_sub(1);
            self.tally.acknowledged += 1;
            if let Some(done) = &mut self.relief {
                *done += u64::from(sequencer::takes_risk_away(command));
            }
            if self.happens(self.character.net.lost_answer, Fault::LostAnswer) {
                continue;
            }
            let delay_ns = busy_ns + self.delay_ns();
            self.line.after(delay_ns, Job::Answer(request));
        }
        for (origin, refusal) in released.refused() {
            self.inside = self.inside.saturating_sub(1);
            let Ok(request) = usize::try_from(*origin) else { continue };
            if *refusal == Refusal::DiskFull {
                self.tally.refused_full += 1;
                self.come_again(request, 20 * BACKOFF_NS);
            } else {
                let client = self.clients.give_up(request);
                self.plan_send(client, 0);
            }
        }
        if count > 0 && self.tally.batches.is_multiple_of(16) {
            let hash = server.state_hash();
            self.tally.trace.write_u64(hash);
            self.oracle.check_state(hash, "a running system")?;
        }
        self.tally.batches += u64::from(count > 0);
        self.set_ending(count);
        Ok(Round::Done(count, answers))
    }

    fn answer(&mut self, request: usize) {
        let was_setting_up = self.clients.is_setting_up();
        let client = self.clients.answered(request);
        if was_setting_up && !self.clients.is_setting_up() {
            for other in 0..self.clients.count() {
                self.plan_send(other, 0);
            }
        }
        let forgets = self.character.manners.forgets;
        if self.has_faults && self.clients.forgets(client, forgets) {
            self.tally.counts.see(Fault::ClientForgets);
        }
        self.plan_send(client, 0);
    }

    fn time_out(&mut self, request: usize, attempt: u32) {
        match self.clients.timed_out(request, attempt) {
            super::clients::After::Nothing => {}
            super::clients::After::Again => {
                self.tally.retries += 1;
                self.dispatch(request);
            }
            super::clients::After::GaveUp(client) => self.plan_send(client, 0),
        }
    }

    /// Runs until nothing is left to do.
    fn run(&mut self) -> Result<(), Failure> {
        self.line.after(0, Job::Start);
        for client in 0..self.clients.count() {
            self.plan_send(client, 0);
        }
        for event in 0..2 * EVENTS_MAX {
            let Some(job) = self.line.advance() else { break };
            self.tally.trace.write_i64(self.line.now_ns());
            self.handle(job).map_err(|what| Failure { event, what })?;
            if self.has_faults && (self.is_enough() || event == EVENTS_MAX) {
                self.heal();
            } else if !self.has_faults && self.clients.is_done() && self.server.is_some() {
                break;
            }
        }
        let at_end = |what| Failure { event: 2 * EVENTS_MAX, what };
        if !self.clients.is_done() {
            return Err(at_end(format!("liveness: {} requests are not answered", self.clients.open_count())));
        }
        self.last_look().map_err(at_end)
    }

    /// Enough crashes, or nearly all of the work is done: the rest goes without faults.
    fn is_enough(&self) -> bool {
        self.tally.crashes >= self.character.endings.crashes_max as u64 || self.clients.is_nearly_done()
    }

    /// Faults end: from here on everything must be answered.
    fn heal(&mut self) {
        self.has_faults = false;
        let mut platter = self.disk.platter();
        platter.chances = Chances::default();
        platter.capacity = None;
        platter.calls_left = None;
        drop(platter);
        for client in 0..self.clients.count() {
            self.plan_send(client, 0);
        }
    }
}

/// What a step came to.
enum Round {
    Died,
    Stopped(String),
    /// So many outcomes, so many of them of requests.
    Done(usize, usize),
}

/// Does a run. A panic of the system under test is a failure like any other.
pub fn run(plan: &Plan) -> Verdict {
    let mut world = World::new(plan);
    let ended = catch_unwind(AssertUnwindSafe(|| world.run().err()));
    let failure =
        ended.unwrap_or_else(|panic| Some(Failure { event: 0, what: format!("panic: {}", message_of(&*panic)) }));
    world.tally.counts.add(&world.disk.platter().counts);
    Verdict { failure, tally: world.tally }
}
