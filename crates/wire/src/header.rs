//! What stands in front of every message: kind, version, length, session, number.

use crate::error::{Fault, WireError};
use crate::field::{Field, In, Out, Stop};
use crate::kind::Kind;

/// Bytes of a header.
pub const HEADER_SIZE: usize = 16;

/// The version this build writes. It reads every version up to it.
pub const VERSION: u8 = 1;

/// The front of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the message is.
    pub kind: Kind,
    /// Bytes after the header.
    pub block_len: u16,
    /// The connection it belongs to; 0 before logon, in market data and where there is none.
    pub session: u32,
    /// Its number in its direction of that connection, or of its market data channel; 0: unnumbered.
    pub seq: u64,
}

impl Header {
    #[inline]
    pub(crate) fn put(&self, out: &mut Out<'_>) {
        out.bytes([self.kind.code(), VERSION]);
        self.block_len.put(out);
        self.session.put(out);
        self.seq.put(out);
    }

    /// Reads the header of a whole message and checks that the message is as long as it says.
    ///
    /// # Errors
    /// [`Fault::Short`], [`Fault::UnknownKind`], [`Fault::NewerVersion`] or [`Fault::FrameLength`].
    #[inline]
    pub fn read(message: &[u8]) -> Result<Header, WireError> {
        let mut input = In::new(message);
        Header::get(&mut input).map_err(|Stop| input.error())
    }

    #[inline]
    pub(crate) fn get(input: &mut In<'_>) -> Result<Header, Stop> {
        if input.left() < HEADER_SIZE {
            return Err(input.stop(Fault::Short, "header", 0, input.left() as i128, HEADER_SIZE as i128));
        }
        let [kind, version] = input.bytes("kind")?;
        let block_len = u16::get(input, "block_len", true)?;
        let session = u32::get(input, "session", true)?;
        let seq = u64::get(input, "seq", true)?;
        if usize::from(block_len) != input.left() {
            let fault = Fault::FrameLength;
            return Err(input.stop(fault, "block_len", 14, i128::from(block_len), input.left() as i128));
        }
        if version != VERSION {
            let fault = if version > VERSION { Fault::NewerVersion } else { Fault::UnknownCode };
            return Err(input.stop(fault, "version", 15, i128::from(version), i128::from(VERSION)));
        }
        let Some(kind) = Kind::from_code(kind) else {
            return Err(input.stop(Fault::UnknownKind, "kind", 16, i128::from(kind), i128::from(Kind::MAX)));
        };
        Ok(Header { kind, block_len, session, seq })
    }
}

/// The kind of a whole message; its body is not looked at.
///
/// # Errors
/// As [`Header::read`].
pub fn kind_of(message: &[u8]) -> Result<Kind, WireError> {
    Header::read(message).map(|header| header.kind)
}
