//! What the journal asks of a disk: one flat directory of files, with the durability rules a crash plays by.
//!
//! Rules every implementation follows, and every caller counts on:
//! 1. Bytes written are certain to survive a power cut only once [`DiskFile::sync_data`] returned `Ok` afterwards.
//! 2. Names made, moved or removed are certain only once [`Disk::sync_dir`] returned `Ok` afterwards; syncing a file
//!    says nothing about its name.
//! 3. After a `sync_data` that failed, what was unsynced may be lost although it can still be read, and a second
//!    `sync_data` may say `Ok`. The only safe answer is to end the process.
//! 4. A write past the end makes the file longer and may leave a hole of zeros; a file never gets shorter.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One data directory. Names are flat: no separators, no sub-directories.
pub trait Disk: Send + 'static {
    /// A file of this directory, open for reading and writing.
    type File: DiskFile;

    /// The names of all files, in any order.
    ///
    /// # Errors
    /// The directory cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Opens a file that exists.
    ///
    /// # Errors
    /// `NotFound` where there is none of that name; whatever else the system says.
    fn open(&self, name: &str) -> io::Result<Self::File>;

    /// Makes an empty file; one of that name that exists is emptied.
    ///
    /// # Errors
    /// No space, no handles, or whatever else the system says.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// Gives a file another name, in one step; a file of the new name is replaced. Handles stay valid.
    ///
    /// # Errors
    /// `NotFound` where there is no file `from`; whatever else the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a name. Handles stay valid.
    ///
    /// # Errors
    /// `NotFound` where there is none of that name; whatever else the system says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes every name made, moved or removed so far durable.
    ///
    /// # Errors
    /// Whatever the system says; the names are then in doubt.
    fn sync_dir(&self) -> io::Result<()>;

    /// Claims the directory for this process until the value is dropped; `false` where another one holds it.
    ///
    /// # Errors
    /// The claim could not be tried.
    fn lock(&self) -> io::Result<bool>;
}

/// One open file. A handle closes when it is dropped; dropping syncs nothing.
pub trait DiskFile: Send + 'static {
    /// Length in bytes.
    ///
    /// # Errors
    /// Whatever the system says.
    fn len(&self) -> io::Result<u64>;

    /// Whether there is no byte in it.
    ///
    /// # Errors
    /// Whatever the system says.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads up to `into.len()` bytes at `offset`; fewer may come back, and none only at the end.
    ///
    /// # Errors
    /// `Interrupted` where a signal came first; whatever else the system says.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes up to `bytes.len()` bytes at `offset` and says how many; it may be fewer.
    ///
    /// # Errors
    /// `Interrupted` where a signal came first, `StorageFull` (ENOSPC) where there is no space; nothing of `bytes` is
    /// written then. Whatever else the system says: any part of `bytes` may be written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Makes every byte written so far durable, and the length with them.
    ///
    /// # Errors
    /// Whatever the system says; see rule 3 of this module.
    fn sync_data(&self) -> io::Result<()>;

    /// Drops what is cached of this file and already on disk, so that the next read sees the disk itself.
    ///
    /// # Errors
    /// Whatever the system says.
    fn forget_cache(&self) -> io::Result<()>;
}

/// One disk used from several places, as by a thread that prepares segments beside the one that commits.
///
/// Files are used without it, so only work on names waits for another holder.
#[derive(Debug)]
pub struct Shared<D>(Arc<Mutex<D>>);

impl<D> Clone for Shared<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: Disk> Shared<D> {
    /// Puts `disk` where it can be shared.
    pub fn new(disk: D) -> Self {
        Self(Arc::new(Mutex::new(disk)))
    }

    /// A panic elsewhere leaves nothing half done here: the disk has no state of its own worth refusing.
    fn inner(&self) -> MutexGuard<'_, D> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Disk> Disk for Shared<D> {
    type File = D::File;

    fn list(&self) -> io::Result<Vec<String>> {
        self.inner().list()
    }

    fn open(&self, name: &str) -> io::Result<D::File> {
        self.inner().open(name)
    }

    fn create(&self, name: &str) -> io::Result<D::File> {
        self.inner().create(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner().rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner().remove(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.inner().sync_dir()
    }

    fn lock(&self) -> io::Result<bool> {
        self.inner().lock()
    }
}
