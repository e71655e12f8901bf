//! A disk in memory for tests: it fails, fills up, stops and loses power where it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use journal::disk::{Disk, DiskFile};

/// What a call does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// EIO. Of a sync: what was unsynced is dropped for good, although it still reads.
    Eio,
    /// ENOSPC.
    NoSpace,
    /// EMFILE.
    NoHandles,
    /// EINTR.
    Interrupted,
    /// Half of the bytes, at least one.
    Short,
}

/// What of the unsynced is lost, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// All of it.
    All,
    /// Nothing is lost: the process was killed, and what is unsynced is still cached and still unsynced.
    Nothing,
    /// Every other write, and every other change of a name.
    EverySecond,
    /// Of the last write of each file the first so many bytes, and everything before.
    After(usize),
}

#[derive(Debug, Default, Clone)]
struct Inode {
    cached: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

#[derive(Debug, Clone)]
enum Renaming {
    Link(String, u64),
    Unlink(String),
    Move(String, String),
}

#[derive(Debug, Default)]
struct State {
    inodes: BTreeMap<u64, Inode>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    pending_names: Vec<Renaming>,
    next: u64,
    calls: u64,
    syncs: u64,
    faults: BTreeMap<u64, Fault>,
    faults_met: u64,
    /// ENOSPC for everything that needs space, while it is true.
    full: bool,
    stop_at: Option<u64>,
    locked: bool,
}

/// The disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

/// A file of it.
#[derive(Debug)]
pub struct MemoryFile(Arc<Mutex<State>>, u64);

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Makes the call with this number (from 0) fail.
    pub fn fail(&self, call: u64, fault: Fault) {
        self.state().faults.insert(call, fault);
    }

    /// Makes all calls from this one (from 0) fail as if the power were gone.
    pub fn stop_at(&self, call: u64) {
        self.state().stop_at = Some(call);
    }

    /// Takes or gives back all space.
    pub fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// The process that has claimed the directory is gone.
    #[allow(dead_code, reason = "the tests of the sequencer use it")]
    pub fn unlock(&self) {
        self.state().locked = false;
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Syncs of files and of names so far.
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Planned faults that a call has met.
    pub fn faults_met(&self) -> u64 {
        self.state().faults_met
    }

    /// The disk a machine finds when it comes up again.
    pub fn after(&self, loss: Loss) -> Self {
        let state = self.state();
        if loss == Loss::Nothing {
            return Self(Arc::new(Mutex::new(state.of_next_process())));
        }
        let keeps = |index: usize| match loss {
            Loss::All => false,
            Loss::Nothing | Loss::After(_) => true,
            Loss::EverySecond => index.is_multiple_of(2),
        };
        let mut names = state.durable_names.clone();
        for (_, change) in state.pending_names.iter().enumerate().filter(|&(index, _)| keeps(index)) {
            rename(&mut names, change);
        }
        let mut inodes = BTreeMap::new();
        for inode in names.values() {
            let mut found = state.inodes[inode].clone();
            let last = found.pending.len();
            for (index, (at, bytes)) in std::mem::take(&mut found.pending).into_iter().enumerate() {
                let cut = match loss {
                    Loss::After(cut) if index + 1 == last => cut.min(bytes.len()),
                    Loss::All | Loss::Nothing | Loss::EverySecond | Loss::After(_) => bytes.len(),
                };
                if keeps(index) {
                    put(&mut found.durable, at, &bytes[..cut]);
                }
            }
            found.cached.clone_from(&found.durable);
            inodes.insert(*inode, found);
        }
        let state = State { inodes, durable_names: names.clone(), names, next: state.next, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// The content of a file.
    pub fn content(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state.inodes[&state.names[name]].cached.clone()
    }

    /// Puts a file there, durable.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut state = self.state();
        let inode = state.next;
        state.next += 1;
        state.inodes.insert(inode, Inode { cached: bytes.to_vec(), durable: bytes.to_vec(), pending: Vec::new() });
        state.names.insert(name.to_owned(), inode);
        state.durable_names.insert(name.to_owned(), inode);
    }

    /// Takes a file away, durably.
    pub fn delete(&self, name: &str) {
        let mut state = self.state();
        state.names.remove(name).unwrap();
        state.durable_names.remove(name);
    }

    /// All names, in order.
    pub fn names(&self) -> Vec<String> {
        self.state().names.keys().cloned().collect()
    }

    /// All names and contents.
    pub fn image(&self) -> BTreeMap<String, Vec<u8>> {
        self.names().into_iter().map(|name| (name.clone(), self.content(&name))).collect()
    }
}

impl State {
    /// What another process finds: all caches as they are, no lock, no faults.
    fn of_next_process(&self) -> Self {
        Self {
            inodes: self.inodes.clone(),
            names: self.names.clone(),
            durable_names: self.durable_names.clone(),
            pending_names: self.pending_names.clone(),
            next: self.next,
            ..Self::default()
        }
    }

    /// Counts a call and says what it meets.
    fn call(&mut self, needs_space: bool) -> io::Result<Option<Fault>> {
        let call = self.calls;
        self.calls += 1;
        if self.stop_at.is_some_and(|stop| call >= stop) {
            return Err(io::Error::other("the power is gone"));
        }
        if self.full && needs_space {
            return Err(io::Error::from_raw_os_error(28));
        }
        let fault = self.faults.remove(&call);
        self.faults_met += u64::from(fault.is_some());
        match fault {
            Some(Fault::NoSpace) => Err(io::Error::from_raw_os_error(28)),
            Some(Fault::NoHandles) => Err(io::Error::from_raw_os_error(24)),
            Some(Fault::Interrupted) => Err(io::ErrorKind::Interrupted.into()),
            other => Ok(other),
        }
    }

    fn plain(&mut self, needs_space: bool) -> io::Result<()> {
        let fault = self.call(needs_space)?;
        if fault == Some(Fault::Eio) { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) }
    }

    fn find(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn change(&mut self, change: Renaming) {
        rename(&mut self.names, &change);
        self.pending_names.push(change);
    }
}

fn rename(names: &mut BTreeMap<String, u64>, change: &Renaming) {
    match change {
        Renaming::Link(name, inode) => {
            names.insert(name.clone(), *inode);
        }
        Renaming::Unlink(name) => {
            names.remove(name);
        }
        Renaming::Move(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

fn put(into: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if into.len() < at + bytes.len() {
        into.resize(at + bytes.len(), 0);
    }
    into[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Disk for Memory {
    type File = MemoryFile;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.plain(false)?;
        Ok(state.names.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<MemoryFile> {
        let mut state = self.state();
        state.plain(false)?;
        Ok(MemoryFile(Arc::clone(&self.0), state.find(name)?))
    }

    fn create(&self, name: &str) -> io::Result<MemoryFile> {
        let mut state = self.state();
        state.plain(true)?;
        let inode = state.next;
        state.next += 1;
        state.inodes.insert(inode, Inode::default());
        state.change(Renaming::Link(name.to_owned(), inode));
        Ok(MemoryFile(Arc::clone(&self.0), inode))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.plain(false)?;
        state.find(from)?;
        state.change(Renaming::Move(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.plain(false)?;
        state.find(name)?;
        state.change(Renaming::Unlink(name.to_owned()));
        Ok(())
    }

    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.state();
        state.plain(false)?;
        state.syncs += 1;
        state.pending_names.clear();
        state.durable_names = state.names.clone();
        Ok(())
    }

    fn lock(&self) -> io::Result<bool> {
        let mut state = self.state();
        state.plain(false)?;
        Ok(!std::mem::replace(&mut state.locked, true))
    }
}

impl MemoryFile {
    fn with<T>(
        &self,
        needs_space: bool,
        work: impl FnOnce(&mut Inode, Option<Fault>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.0.lock().unwrap();
        let fault = state.call(needs_space)?;
        work(state.inodes.get_mut(&self.1).unwrap(), fault)
    }
}

impl DiskFile for MemoryFile {
    fn len(&self) -> io::Result<u64> {
        self.with(false, |inode, _| Ok(inode.cached.len() as u64))
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.with(false, |inode, fault| {
            if fault == Some(Fault::Eio) {
                return Err(io::Error::from_raw_os_error(5));
            }
            let found = inode.cached.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
            let wanted = if fault == Some(Fault::Short) { into.len().div_ceil(2) } else { into.len() };
            let bytes = wanted.min(found.len());
            into[..bytes].copy_from_slice(&found[..bytes]);
            Ok(bytes)
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let at = usize::try_from(offset).unwrap();
        let grows = self.0.lock().unwrap().inodes[&self.1].cached.len() < at + bytes.len();
        self.with(grows, |inode, fault| {
            if fault == Some(Fault::Eio) {
                return Err(io::Error::from_raw_os_error(5));
            }
            let written = if fault == Some(Fault::Short) { bytes.len().div_ceil(2) } else { bytes.len() };
            put(&mut inode.cached, at, &bytes[..written]);
            inode.pending.push((at, bytes[..written].to_vec()));
            Ok(written)
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.lock().unwrap().syncs += 1;
        self.with(false, |inode, fault| {
            if fault == Some(Fault::Eio) {
                inode.pending.clear();
                return Err(io::Error::from_raw_os_error(5));
            }
            for (at, bytes) in std::mem::take(&mut inode.pending) {
                put(&mut inode.durable, at, &bytes);
            }
            Ok(())
        })
    }

    fn forget_cache(&self) -> io::Result<()> {
        self.with(false, |inode, _| {
            if inode.pending.is_empty() {
                inode.cached.clone_from(&inode.durable);
            }
            Ok(())
        })
    }
}
