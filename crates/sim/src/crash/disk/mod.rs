//! A disk that tears, drops, lies and fills up, in memory and by seed.

mod damage;
mod file;
mod platter;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::disk::{Disk, DiskFile};

use crate::generate::Draw;

pub use damage::{Damage, Hit, Vandal};
pub use file::{Fate, File, SECTOR};
pub use platter::{Chances, Fates, Platter};

/// The disk as one process sees it; what it does after that process has ended has no effect.
#[derive(Clone, Debug)]
pub struct SimDisk {
    platter: Arc<Mutex<Platter>>,
    life: u64,
}

/// An open file of one process.
#[derive(Debug)]
pub struct SimFile {
    disk: SimDisk,
    file: usize,
}

impl SimDisk {
    /// An empty disk that draws its faults from a stream.
    pub fn new(draw: Draw) -> Self {
        SimDisk { platter: Arc::new(Mutex::new(Platter::new(draw))), life: 0 }
    }

    /// The disk itself, to set faults and to look.
    pub fn platter(&self) -> MutexGuard<'_, Platter> {
        self.platter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same disk for the process that runs now.
    #[must_use]
    pub fn for_process(&self) -> Self {
        let life = self.platter().life;
        SimDisk { platter: Arc::clone(&self.platter), life }
    }

    /// A copy with everything that is on it, on which nothing fails.
    #[must_use]
    pub fn fork(&self) -> Self {
        let mut platter = self.platter().clone();
        platter.end_process();
        platter.chances = Chances::default();
        platter.capacity = None;
        let life = platter.life;
        SimDisk { platter: Arc::new(Mutex::new(platter)), life }
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Disk for SimDisk {
    type File = SimFile;

    fn list(&self) -> io::Result<Vec<String>> {
        self.platter().list(self.life)
    }

    fn open(&self, name: &str) -> io::Result<SimFile> {
        let file = self.platter().open(self.life, name)?;
        Ok(SimFile { disk: self.clone(), file })
    }

    fn create(&self, name: &str) -> io::Result<SimFile> {
        let file = self.platter().create(self.life, name)?;
        Ok(SimFile { disk: self.clone(), file })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.platter().rename(self.life, from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.platter().remove(self.life, name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.platter().sync_dir(self.life)
    }

    fn lock(&self) -> io::Result<bool> {
        self.platter().take_lock(self.life)
    }
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        self.disk.platter().len(self.disk.life, self.file)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.disk.platter().read(self.disk.life, self.file, into, place(offset))
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.disk.platter().write(self.disk.life, self.file, bytes, place(offset))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.platter().sync(self.disk.life, self.file)
    }

    fn forget_cache(&self) -> io::Result<()> {
        self.disk.platter().forget(self.disk.life, self.file)
    }
}
