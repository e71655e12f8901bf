//! Processes end and start again: how, what a restart must find, and what damage must come to.

use journal::snapshot;
use sequencer::GENESIS_KIND;

use super::disk::{Damage, Hit, SimDisk, Vandal};
use super::faults::Fault;
use super::reader;
use super::server::{Opened, Refused, Server};
use super::world::{Ending, Job, World};

const MILLI_NS: i64 = 1_000_000;
const DAY_NS: i64 = 86_400_000_000_000;
/// The exit code of damage.
const EXIT_DAMAGED: u8 = 4;
/// The exit code of a directory in use.
const EXIT_LOCKED: u8 = 6;

impl World {
    /// Counts answers towards the end of this life, and sets it off.
    pub(super) fn set_ending(&mut self, answers: usize) {
        if !self.has_faults || self.ending.is_set {
            return;
        }
        self.ending.answers_left = self.ending.answers_left.saturating_sub(answers as u64);
        if self.ending.answers_left > 0 {
            return;
        }
        self.ending.is_set = true;
        if self.crashes.chance(self.character.endings.in_call) {
            let calls = self.crashes.index(24) as u64;
            self.disk.platter().calls_left = Some(calls);
        } else {
            let after_ns = self.crashes.between(0, 2 * MILLI_NS);
            self.line.after(after_ns, Job::Die(self.life));
        }
    }

    /// The process is gone, with the machine or without.
    pub(super) fn die(&mut self) {
        self.tally.crashes += u64::from(self.has_faults);
        self.server = None;
        self.life += 1;
        self.inside = 0;
        self.relief = None;
        self.will_follow = false;
        self.forget_step();
        let is_power_cut = self.crashes.chance(self.character.endings.power_cut);
        if is_power_cut {
            self.tally.counts.see(Fault::PowerCut);
            self.disk.platter().cut_power(&self.character.fates, &mut self.power);
        } else {
            self.tally.counts.see(Fault::Kill);
            self.disk.platter().end_process();
        }
        let pause_ns = self.crashes.between(MILLI_NS, 400 * MILLI_NS);
        self.line.after(pause_ns, Job::Start);
    }

    /// Tries to start a process.
    pub(super) fn start(&mut self) -> Result<(), String> {
        if self.server.is_some() {
            return Ok(());
        }
        if self.has_faults {
            self.try_damage()?;
            self.try_twice()?;
        }
        {
            let mut platter = self.disk.platter();
            platter.chances = if self.has_faults { self.character.chances } else { super::disk::Chances::default() };
            if self.has_faults && self.crashes.chance(self.character.endings.in_recovery) {
                platter.calls_left = Some(self.crashes.index(50) as u64);
            }
        }
        let opened = Server::open(self.disk.for_process(), &self.character.sizes, self.limits, self.line.wall_ns());
        if self.disk.platter().is_dead {
            self.tally.counts.see(Fault::CrashInRecovery);
            self.die();
            return Ok(());
        }
        self.disk.platter().calls_left = None;
        let (server, opened) = match opened {
            Ok(found) => found,
            Err(refused) if self.has_faults && refused.is_disk => {
                self.tally.failed_starts += 1;
                self.die();
                return Ok(());
            }
            Err(refused) => return Err(format!("start: refused without damage: {}", refused.text)),
        };
        self.check_opened(&opened)?;
        self.server = Some(server);
        self.begin_life();
        Ok(())
    }

    fn begin_life(&mut self) {
        let (low, high) = self.character.endings.answers;
        self.ending = Ending {
            answers_left: low + self.crashes.index(usize::try_from(high - low + 1).unwrap_or(1)) as u64,
            is_set: false,
        };
        if !self.has_faults {
            return;
        }
        let endings = self.character.endings;
        if self.crashes.chance(endings.clock_jump) {
            self.tally.counts.see(Fault::ClockJump);
            // Not before the epoch: a clock that stands still there for days is no jump.
            let back_ns = DAY_NS.min(self.line.wall_ns() / 2);
            let by_ns = self.crashes.between(-back_ns, DAY_NS);
            self.line.jump(by_ns);
        }
        if self.crashes.chance(endings.full) {
            let slack = self.crashes.index(4_096);
            let mut platter = self.disk.platter();
            let chances = platter.chances;
            let has_reserve = platter.capacity.is_none() && chances.no_handles == 0 && chances.no_overwrite == 0;
            self.relief = has_reserve.then_some(0);
            platter.capacity = Some(platter.used() + slack);
            let after_ns = self.crashes.between(MILLI_NS, 300 * MILLI_NS);
            self.line.after(after_ns, Job::SpaceBack);
        }
        if self.crashes.chance(endings.second_process) {
            self.line.after(MILLI_NS, Job::Rival(self.life));
        }
    }

    /// What a recovery found is what must be there.
    fn check_opened(&mut self, opened: &Opened) -> Result<(), String> {
        let known = self.oracle.log().len() as u64;
        if opened.last_seq < known {
            let released = self.oracle.released();
            return Err(format!("lost: the log ends at {}, known {known}, released {released}", opened.last_seq));
        }
        for found in reader::read(&self.disk, known)? {
            if found.kind == GENESIS_KIND {
                self.oracle.begin(found.stamp, &found.body)?;
                continue;
            }
            let command = reader::command(&found)?;
            self.oracle.find(found.stamp, &command)?;
            self.tally.found += 1;
        }
        let known = self.oracle.log().len() as u64;
        if opened.last_seq != known {
            return Err(format!("reader: recovery ends at {}, the files at {known}", opened.last_seq));
        }
        self.oracle.check_state(opened.state_hash, "a recovered system")?;
        self.tally.recoveries += 1;
        self.tally.torn += u64::from(opened.is_torn);
        self.tally.snapshots += u64::from(opened.snapshot_seq > 0);
        self.tally.trace.write_u64(opened.last_seq);
        self.tally.trace.write_u64(opened.state_hash);
        Ok(())
    }

    fn open_copy(&self, copy: &SimDisk) -> Result<Opened, Refused> {
        let opened = Server::open(copy.for_process(), &self.character.sizes, self.limits, self.line.wall_ns());
        opened.map(|(_, opened)| opened)
    }

    /// Recovers a copy twice: the same state both times (INV-17).
    fn try_twice(&mut self) -> Result<(), String> {
        if !self.crashes.chance(self.character.endings.twice) {
            return Ok(());
        }
        let copy = self.disk.fork();
        let first = self.open_copy(&copy).map_err(|refused| format!("start: copy refused: {}", refused.text))?;
        if self.crashes.chance(500) {
            copy.platter().end_process();
        } else {
            copy.platter().cut_power(&self.character.fates, &mut self.power);
        }
        let second =
            self.open_copy(&copy).map_err(|refused| format!("twice: second recovery refused: {}", refused.text))?;
        if (first.last_seq, first.state_hash) != (second.last_seq, second.state_hash) {
            return Err(format!("twice: {first:?} and then {second:?}"));
        }
        Ok(())
    }

    /// Another process must not get in.
    pub(super) fn rival(&mut self, life: u64) -> Result<(), String> {
        if life != self.life || self.server.is_none() {
            return Ok(());
        }
        self.tally.counts.see(Fault::SecondProcess);
        match Server::open(self.disk.for_process(), &self.character.sizes, self.limits, self.line.wall_ns()) {
            Ok(_) => Err("lock: two processes have one directory open".to_owned()),
            Err(refused) if refused.code == EXIT_LOCKED => Ok(()),
            Err(_) if self.disk.platter().is_dead => {
                self.die();
                Ok(())
            }
            Err(refused) if refused.is_disk && self.has_faults => Ok(()),
            Err(refused) => Err(format!("lock: code {} for a directory in use: {}", refused.code, refused.text)),
        }
    }

    /// Damages a copy of the disk and opens it: refused, or nothing is missing.
    fn try_damage(&mut self) -> Result<(), String> {
        if !self.damage.chance(self.character.endings.damage)
            || self.character.damages.iter().all(|weight| *weight == 0)
        {
            return Ok(());
        }
        let copy = self.disk.fork();
        let damage = Damage::ALL[self.damage.weighted(&self.character.damages)];
        let names: Vec<String> = copy.platter().files().map(|(name, _)| name.to_owned()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let name = &names[self.damage.index(names.len())];
        let mut platter = copy.platter();
        let hit = Vandal { platter: &mut platter, draw: &mut self.damage }.inflict(damage, name, 0, usize::MAX);
        drop(platter);
        let Some(hit) = hit else { return Ok(()) };
        self.tally.counts.see(damage.fault());
        let known = self.oracle.log().len() as u64;
        match self.open_copy(&copy) {
            Err(refused) if snapshot::seq_of(&hit.name).is_some() => {
                Err(format!("damage: {hit:?} leaves the log and is refused: {}", refused.text))
            }
            Err(refused) if refused.code == EXIT_DAMAGED => {
                self.tally.damage_refused += 1;
                check_place(&self.disk, &refused, &hit)
            }
            Err(refused) => Err(format!("damage: {hit:?} gives code {}: {}", refused.code, refused.text)),
            Ok(opened) if opened.last_seq >= known => {
                self.tally.damage_harmless += 1;
                Ok(())
            }
            Ok(opened) if opened.last_seq >= self.least_kept(&hit) => {
                self.tally.damage_in_window += 1;
                Ok(())
            }
            Ok(opened) => {
                Err(format!("damage: {hit:?} is skipped: the log ends at {}, known {known}", opened.last_seq))
            }
        }
    }

    /// What damage must leave where it cannot be told from the torn end of a log by what is written: all but the last
    /// batch, where its bytes are hit and no seal followed; all before it, where no whole frame is left behind it; all
    /// but the newest segment, where that ends early and nothing written later says that it went on.
    fn least_kept(&self, hit: &Hit) -> u64 {
        let known = self.oracle.log().len() as u64;
        let Some(newest) = reader::segments(&self.disk).pop().filter(|newest| *newest == hit.name) else {
            return known;
        };
        if hit.damage == Damage::Delete {
            return known;
        }
        if hit.damage == Damage::Cut {
            return reader::first_seq(&newest).map_or(known, |first| first.saturating_sub(1));
        }
        let last_batch = self.oracle.release_start().min(self.oracle.released()) as u64;
        let destroyed = reader::seq_of_destroyed_end(&self.disk, hit.from, hit.to);
        let kept = destroyed.map_or(known, |first_seq| first_seq.saturating_sub(1).min(known));
        if touches_last_frames(&self.disk, hit) { last_batch.min(kept) } else { kept }
    }

    /// After everything was answered: an orderly end, one more start, and the whole log again.
    pub(super) fn last_look(&mut self) -> Result<(), String> {
        self.server = None;
        self.disk.platter().end_process();
        let opened =
            self.open_copy(&self.disk.fork()).map_err(|refused| format!("start: at the end: {}", refused.text))?;
        self.check_opened(&opened)
    }
}

/// The frames at the end of a log that hold its last answered batch: that batch, one behind it that never ended, and
/// notes and a seal with them.
const LAST_FRAMES: usize = 4;

/// Whether damage touches the end of a segment.
fn touches_last_frames(disk: &SimDisk, hit: &Hit) -> bool {
    let platter = disk.platter();
    let Some((_, file)) = platter.files().find(|(name, _)| *name == hit.name) else { return false };
    let frames = reader::frames(file.bytes());
    frames[frames.len().saturating_sub(LAST_FRAMES)..].first().is_some_and(|(start, _)| hit.to > *start)
}

/// The number behind a word of a message.
fn number_in(text: &str, word: &str) -> Option<usize> {
    let (_, rest) = text.split_once(word)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// A refusal says where: a flipped bit in a frame is found in that frame.
fn check_place(disk: &SimDisk, refused: &Refused, hit: &Hit) -> Result<(), String> {
    let (offset, seq) = (number_in(&refused.text, "offset="), number_in(&refused.text, "seq="));
    let (Some(offset), Some(_)) = (offset, seq) else {
        return Err(format!("damage: {hit:?} is refused without its place: {}", refused.text));
    };
    if hit.damage != Damage::Flip || reader::first_seq(&hit.name).is_none() {
        return Ok(());
    }
    let platter = disk.platter();
    let Some((_, file)) = platter.files().find(|(name, _)| *name == hit.name) else { return Ok(()) };
    let frame = reader::frames(file.bytes()).into_iter().find(|(start, end)| (*start..*end).contains(&hit.from));
    match frame {
        Some((start, _)) if start != offset || !refused.text.contains(&hit.name) => {
            Err(format!("damage: {hit:?} in the frame at {start} is told as: {}", refused.text))
        }
        Some(_) | None => Ok(()),
    }
}
