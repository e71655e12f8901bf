//! Clients: they send, wait, send again with the same id, cancel what may be trading, crash and forget.

use std::collections::VecDeque;

use model::Command;

use super::character::Manners;
use super::faults::{Counts, Fault};
use super::work::{Task, Work, cancel_of, is_safe_again};
use crate::generate::Draw;

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It waits for its answer.
    Open,
    /// It has one.
    Answered,
    /// Nobody waits any more: it may have been done or not.
    InDoubt,
}

/// One thing a client asks for, under one id, as often as it takes.
#[derive(Clone, Debug)]
struct Request {
    client: usize,
    command: Command,
    attempts: u32,
    stage: Stage,
    /// It is sent again until it is answered.
    must_succeed: bool,
}

/// One client.
#[derive(Clone, Debug)]
struct Client {
    tasks: VecDeque<Task>,
    /// A cancel that goes out before the next task.
    race: Option<Command>,
    on_way: usize,
    is_planned: bool,
    next_pause_ns: i64,
}

/// What happens to a request that got no answer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It was answered, or sent again since.
    Nothing,
    /// It goes out again.
    Again,
    /// Its client goes on without.
    GaveUp(usize),
}

/// All clients.
pub struct Clients {
    manners: Manners,
    draw: Draw,
    requests: Vec<Request>,
    each: Vec<Client>,
    setup: VecDeque<Task>,
    /// Tasks there were.
    total: usize,
    /// Requests that wait for an answer.
    open: usize,
}

impl Clients {
    /// Clients that have not begun.
    pub fn new(work: Work, manners: Manners, draw: Draw) -> Self {
        let total = work.clients.iter().map(VecDeque::len).sum();
        let client = |tasks| Client { tasks, race: None, on_way: 0, is_planned: false, next_pause_ns: 0 };
        let clients = work.clients.into_iter().map(client).collect();
        Clients { manners, draw, requests: Vec::new(), each: clients, setup: work.setup, total, open: 0 }
    }

    /// Whether the exchange is being made ready: everybody else waits for that.
    pub fn is_setting_up(&self) -> bool {
        !self.setup.is_empty() || self.open_setup()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.each.len()
    }

    /// A client is to look for work; false where that is planned already.
    pub fn plan(&mut self, client: usize) -> bool {
        !core::mem::replace(&mut self.each[client].is_planned, true)
    }

    /// It looks now.
    pub fn begin(&mut self, client: usize) {
        self.each[client].is_planned = false;
    }

    /// What a client sends next, if it may send.
    pub fn next_request(&mut self, client: usize, counts: &mut Counts) -> Option<usize> {
        let must_succeed = self.is_setting_up();
        let window = if must_succeed { 1 } else { self.manners.window };
        if self.each[client].on_way >= window || (must_succeed && client != 0) {
            return None;
        }
        let command = if must_succeed { self.setup.pop_front()?.command } else { self.next_command(client, counts)? };
        self.each[client].on_way += 1;
        self.open += 1;
        self.requests.push(Request { client, command, attempts: 0, stage: Stage::Open, must_succeed });
        Some(self.requests.len() - 1)
    }

    fn next_command(&mut self, client: usize, counts: &mut Counts) -> Option<Command> {
        let cancel_race = self.manners.cancel_race;
        let one = &mut self.each[client];
        if let Some(race) = one.race.take() {
            return Some(race);
        }
        let task = one.tasks.pop_front()?;
        one.next_pause_ns = task.pause_ns;
        if let Command::NewOrder(order) = &task.command
            && cancel_race > 0
            && self.draw.chance(cancel_race)
        {
            counts.see(Fault::CancelRace);
            self.each[client].race = Some(cancel_of(order));
        }
        Some(task.command)
    }

    /// Whether the last command of the setup waits for its answer.
    fn open_setup(&self) -> bool {
        self.setup.is_empty() && self.requests.last().is_some_and(|last| last.must_succeed && last.stage == Stage::Open)
    }

    /// The pause of a client before it sends more.
    pub fn pause_ns(&mut self, client: usize) -> i64 {
        let one = &mut self.each[client];
        if one.race.is_some() {
            return 0;
        }
        let usual_ns = if self.manners.think_ns_max == 0 { 0 } else { self.draw.between(0, self.manners.think_ns_max) };
        usual_ns + core::mem::take(&mut self.each[client].next_pause_ns)
    }

    /// One more attempt, and its number.
    pub fn attempt(&mut self, request: usize) -> u32 {
        self.requests[request].attempts += 1;
        self.requests[request].attempts
    }

    /// Whether there is such a request.
    pub fn knows(&self, request: usize) -> bool {
        request < self.requests.len()
    }

    /// What a request asks for.
    pub fn command(&self, request: usize) -> &Command {
        &self.requests[request].command
    }

    fn close(&mut self, request: usize, stage: Stage) -> bool {
        let one = &mut self.requests[request];
        let is_open = one.stage == Stage::Open;
        if is_open {
            one.stage = stage;
            self.each[one.client].on_way -= 1;
            self.open -= 1;
        }
        is_open
    }

    /// An answer arrives. Gives the client.
    pub fn answered(&mut self, request: usize) -> usize {
        self.close(request, Stage::Answered);
        self.requests[request].client
    }

    /// Nobody waits for an answer any more. Gives the client.
    pub fn give_up(&mut self, request: usize) -> usize {
        self.close(request, Stage::InDoubt);
        self.requests[request].client
    }

    /// A client crashes by this chance: it knows nothing of what it has asked. Setup is not forgotten.
    pub fn forgets(&mut self, client: usize, permille: u32) -> bool {
        let is_setting_up = self.requests.last().is_some_and(|last| last.must_succeed);
        if permille == 0 || is_setting_up || !self.draw.chance(permille) {
            return false;
        }
        for request in 0..self.requests.len() {
            if self.requests[request].client == client {
                self.close(request, Stage::InDoubt);
            }
        }
        self.each[client].race = None;
        true
    }

    /// A client's patience with an attempt is over.
    pub fn timed_out(&mut self, request: usize, attempt: u32) -> After {
        let one = &self.requests[request];
        if one.stage != Stage::Open || one.attempts != attempt {
            return After::Nothing;
        }
        if one.must_succeed || is_safe_again(&one.command) {
            return After::Again;
        }
        After::GaveUp(self.give_up(request))
    }

    /// Whether everything was sent and nobody waits.
    pub fn is_done(&self) -> bool {
        self.open == 0 && self.setup.is_empty() && self.left() == 0
    }

    /// Whether nearly all of the work has been sent.
    pub fn is_nearly_done(&self) -> bool {
        self.setup.is_empty() && self.left() <= self.total / 20
    }

    fn left(&self) -> usize {
        self.each.iter().map(|one| one.tasks.len() + usize::from(one.race.is_some())).sum()
    }

    /// How many requests wait for an answer.
    pub fn open_count(&self) -> usize {
        self.open
    }
}
