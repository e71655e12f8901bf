//! What one seed is like: every seed draws its own probabilities, many of them zero, so that rare paths meet undiluted.

use super::disk::{Chances, Damage, Fates};
use super::faults::{Fault, FaultSet};
use super::seeds::{Part, stream};
use crate::generate::Draw;

const MICRO_NS: i64 = 1_000;
const MILLI_NS: i64 = 1_000_000;
const SECOND_NS: i64 = 1_000_000_000;
const DAY_NS: i64 = 86_400 * SECOND_NS;

/// What names a run: the same plan always does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many commands the clients have to send.
    pub commands: usize,
    /// Faults that do not happen.
    pub without: FaultSet,
    /// A fault of the disk that happens in every run.
    pub focus: Option<Fault>,
}

impl Plan {
    /// The usual length, every fault.
    pub fn new(seed: u64) -> Self {
        Plan { seed, commands: 400, without: FaultSet::default(), focus: None }
    }
}

/// Chances of the network, in thousandths, and its delays.
#[derive(Clone, Copy, Debug)]
pub struct Net {
    /// Of a request that does not arrive.
    pub lost_request: u32,
    /// Of an answer that does not arrive.
    pub lost_answer: u32,
    /// Of a request that arrives twice.
    pub doubled: u32,
    /// The longest way, in nanoseconds.
    pub delay_ns_max: i64,
}

/// How clients behave.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// How many there are.
    pub clients: usize,
    /// How many requests one has on the way.
    pub window: usize,
    /// Its longest usual pause.
    pub think_ns_max: i64,
    /// Its longest unusual pause.
    pub pause_ns_max: i64,
    /// How long it waits for an answer.
    pub patience_ns: i64,
    /// Chance of a crash of a client at an answer.
    pub forgets: u32,
    /// Chance of a cancel right behind an order.
    pub cancel_race: u32,
}

/// How processes end.
#[derive(Clone, Copy, Debug)]
pub struct Endings {
    /// How many times, at most.
    pub crashes_max: usize,
    /// How many commands are answered before, at least and at most.
    pub answers: (u64, u64),
    /// Chance that the machine ends too.
    pub power_cut: u32,
    /// Chance that the next recovery does not end.
    pub in_recovery: u32,
    /// Chance that the end comes within a few calls of the disk, not between them.
    pub in_call: u32,
    /// Chance of a second process while one runs.
    pub second_process: u32,
    /// Chance that no space is left for a while, in each life.
    pub full: u32,
    /// Chance of a jump of the wall clock, in each life.
    pub clock_jump: u32,
    /// Chance that a copy of the disk is damaged before a restart.
    pub damage: u32,
    /// Chance that recovery is done twice before a restart.
    pub twice: u32,
}

/// Sizes of the sequencer under test: small ones meet their ends often.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Bytes of a segment.
    pub segment_bytes: u64,
    /// Commands in a batch.
    pub batch_max: usize,
    /// Commands that may wait.
    pub queue_max: usize,
    /// Commands between two state hashes.
    pub hash_every: u64,
    /// Commands between two snapshots, 0 for none.
    pub snapshot_every: u64,
    /// One sync for each command.
    pub is_always: bool,
    /// How long a batch waits for company, in microseconds.
    pub group_us: u32,
    /// How long after the last command the log is sealed.
    pub seal_after_ns: i64,
    /// Places in the queue for what takes risk away.
    pub reserve_max: usize,
    /// How far time follows the wall clock at once.
    pub jump_ns_max: i64,
    /// How long after a full disk space is looked for again.
    pub retry_after_ns: i64,
    /// Commands between two checks of the engine's invariants.
    pub check_every: u64,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Character {
    /// The network.
    pub net: Net,
    /// The clients.
    pub manners: Manners,
    /// Crashes and what comes with them.
    pub endings: Endings,
    /// The sequencer.
    pub sizes: Sizes,
    /// The disk while a process runs.
    pub chances: Chances,
    /// The disk at a power cut.
    pub fates: Fates,
    /// Weights of the kinds of damage, in their order.
    pub damages: Vec<u32>,
    /// The naive engine follows the log too.
    pub has_naive: bool,
    /// Ids are remembered as long as by default, so that a retry is always known.
    pub remembers: bool,
}

/// A chance that is nothing in most runs.
fn rarely(draw: &mut Draw, zero: u32, values: &[u32]) -> u32 {
    if draw.chance(zero) { 0 } else { draw.pick(values) }
}

fn net(draw: &mut Draw) -> Net {
    Net {
        lost_request: rarely(draw, 600, &[5, 30, 150]),
        lost_answer: rarely(draw, 500, &[5, 30, 200]),
        doubled: rarely(draw, 700, &[10, 80]),
        delay_ns_max: draw.pick(&[0, 20 * MICRO_NS, 500 * MICRO_NS, 20 * MILLI_NS]),
    }
}

fn manners(draw: &mut Draw) -> Manners {
    Manners {
        clients: draw.pick(&[1, 2, 3, 5]),
        window: draw.pick(&[1, 2, 8, 32]),
        think_ns_max: draw.pick(&[0, 30 * MICRO_NS, 300 * MICRO_NS]),
        pause_ns_max: draw.pick(&[0, 0, 60 * MILLI_NS, 10 * SECOND_NS, 2 * DAY_NS]),
        patience_ns: draw.pick(&[50 * MILLI_NS, 500 * MILLI_NS, 3 * SECOND_NS]),
        forgets: rarely(draw, 700, &[3, 20]),
        cancel_race: rarely(draw, 500, &[20, 150]),
    }
}

fn endings(draw: &mut Draw) -> Endings {
    Endings {
        crashes_max: 3 + draw.index(16),
        answers: draw.pick(&[(1, 60), (10, 60), (30, 50), (0, 100)]),
        power_cut: draw.pick(&[0, 500, 800, 1_000]),
        in_recovery: rarely(draw, 500, &[60, 250]),
        in_call: draw.pick(&[500, 900, 1_000]),
        second_process: rarely(draw, 800, &[200]),
        full: rarely(draw, 700, &[100, 500]),
        clock_jump: rarely(draw, 700, &[100, 400]),
        damage: rarely(draw, 600, &[100, 400]),
        twice: draw.pick(&[0, 100, 300]),
    }
}

fn sizes(draw: &mut Draw) -> Sizes {
    let hash_every = draw.pick(&[1, 4, 16, 64]);
    let between = rarely(draw, 600, &[1, 2, 4, 8]);
    Sizes {
        segment_bytes: draw.pick(&[8_192, 8_192, 12_288, 16_384, 65_536]),
        batch_max: draw.pick(&[1, 2, 7, 64]),
        queue_max: draw.pick(&[1, 4, 64, 64]),
        hash_every,
        snapshot_every: hash_every * u64::from(between) * if hash_every == 1 { 8 } else { 1 },
        is_always: draw.chance(150),
        group_us: draw.pick(&[0, 0, 100, 2_000]),
        seal_after_ns: draw.pick(&[MILLI_NS, 50 * MILLI_NS, DAY_NS]),
        reserve_max: draw.pick(&[1, 16]),
        jump_ns_max: draw.pick(&[MILLI_NS, 10 * SECOND_NS, i64::MAX]),
        retry_after_ns: draw.pick(&[MILLI_NS, 50 * MILLI_NS]),
        check_every: draw.pick(&[0, 64]),
    }
}

fn chances(draw: &mut Draw) -> Chances {
    let no_overwrite = rarely(draw, 800, &[100, 500]);
    Chances {
        no_overwrite,
        sync_error: rarely(draw, 800, &[1, 4, 15]),
        write_error: rarely(draw, 850, &[1, 5]),
        slow_sync: rarely(draw, 800, &[5, 50]),
        // Space that runs out within a write is a failure of the disk; only one that takes nothing is none.
        short_write: if no_overwrite > 0 { 0 } else { rarely(draw, 600, &[20, 200]) },
        short_read: rarely(draw, 700, &[20, 200]),
        interrupted: rarely(draw, 700, &[10, 100]),
        no_handles: rarely(draw, 900, &[10, 80]),
    }
}

fn fates(draw: &mut Draw) -> Fates {
    let mut writes = [0; 4];
    for weight in &mut writes {
        *weight = rarely(draw, 300, &[1, 2, 5]);
    }
    Fates { writes, lost_name: rarely(draw, 300, &[200, 600, 1_000]) }
}

impl Character {
    /// Draws one.
    pub fn new(plan: &Plan) -> Self {
        let draw = &mut stream(plan.seed, Part::Options);
        let mut drawn = Character {
            net: net(draw),
            manners: manners(draw),
            endings: endings(draw),
            sizes: sizes(draw),
            chances: chances(draw),
            fates: fates(draw),
            damages: Damage::ALL.iter().map(|_| rarely(draw, 300, &[1, 3])).collect(),
            has_naive: draw.chance(250),
            remembers: draw.chance(700),
        };
        drawn.bring_in(plan.focus);
        drawn.leave_out(plan.without);
        drawn
    }

    /// Makes a fault of the disk happen often.
    fn bring_in(&mut self, focus: Option<Fault>) {
        if focus == Some(Fault::Full) {
            self.endings.full = 900;
        } else if focus == Some(Fault::SyncError) {
            self.chances.sync_error = 25;
        }
    }

    /// Turns kinds of faults off.
    fn leave_out(&mut self, without: FaultSet) {
        for fault in without.iter() {
            match fault {
                Fault::Kill => self.endings.power_cut = 1_000,
                Fault::PowerCut => self.endings.power_cut = 0,
                Fault::CrashInRecovery => self.endings.in_recovery = 0,
                Fault::DroppedWrite => self.fates.writes[1] = 0,
                Fault::TornWrite => self.fates.writes[2] = 0,
                Fault::ZeroedWrite => self.fates.writes[3] = 0,
                Fault::LostName => self.fates.lost_name = 0,
                Fault::SyncError => self.chances.sync_error = 0,
                Fault::WriteError => self.chances.write_error = 0,
                Fault::SlowSync => self.chances.slow_sync = 0,
                Fault::Full => self.endings.full = 0,
                Fault::ShortWrite => self.chances.short_write = 0,
                Fault::ShortRead => self.chances.short_read = 0,
                Fault::Interrupted => self.chances.interrupted = 0,
                Fault::NoHandles => self.chances.no_handles = 0,
                Fault::ClockJump => self.endings.clock_jump = 0,
                Fault::LostRequest => self.net.lost_request = 0,
                Fault::LostAnswer => self.net.lost_answer = 0,
                Fault::DoubledRequest => self.net.doubled = 0,
                Fault::Overtaking => self.net.delay_ns_max = 0,
                Fault::ClientForgets => self.manners.forgets = 0,
                Fault::CancelRace => self.manners.cancel_race = 0,
                Fault::SecondProcess => self.endings.second_process = 0,
                Fault::BitFlip
                | Fault::ZeroedSector
                | Fault::SwappedSectors
                | Fault::CopiedSector
                | Fault::CutFile
                | Fault::GarbageTail
                | Fault::DeletedFile
                | Fault::EmptiedFile => {
                    for (weight, damage) in self.damages.iter_mut().zip(Damage::ALL) {
                        *weight *= u32::from(damage.fault() != fault);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_faults_has_none() {
        let without = Fault::ALL.iter().fold(FaultSet::default(), |set, fault| set.with(*fault));
        let drawn = Character::new(&Plan { without, ..Plan::new(3) });

        assert_eq!(drawn.damages.iter().sum::<u32>(), 0);
        assert_eq!(drawn.chances.sync_error + drawn.net.lost_answer + drawn.endings.in_recovery, 0);
    }

    #[test]
    fn turning_one_fault_off_changes_nothing_else() {
        let whole = Character::new(&Plan::new(11));
        let without = FaultSet::default().with(Fault::LostAnswer);
        let mut part = Character::new(&Plan { without, ..Plan::new(11) });
        part.net.lost_answer = whole.net.lost_answer;

        assert_eq!(format!("{part:?}"), format!("{whole:?}"));
    }
}
