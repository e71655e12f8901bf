//! The disk of the operating system: one directory, private to its owner, claimed by one process.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FlockOperation, flock};

use crate::disk::{Disk, DiskFile};

/// The file whose lock claims the directory. It stays behind, empty; the lock ends with the process.
pub const LOCK: &str = "LOCK";

const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A directory on a file system.
#[derive(Debug)]
pub struct OsDisk {
    directory: PathBuf,
    is_read_only: bool,
    lock: Mutex<Option<File>>,
}

impl OsDisk {
    /// Uses a directory, made with mode 0700 where it does not exist.
    ///
    /// # Errors
    /// The directory cannot be made or is none.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        if !directory.is_dir() {
            DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(&directory)?;
            let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(Self { directory, is_read_only: false, lock: Mutex::default() })
    }

    /// Looks at a directory that exists and changes nothing in it: every call that would is refused.
    ///
    /// # Errors
    /// There is no such directory.
    pub fn read_only(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::read_dir(&directory)?;
        Ok(Self { directory, is_read_only: true, lock: Mutex::default() })
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        if name.is_empty() || name.contains(['/', '\0']) || name == ".." || name == "." {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(self.directory.join(name))
    }

    fn path_to_change(&self, name: &str) -> io::Result<PathBuf> {
        if self.is_read_only { Err(io::ErrorKind::PermissionDenied.into()) } else { self.path(name) }
    }
}

impl Disk for OsDisk {
    type File = OsFile;

    fn list(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.directory)?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string()));
        // A name that is no text is none of ours.
        names.filter_map(|name| name.map(Result::ok).transpose()).collect()
    }

    fn open(&self, name: &str) -> io::Result<OsFile> {
        let file = OpenOptions::new().read(true).write(!self.is_read_only).open(self.path(name)?)?;
        Ok(OsFile(file))
    }

    fn create(&self, name: &str) -> io::Result<OsFile> {
        let path = self.path_to_change(name)?;
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(FILE_MODE).clone();
        Ok(OsFile(options.open(path)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path_to_change(from)?, self.path_to_change(to)?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path_to_change(name)?)
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }

    fn lock(&self) -> io::Result<bool> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let path = self.path_to_change(LOCK)?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path)?;
        let is_ours = claim(&file)?;
        if is_ours {
            *held = Some(file);
        }
        Ok(is_ours)
    }
}

/// A file of such a directory: positioned reads and writes, no buffer in the process.
#[derive(Debug)]
pub struct OsFile(File);

impl DiskFile for OsFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn forget_cache(&self) -> io::Result<()> {
        // Advice, and where a system has none to take, none is given.
        #[cfg(target_os = "linux")]
        rustix::fs::fadvise(&self.0, 0, None, rustix::fs::Advice::DontNeed)?;
        Ok(())
    }
}

/// Claims an open file or directory until it is closed; `false` where another process has it.
///
/// # Errors
/// Those of the system.
pub fn claim(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a process works on a data directory now.
///
/// # Errors
/// Those of the system, a missing lock file not among them: nobody ever did.
pub fn is_in_use(directory: &Path) -> io::Result<bool> {
    match File::open(directory.join(LOCK)) {
        Ok(file) => Ok(!claim(&file)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Sixteen random bytes: the identity of a new store.
///
/// # Errors
/// The system gives no randomness.
pub fn random_id() -> io::Result<[u8; 16]> {
    let mut id = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut id)?;
    Ok(id)
}
