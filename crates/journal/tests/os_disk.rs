//! The disk of the operating system does what the journal counts on, on real files.

#![cfg(test)]
#![cfg(unix)]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use journal::disk::{Disk, DiskFile};
use journal::os_disk::{OsDisk, random_id};
use journal::{Journal, Note, OpenError, Options, Record, Recovered, Replay, SnapshotHeader};

/// A directory of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fairlead-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.0.join(name)).unwrap().permissions().mode() & 0o777
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Counts what it is fed.
#[derive(Default)]
struct Count(u64);

impl Replay for Count {
    fn reset(&mut self) {
        self.0 = 0;
    }

    fn load(&mut self, _: &SnapshotHeader, _: &[u8]) -> Result<(), String> {
        Err("there is none".into())
    }

    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        self.0 += 1;
        if record.seq == self.0 { Ok(()) } else { Err(format!("seq={} after {}", record.seq, self.0)) }
    }

    fn note(&mut self, _: Note) -> Result<(), String> {
        Ok(())
    }
}

fn open(folder: &Folder, options: &Options) -> Result<(Journal<OsDisk>, Recovered, u64), OpenError> {
    let mut count = Count::default();
    let disk = OsDisk::open(&folder.0).unwrap();
    Journal::open(disk, options, 1, &mut count).map(|(journal, recovered)| (journal, recovered, count.0))
}

fn options() -> Options {
    Options { segment_bytes: 64 << 10, store_id: random_id().unwrap(), ..Options::default() }
}

#[test]
fn what_is_written_is_read_back_and_names_move() {
    let folder = Folder::new("files");
    let disk = OsDisk::open(&folder.0).unwrap();

    let file = disk.create("a").unwrap();
    assert_eq!(file.write_at(b"hello", 3).unwrap(), 5);
    file.sync_data().unwrap();
    file.forget_cache().unwrap();
    disk.rename("a", "b").unwrap();
    disk.sync_dir().unwrap();
    let mut read = [9; 8];
    assert_eq!(disk.open("b").unwrap().read_at(&mut read, 0).unwrap(), 8);

    assert_eq!(&read, b"\0\0\0hello");
    assert_eq!((file.len().unwrap(), disk.list().unwrap()), (8, vec!["b".to_owned()]));
    disk.remove("b").unwrap();
    assert!(disk.list().unwrap().is_empty());
    assert_eq!(disk.open("b").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_directory_and_its_files_are_private_to_their_owner() {
    let folder = Folder::new("modes");
    let (mut journal, ..) = open(&folder, &options()).unwrap();
    journal.append(1, 1, b"x").unwrap();
    journal.commit().unwrap();

    assert_eq!(folder.mode(""), 0o700);
    for name in OsDisk::open(&folder.0).unwrap().list().unwrap() {
        assert_eq!(folder.mode(&name), 0o600, "{name}");
    }
}

#[test]
fn a_name_that_leads_out_of_the_directory_is_refused() {
    let folder = Folder::new("names");
    let disk = OsDisk::open(&folder.0).unwrap();

    for name in ["", ".", "..", "../x", "a/b", "a\0b"] {
        assert_eq!(disk.create(name).unwrap_err().kind(), ErrorKind::InvalidInput, "{name:?}");
    }
}

#[test]
fn a_second_process_on_the_directory_is_refused_until_the_first_ends() {
    let folder = Folder::new("lock");
    let (journal, ..) = open(&folder, &options()).unwrap();

    let error = open(&folder, &options()).unwrap_err();
    assert!(matches!(error, OpenError::Locked));
    assert_eq!(error.exit_code(), 6);
    drop(journal);

    assert!(open(&folder, &options()).is_ok());
}

#[test]
fn a_log_of_many_segments_opens_again_with_everything_in_it() {
    let folder = Folder::new("log");
    let (mut journal, recovered, _) = open(&folder, &options()).unwrap();
    assert!(recovered.created);
    for number in 0..20_000_u64 {
        journal.append(number, 1, &[7; 20]).unwrap();
        if number % 100 == 99 {
            journal.commit().unwrap();
            journal.prepare().unwrap();
        }
    }
    journal.seal().unwrap();
    drop(journal);

    let (journal, recovered, count) = open(&folder, &options()).unwrap();

    assert_eq!((count, recovered.last_seq, journal.next_seq()), (20_000, 20_000, 20_001));
    assert!(recovered.torn.is_none() && recovered.warnings.is_empty(), "{recovered:?}");
    let segments = fs::read_dir(&folder.0).unwrap().count();
    assert!(segments > 7, "{segments} files");
}

#[test]
fn a_read_only_disk_changes_nothing() {
    let folder = Folder::new("read-only");
    drop(open(&folder, &options()).unwrap());
    let disk = OsDisk::read_only(&folder.0).unwrap();

    let denied = |result: std::io::Result<()>| result.unwrap_err().kind() == ErrorKind::PermissionDenied;
    assert!(denied(disk.create("x").map(drop)) && denied(disk.remove("MANIFEST")));
    assert!(denied(disk.rename("MANIFEST", "x")) && denied(disk.lock().map(drop)));
    assert!(disk.open("MANIFEST").unwrap().write_at(b"x", 0).is_err());
    assert!(OsDisk::read_only(folder.0.join("nowhere")).is_err());
}

#[test]
fn an_identity_is_drawn_anew_each_time() {
    assert_ne!(random_id().unwrap(), random_id().unwrap());
}
