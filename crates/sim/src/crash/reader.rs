//! A second reader of segment files, written from their description alone: it knows lengths and fields, repairs nothing
//! and trusts the files it is given.

use model::{Command, Stamp};

use super::disk::SimDisk;

/// Bytes before the first frame of a segment.
const HEADER_BLOCK: usize = 4_096;
/// Bytes before the first record of a frame.
const FRAME_HEADER: usize = 56;
/// The kind of frames that hold commands.
const COMMANDS: u16 = 1;

/// One record of a log.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its place.
    pub stamp: Stamp,
    /// Its type.
    pub kind: u16,
    /// Its body.
    pub body: Vec<u8>,
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let part = bytes.get(at..at + width)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// A number that counts bytes or records.
fn size(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    number(bytes, at, width).and_then(|number| usize::try_from(number).ok())
}

/// Where the frames of a segment begin and end.
pub fn frames(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = HEADER_BLOCK;
    while let Some(len) = size(bytes, at + 4, 4) {
        if len < FRAME_HEADER || at + len > bytes.len() {
            break;
        }
        found.push((at, at + len));
        at += len;
    }
    found
}

/// The first sequence number that is gone where these bytes of the newest segment are and no whole frame is left behind
/// them; nothing where one is.
pub fn seq_of_destroyed_end(disk: &SimDisk, from: usize, to: usize) -> Option<u64> {
    let newest = segments(disk).pop()?;
    let platter = disk.platter();
    let (_, file) = platter.files().find(|(name, _)| *name == newest)?;
    let frames = frames(file.bytes());
    let mut whole = frames.iter().filter(|(start, end)| is_whole(&file.bytes()[*start..*end]));
    let is_last = whole.all(|(start, _)| *start < to);
    let (start, _) = frames.iter().find(|(_, end)| *end > from)?;
    if is_last { number(file.bytes(), start + 16, 8) } else { None }
}

/// The records of one frame, from `after` on.
fn records(frame: &[u8], after: u64, found: &mut Vec<Found>) -> Option<()> {
    if number(frame, 8, 2)? != u64::from(COMMANDS) {
        return Some(());
    }
    let (count, first_seq, logical_ns) = (number(frame, 12, 4)?, number(frame, 16, 8)?, number(frame, 32, 8)?);
    if first_seq + count <= after + 1 {
        return Some(());
    }
    let mut at = FRAME_HEADER;
    for index in 0..count {
        let kind = u16::try_from(number(frame, at, 2)?).ok()?;
        let len = size(frame, at + 2, 2)?;
        let body = frame.get(at + 4..at + 4 + len)?;
        at += 4 + len;
        let stamp = Stamp { seq: first_seq + index, ts_ns: i64::try_from(logical_ns + index).ok()? };
        if stamp.seq > after {
            found.push(Found { stamp, kind, body: body.to_vec() });
        }
    }
    Some(())
}

/// Whether a frame is as it was written: its masked CRC-32C is that of its bytes.
fn is_whole(frame: &[u8]) -> bool {
    let sum = crc32c::crc32c(&frame[4..]).rotate_right(15).wrapping_add(0xA282_EAD8);
    number(frame, 0, 4) == Some(u64::from(sum))
}

/// Names of segments, oldest first.
pub fn segments(disk: &SimDisk) -> Vec<String> {
    let platter = disk.platter();
    platter.files().map(|(name, _)| name).filter(|name| first_seq(name).is_some()).map(str::to_owned).collect()
}

/// The first sequence number of a segment, by its name.
pub fn first_seq(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("wal-")?.strip_suffix(".seg")?;
    u64::from_str_radix(digits, 16).ok()
}

/// The records of a log behind a sequence number.
///
/// # Errors
/// A frame that says it has what it has not.
pub fn read(disk: &SimDisk, after: u64) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    for name in segments(disk) {
        let platter = disk.platter();
        let Some((_, file)) = platter.files().find(|(known, _)| *known == name) else { continue };
        for (start, end) in frames(file.bytes()) {
            records(&file.bytes()[start..end], after, &mut found)
                .ok_or_else(|| format!("frame: {name} at {start} ends within a record"))?;
        }
    }
    Ok(found)
}

/// The command of a record.
///
/// # Errors
/// What is wrong with its bytes.
pub fn command(found: &Found) -> Result<Command, String> {
    wire::decode_command(&found.body).map_err(|error| format!("record: seq {}: {error}", found.stamp.seq))
}
