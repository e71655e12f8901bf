//! Whole reads, whole writes and files replaced in one step, over a disk whose calls may do less than asked.

use std::io;

use crate::disk::{Disk, DiskFile};
use crate::error::{DiskError, SYNC};

/// Ends the names of files that are not finished; a start removes them.
pub(crate) const UNFINISHED: &str = ".tmp";

/// Bytes written or copied in one call where there is a choice.
const CHUNK_BYTES: usize = 1 << 20;

/// Reads until `into` is full or the file ends, and says how many bytes came.
pub(crate) fn read_up_to<F: DiskFile>(file: &F, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < into.len() {
        match file.read_at(&mut into[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(bytes) => done += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Reads a whole file, or of a longer one the first `bytes_max` bytes.
pub(crate) fn read_whole<D: Disk>(disk: &D, name: &str, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
    let file = disk.open(name).map_err(DiskError::of("open", name))?;
    let len = file.len().map_err(DiskError::of("read", name))?.min(bytes_max);
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
    let found = read_up_to(&file, &mut bytes, 0).map_err(DiskError::of("read", name))?;
    bytes.truncate(found);
    Ok(bytes)
}

/// A write that did not finish: how far it came, and why it ended there.
#[derive(Debug)]
pub(crate) struct Unwritten {
    pub done: usize,
    pub error: io::Error,
}

/// Writes all of `bytes`, going on after a short write or a signal.
pub(crate) fn write_all<F: DiskFile>(file: &F, bytes: &[u8], offset: u64) -> Result<(), Unwritten> {
    let mut done = 0;
    while done < bytes.len() {
        match file.write_at(&bytes[done..], offset + done as u64) {
            Ok(0) => return Err(Unwritten { done, error: io::ErrorKind::WriteZero.into() }),
            Ok(written) => done += written,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Unwritten { done, error }),
        }
    }
    Ok(())
}

/// Writes and makes durable the bytes of a file, not its name.
pub(crate) fn write_synced<F: DiskFile>(file: &F, name: &str, bytes: &[u8], offset: u64) -> Result<(), DiskError> {
    write_all(file, bytes, offset).map_err(|unwritten| DiskError::of("write", name)(unwritten.error))?;
    file.sync_data().map_err(DiskError::of(SYNC, name))
}

/// Writes zeros from one offset to another.
pub(crate) fn write_zeros<F: DiskFile>(file: &F, name: &str, from: u64, to: u64) -> Result<(), DiskError> {
    let zeros = vec![0; CHUNK_BYTES.min(usize::try_from(to.saturating_sub(from)).unwrap_or(CHUNK_BYTES))];
    let mut at = from;
    while at < to {
        let chunk = zeros.len().min(usize::try_from(to - at).unwrap_or(CHUNK_BYTES));
        write_all(file, &zeros[..chunk], at).map_err(|unwritten| DiskError::of("write", name)(unwritten.error))?;
        at += chunk as u64;
    }
    Ok(())
}

/// Makes a file of these bytes under a name in one step: after a crash there is the old file or the new one, whole.
pub(crate) fn replace<D: Disk>(disk: &D, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
    let unfinished = format!("{name}{UNFINISHED}");
    let file = disk.create(&unfinished).map_err(DiskError::of("create", &unfinished))?;
    write_synced(&file, &unfinished, bytes, 0)?;
    disk.rename(&unfinished, name).map_err(DiskError::of("rename", &unfinished))?;
    sync_names(disk)
}

/// Makes names durable.
pub(crate) fn sync_names<D: Disk>(disk: &D) -> Result<(), DiskError> {
    disk.sync_dir().map_err(DiskError::of(SYNC, "the directory"))
}

/// Removes a name; one that is gone already is as good.
pub(crate) fn remove<D: Disk>(disk: &D, name: &str) -> Result<(), DiskError> {
    match disk.remove(name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DiskError::of("remove", name)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A name beginning with `stem` that no file has.
pub(crate) fn free_name<D: Disk>(disk: &D, stem: &str) -> Result<String, DiskError> {
    let taken = names(disk)?;
    let numbered = (0_u32..).map(|number| if number == 0 { stem.to_owned() } else { format!("{stem}-{number}") });
    Ok(numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or_else(|| stem.to_owned()))
}

/// All names.
pub(crate) fn names<D: Disk>(disk: &D) -> Result<Vec<String>, DiskError> {
    disk.list().map_err(DiskError::of("list", "the directory"))
}

/// How many bytes there are up to the last one that is not zero.
pub(crate) fn used(bytes: &[u8]) -> usize {
    const STEP: usize = 4_096;
    const ZEROS: [u8; STEP] = [0; STEP];
    let mut end = bytes.len();
    while end >= STEP && bytes[end - STEP..end] == ZEROS {
        end -= STEP;
    }
    bytes[..end].iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::used;

    #[test]
    fn the_last_byte_that_is_not_zero_is_found_at_every_place() {
        assert_eq!(used(&[]), 0);
        assert_eq!(used(&[0; 9_000]), 0);
        for at in [0, 1, 4_095, 4_096, 4_097, 8_191, 8_192, 8_999] {
            let mut bytes = [0; 9_000];
            bytes[at] = 1;
            assert_eq!(used(&bytes), at + 1);
        }
    }
}
