//! Fuzzes the messages and frames of the binary protocol.

use model::SplitMix64;
use wire::{Fault, FrameError, Frames, HEADER_SIZE, Header, Kind, Message, PREFIX_SIZE, decode_command, sample};

/// Bytes that are, were or look like a message.
///
/// # Errors
/// What did not hold.
pub fn messages(seed: u64) -> Result<&'static str, String> {
    check_message(&message(&mut SplitMix64::new(seed)))
}

/// Holds: nothing panics; what is read is written again as it was; what is refused is refused with a field inside the
/// message; commands and messages agree.
///
/// # Errors
/// What did not hold.
pub fn check_message(bytes: &[u8]) -> Result<&'static str, String> {
    let command = decode_command(bytes);
    match Message::decode(bytes) {
        Ok((header, message)) => {
            let mut again = Vec::new();
            message.encode(header.session, header.seq, &mut again).map_err(|error| format!("not written: {error}"))?;
            check(again == bytes, || format!("{bytes:02x?} is written as {again:02x?}"))?;
            let is_command = matches!(&message, Message::Command(read) if command.as_ref() == Ok(read));
            check(is_command == header.kind.is_command(), || format!("{:?} and its command differ", header.kind))?;
            Ok("whole")
        }
        Err(error) => {
            check(command.is_err(), || "a command that is no message".to_owned())?;
            check(error.at <= bytes.len() && !error.field.is_empty(), || format!("{error} in {}", bytes.len()))?;
            check(!error.to_string().is_empty(), || "an error without a text".to_owned())?;
            let len = u16::try_from(bytes.len().saturating_sub(HEADER_SIZE)).unwrap_or(u16::MAX).to_be_bytes();
            let is_consistent = bytes.len() >= HEADER_SIZE && bytes[2..4] == len;
            check(error.is_framing() != is_consistent, || format!("framing: {error}"))?;
            check(is_consistent || Header::read(bytes).is_err(), || "a header of another length".to_owned())?;
            Ok(name(error.fault))
        }
    }
}

fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::Short => "short",
        Fault::FrameLength => "frame length",
        Fault::UnknownKind => "unknown kind",
        Fault::NewerVersion => "newer version",
        Fault::BlockLength => "block length",
        Fault::UnknownCode => "unknown code",
        Fault::NotZero => "not zero",
        Fault::NotText => "not text",
        Fault::TooMany => "too many",
        Fault::TickBands => "tick bands",
    }
}

fn check(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn below(rng: &mut SplitMix64, bound: usize) -> usize {
    usize::try_from(rng.below(bound.max(1) as u64)).unwrap_or(0)
}

fn byte(rng: &mut SplitMix64) -> u8 {
    rng.next_u64().to_be_bytes()[0]
}

fn kind(rng: &mut SplitMix64) -> Kind {
    Kind::ALL[below(rng, Kind::ALL.len())]
}

/// A message as it should be, or after up to four damages, or bytes of any kind.
fn message(rng: &mut SplitMix64) -> Vec<u8> {
    let mut bytes = sample::message(kind(rng), rng);
    let damages = below(rng, 6);
    if damages == 5 {
        let len = below(rng, 300);
        bytes = (0..len).map(|_| byte(rng)).collect();
    }
    for _ in 0..damages {
        damage(&mut bytes, rng);
    }
    // Mostly the header tells the truth about the length: beyond it are the rules of bodies.
    if damages > 0 && bytes.len() >= HEADER_SIZE && rng.below(4) > 0 {
        let len = u16::try_from(bytes.len() - HEADER_SIZE).unwrap_or(u16::MAX);
        bytes[2..4].copy_from_slice(&len.to_be_bytes());
        if rng.below(4) > 0 {
            bytes[1] = wire::VERSION;
        }
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, rng: &mut SplitMix64) {
    let at = below(rng, bytes.len());
    match rng.below(9) {
        0 => bytes.truncate(at),
        1 => bytes.resize(bytes.len() + below(rng, 64), 0),
        2 => bytes.insert(at, byte(rng)),
        3 if !bytes.is_empty() => {
            bytes.remove(at);
        }
        4 if !bytes.is_empty() => bytes[0] = kind(rng).code(),
        5 => {
            let other = sample::message(kind(rng), rng);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[at.min(other.len())..]);
        }
        6 if !bytes.is_empty() => bytes[at] = [0, 1, 2, 0x7F, 0x80, 0xFF][below(rng, 6)],
        7 if !bytes.is_empty() => bytes[at] ^= 1 << rng.below(8),
        _ if !bytes.is_empty() => bytes[at] = byte(rng),
        _ => bytes.push(byte(rng)),
    }
}

/// A stream of frames, damaged or not, that arrives in pieces of any size.
///
/// # Errors
/// What did not hold.
pub fn frames(seed: u64) -> Result<&'static str, String> {
    let mut rng = SplitMix64::new(seed);
    let len_max = [u16::MAX, 200, 64][below(&mut rng, 3)];
    let mut stream = Vec::new();
    for _ in 0..below(&mut rng, 6) {
        let message = sample::message(kind(&mut rng), &mut rng);
        stream.extend_from_slice(&u16::try_from(message.len()).unwrap_or(u16::MAX).to_be_bytes());
        stream.extend_from_slice(&message);
    }
    for _ in 0..below(&mut rng, 3) {
        damage(&mut stream, &mut rng);
    }
    check_stream(&stream, len_max, &mut rng)
}

/// Holds: the messages and the error are those of the whole stream read at once; nothing is consumed of a partial
/// message; no more than one waits.
///
/// # Errors
/// What did not hold.
pub fn check_stream(stream: &[u8], len_max: u16, rng: &mut SplitMix64) -> Result<&'static str, String> {
    let (wanted, end) = naive(stream, usize::from(len_max));
    let mut frames = Frames::new(len_max);
    let (mut got, mut at, mut failed) = (Vec::new(), 0, None);
    let step_max = [1, 5, 100, 100_000][below(rng, 4)];
    while at < stream.len() && failed.is_none() {
        let step = (1 + below(rng, step_max)).min(stream.len() - at);
        frames.feed(&stream[at..at + step]);
        at += step;
        failed = drain(&mut frames, &mut got);
        let is_bounded = failed.is_some() || frames.pending() < PREFIX_SIZE + usize::from(len_max);
        check(is_bounded, || format!("{} bytes wait", frames.pending()))?;
    }
    check(got == wanted, || format!("{} messages, {} wanted", got.len(), wanted.len()))?;
    match (failed, end) {
        (None, End::Whole) if frames.pending() == 0 => Ok(if wanted.is_empty() { "empty" } else { "whole" }),
        (None, End::Partial(left)) if frames.pending() == left => {
            Ok(if left < PREFIX_SIZE { "part of a length" } else { "part of a message" })
        }
        (Some(error), End::Bad(value)) if error == bad(value, len_max) => {
            check(frames.next_message() == Err(error), || "an error that goes away".to_owned())?;
            Ok(if value < HEADER_SIZE { "too short" } else { "too long" })
        }
        (failed, end) => Err(format!("{failed:?} pending {} but {end:?}", frames.pending())),
    }
}

/// Takes out what is whole, up to an error.
fn drain(frames: &mut Frames, got: &mut Vec<Vec<u8>>) -> Option<FrameError> {
    loop {
        match frames.next_message() {
            Ok(Some(message)) => got.push(message.to_vec()),
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

fn bad(value: usize, len_max: u16) -> FrameError {
    FrameError { value, min: HEADER_SIZE, max: usize::from(len_max) }
}

/// How a stream ends.
#[derive(Debug)]
enum End {
    Whole,
    /// So many bytes of a message that is not there.
    Partial(usize),
    /// With this length.
    Bad(usize),
}

/// Reads a stream that is there as a whole.
fn naive(stream: &[u8], len_max: usize) -> (Vec<Vec<u8>>, End) {
    let (mut messages, mut at) = (Vec::new(), 0);
    loop {
        let left = stream.len() - at;
        if left == 0 {
            return (messages, End::Whole);
        }
        if left == 1 {
            return (messages, End::Partial(1));
        }
        let len = usize::from(stream[at]) * 256 + usize::from(stream[at + 1]);
        if len < HEADER_SIZE || len > len_max {
            return (messages, End::Bad(len));
        }
        if left - 2 < len {
            return (messages, End::Partial(left));
        }
        messages.push(stream[at + 2..at + 2 + len].to_vec());
        at += 2 + len;
    }
}
