//! The simulated disk itself: files, names, what is pending, and the faults of calls.

use std::collections::BTreeMap;
use std::io;

use super::file::{Fate, File};
use crate::crash::faults::{Counts, Fault};
use crate::generate::Draw;

/// Linux' numbers of the errors that are told apart.
const EIO: i32 = 5;
const EMFILE: i32 = 24;
const ENOSPC: i32 = 28;

/// Chances of faults of single calls, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chances {
    /// Of a sync that fails.
    pub sync_error: u32,
    /// Of a write that fails.
    pub write_error: u32,
    /// Of a sync that takes long.
    pub slow_sync: u32,
    /// Of a write that takes only some bytes.
    pub short_write: u32,
    /// Of a read that gives only some bytes.
    pub short_read: u32,
    /// Of a read or write that is interrupted.
    pub interrupted: u32,
    /// Of an open or create that fails.
    pub no_handles: u32,
    /// Of a write over bytes that are there which finds no space while the disk is full: some file systems copy on
    /// every write.
    pub no_overwrite: u32,
}

/// Chances of the fates of pending writes and names at a power cut: kept, dropped, torn, zeroed; a lost name in
/// thousandths.
#[derive(Clone, Debug, Default)]
pub struct Fates {
    /// Weights of kept, dropped, torn, zeroed.
    pub writes: [u32; 4],
    /// Of a name that is lost.
    pub lost_name: u32,
}

/// A change of names that was not synced.
#[derive(Clone, Debug)]
enum NameChange {
    Made(String, usize),
    Moved(String, String),
    Gone(String),
}

/// Where in a call the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Not in this one.
    Alive,
    /// Before it had any effect.
    Before,
    /// Half-way.
    Midway,
    /// After it was done, before its caller knew.
    After,
}

/// All state of a disk.
#[derive(Clone, Debug)]
pub struct Platter {
    files: Vec<File>,
    durable_names: BTreeMap<String, usize>,
    names: BTreeMap<String, usize>,
    changes: Vec<NameChange>,
    /// Which process the handles belong to; those of an earlier one do nothing.
    pub life: u64,
    /// The process has ended; its last calls have no effect.
    pub is_dead: bool,
    /// Who holds the lock.
    lock: Option<u64>,
    /// Calls until the process ends.
    pub calls_left: Option<u64>,
    /// Calls so far.
    pub calls: u64,
    /// Faults of calls.
    pub chances: Chances,
    /// At most this many bytes in all files.
    pub capacity: Option<usize>,
    /// Nanoseconds that calls took and nobody has waited for yet.
    pub busy_ns: i64,
    /// What happened.
    pub counts: Counts,
    /// A sync failed in this life, or a write to anything but a snapshot.
    pub has_failed: bool,
    draw: Draw,
}

fn os(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

/// Any call of a process that is no more.
fn dead() -> io::Error {
    io::Error::other("the process has ended")
}

impl Platter {
    /// An empty disk.
    pub fn new(draw: Draw) -> Self {
        Platter {
            files: Vec::new(),
            durable_names: BTreeMap::new(),
            names: BTreeMap::new(),
            changes: Vec::new(),
            life: 0,
            is_dead: false,
            lock: None,
            calls_left: None,
            calls: 0,
            chances: Chances::default(),
            capacity: None,
            busy_ns: 0,
            counts: Counts::default(),
            has_failed: false,
            draw,
        }
    }

    fn has(&mut self, permille: u32, fault: Fault) -> bool {
        let happens = permille > 0 && self.draw.chance(permille);
        if happens {
            self.counts.see(fault);
        }
        happens
    }

    /// Every call goes through here.
    fn enter(&mut self, life: u64) -> io::Result<Phase> {
        if self.is_dead || life != self.life {
            return Err(dead());
        }
        self.calls += 1;
        let Some(left) = &mut self.calls_left else { return Ok(Phase::Alive) };
        if *left > 0 {
            *left -= 1;
            return Ok(Phase::Alive);
        }
        self.is_dead = true;
        Ok(self.draw.pick(&[Phase::Before, Phase::Midway, Phase::Midway, Phase::After]))
    }

    /// The names there are.
    pub(super) fn list(&mut self, life: u64) -> io::Result<Vec<String>> {
        match self.enter(life)? {
            Phase::Alive => Ok(self.names.keys().cloned().collect()),
            Phase::Before | Phase::Midway | Phase::After => Err(dead()),
        }
    }

    /// A file by its name.
    pub(super) fn open(&mut self, life: u64, name: &str) -> io::Result<usize> {
        if self.enter(life)? != Phase::Alive {
            return Err(dead());
        }
        if self.has(self.chances.no_handles, Fault::NoHandles) {
            return Err(os(EMFILE));
        }
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// A new, empty file; one of that name is replaced.
    pub(super) fn create(&mut self, life: u64, name: &str) -> io::Result<usize> {
        let phase = self.enter(life)?;
        if phase == Phase::Before {
            return Err(dead());
        }
        if self.has(self.chances.no_handles, Fault::NoHandles) {
            return Err(os(EMFILE));
        }
        let index = self.files.len();
        self.files.push(File::default());
        self.names.insert(name.to_owned(), index);
        self.changes.push(NameChange::Made(name.to_owned(), index));
        if phase == Phase::Alive { Ok(index) } else { Err(dead()) }
    }

    /// Moves a file to another name, over one that is there.
    pub(super) fn rename(&mut self, life: u64, from: &str, to: &str) -> io::Result<()> {
        let phase = self.enter(life)?;
        if phase == Phase::Before {
            return Err(dead());
        }
        let index = self.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        self.names.insert(to.to_owned(), index);
        self.changes.push(NameChange::Moved(from.to_owned(), to.to_owned()));
        if phase == Phase::Alive { Ok(()) } else { Err(dead()) }
    }

    /// Removes a name.
    pub(super) fn remove(&mut self, life: u64, name: &str) -> io::Result<()> {
        let phase = self.enter(life)?;
        if phase == Phase::Before {
            return Err(dead());
        }
        self.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        self.changes.push(NameChange::Gone(name.to_owned()));
        if phase == Phase::Alive { Ok(()) } else { Err(dead()) }
    }

    /// Makes all changes of names durable.
    pub(super) fn sync_dir(&mut self, life: u64) -> io::Result<()> {
        let phase = self.enter(life)?;
        if phase == Phase::Before {
            return Err(dead());
        }
        if phase == Phase::Alive && self.has(self.chances.sync_error, Fault::SyncError) {
            self.has_failed = true;
            return Err(os(EIO));
        }
        let done = if phase == Phase::Midway { self.draw.index(self.changes.len() + 1) } else { self.changes.len() };
        let changes: Vec<NameChange> = self.changes.drain(..done).collect();
        for at in 0..changes.len() {
            apply(&mut self.durable_names, &changes, at);
        }
        if phase == Phase::Alive { Ok(()) } else { Err(dead()) }
    }

    /// Takes the lock, if nobody has it.
    pub(super) fn take_lock(&mut self, life: u64) -> io::Result<bool> {
        if self.enter(life)? != Phase::Alive {
            return Err(dead());
        }
        let is_free = self.lock.is_none();
        if is_free {
            self.lock = Some(life);
        }
        Ok(is_free)
    }

    /// Length of a file.
    pub(super) fn len(&mut self, life: u64, file: usize) -> io::Result<u64> {
        match self.enter(life)? {
            Phase::Alive => Ok(self.files[file].bytes().len() as u64),
            Phase::Before | Phase::Midway | Phase::After => Err(dead()),
        }
    }

    /// Reads what is there; less than asked at the end, or by chance.
    pub(super) fn read(&mut self, life: u64, file: usize, into: &mut [u8], offset: usize) -> io::Result<usize> {
        if self.enter(life)? != Phase::Alive {
            return Err(dead());
        }
        if self.has(self.chances.interrupted, Fault::Interrupted) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let there = self.files[file].bytes().get(offset..).map_or(0, <[u8]>::len);
        let mut count = into.len().min(there);
        if count > 1 && self.has(self.chances.short_read, Fault::ShortRead) {
            count = 1 + self.draw.index(count - 1);
        }
        into[..count].copy_from_slice(&self.files[file].bytes()[offset..][..count]);
        Ok(count)
    }

    /// Writes into the cache.
    pub(super) fn write(&mut self, life: u64, file: usize, bytes: &[u8], offset: usize) -> io::Result<usize> {
        let phase = self.enter(life)?;
        if phase == Phase::Before || bytes.is_empty() {
            return if phase == Phase::Alive { Ok(0) } else { Err(dead()) };
        }
        if phase == Phase::Alive {
            if self.has(self.chances.interrupted, Fault::Interrupted) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if self.has(self.chances.write_error, Fault::WriteError) {
                self.has_failed |= !self.is_snapshot(file);
                return Err(os(EIO));
            }
            if self.capacity.is_some() && self.has(self.chances.no_overwrite, Fault::Full) {
                return Err(os(ENOSPC));
            }
        }
        let mut count = bytes.len().min(self.room(file, offset));
        if count < bytes.len() {
            self.counts.see(Fault::Full);
            if count == 0 {
                return Err(os(ENOSPC));
            }
        }
        if phase == Phase::Midway || (count > 1 && self.has(self.chances.short_write, Fault::ShortWrite)) {
            count = 1 + self.draw.index(count);
        }
        self.files[file].write(offset, &bytes[..count]);
        if phase == Phase::Alive { Ok(count) } else { Err(dead()) }
    }

    /// Whether nothing is in doubt where a write to this file fails: the log has all of it.
    fn is_snapshot(&self, file: usize) -> bool {
        self.names.iter().any(|(name, named)| *named == file && name.starts_with("snap-"))
    }

    /// How many bytes can be written at a place.
    fn room(&self, file: usize, offset: usize) -> usize {
        let Some(capacity) = self.capacity else { return usize::MAX };
        let inside = self.files[file].bytes().len().saturating_sub(offset);
        let gap = offset.saturating_sub(self.files[file].bytes().len());
        inside + capacity.saturating_sub(self.used() + gap)
    }

    /// Bytes of all files.
    pub fn used(&self) -> usize {
        self.names.values().map(|file| self.files[*file].bytes().len()).sum()
    }

    /// Makes a file's writes durable, or fails and may lose them.
    pub(super) fn sync(&mut self, life: u64, file: usize) -> io::Result<()> {
        let phase = self.enter(life)?;
        if phase == Phase::Before {
            return Err(dead());
        }
        self.busy_ns += 60_000 + i64::from(u16::try_from(self.draw.bits() & 0xFFFF).unwrap_or(0));
        if self.has(self.chances.slow_sync, Fault::SlowSync) {
            self.busy_ns += 200_000_000;
        }
        if phase == Phase::Alive && self.has(self.chances.sync_error, Fault::SyncError) {
            // The pages are clean from now on, whether they reached the platter or not.
            self.has_failed = true;
            let draw = &mut self.draw;
            let is_all_lost = draw.chance(500);
            self.files[file].settle(|_| if is_all_lost || draw.chance(500) { Fate::Dropped } else { Fate::Kept });
            return Err(os(EIO));
        }
        if phase == Phase::Midway {
            let done = self.draw.index(self.files[file].pending_count() + 1);
            self.files[file].sync_first(done);
        } else {
            self.files[file].sync();
        }
        if phase == Phase::Alive { Ok(()) } else { Err(dead()) }
    }

    /// Drops a file's clean pages.
    pub(super) fn forget(&mut self, life: u64, file: usize) -> io::Result<()> {
        if self.enter(life)? != Phase::Alive {
            return Err(dead());
        }
        self.files[file].forget();
        Ok(())
    }

    /// The process is gone; the next one may begin. What the system has cached stays.
    pub fn end_process(&mut self) {
        self.life += 1;
        self.is_dead = false;
        self.lock = None;
        self.calls_left = None;
        self.has_failed = false;
    }

    /// The machine is gone too: each pending write and name has its own fate.
    pub fn cut_power(&mut self, fates: &Fates, draw: &mut Draw) {
        self.end_process();
        for index in 0..self.files.len() {
            let counts = &mut self.counts;
            self.files[index].settle(|len| fate(fates, draw, counts, len));
            self.files[index].forget();
        }
        let changes = core::mem::take(&mut self.changes);
        // Either a prefix of the changes is there, as with a journaling file system, or any of them.
        let is_in_order = draw.chance(500);
        let mut is_lost = false;
        for at in 0..changes.len() {
            is_lost = (is_lost && is_in_order) || draw.chance(fates.lost_name);
            if is_lost {
                self.counts.see(Fault::LostName);
            } else {
                apply(&mut self.durable_names, &changes, at);
            }
        }
        self.names.clone_from(&self.durable_names);
    }

    /// The names and what is behind them, for readers outside of any process.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.names.iter().map(|(name, file)| (name.as_str(), &self.files[*file]))
    }

    /// A file, to change it at rest.
    pub fn file_mut(&mut self, name: &str) -> Option<&mut File> {
        let index = *self.names.get(name)?;
        self.files.get_mut(index)
    }

    /// A file is gone, durably.
    pub fn lose(&mut self, name: &str) {
        self.names.remove(name);
        self.durable_names.remove(name);
    }
}

/// Does one of several changes of names to those on the platter.
fn apply(names: &mut BTreeMap<String, usize>, changes: &[NameChange], at: usize) {
    match &changes[at] {
        NameChange::Made(name, index) => {
            names.insert(name.clone(), *index);
        }
        NameChange::Moved(from, to) => {
            // The change that made the file may be lost: the directory block of the new name is not.
            let made = || changes[..at].iter().rev().find_map(|change| made_as(change, from));
            if let Some(index) = names.remove(from).or_else(made) {
                names.insert(to.clone(), index);
            }
        }
        NameChange::Gone(name) => {
            names.remove(name);
        }
    }
}

/// The file that a change made by this name.
fn made_as(change: &NameChange, wanted: &str) -> Option<usize> {
    match change {
        NameChange::Made(name, index) if name == wanted => Some(*index),
        NameChange::Made(..) | NameChange::Moved(..) | NameChange::Gone(_) => None,
    }
}

fn fate(fates: &Fates, draw: &mut Draw, counts: &mut Counts, len: usize) -> Fate {
    match draw.weighted(&fates.writes) {
        0 => Fate::Kept,
        1 => {
            counts.see(Fault::DroppedWrite);
            Fate::Dropped
        }
        2 => {
            counts.see(Fault::TornWrite);
            if draw.chance(500) { Fate::Cut(draw.index(len.max(1))) } else { Fate::Sectors(draw.bits()) }
        }
        _ => {
            counts.see(Fault::ZeroedWrite);
            Fate::Zeroed
        }
    }
}
