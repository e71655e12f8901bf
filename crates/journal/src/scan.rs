//! Reads the frames of one segment in order and says where and why they end.

use crate::error::{Damage, OpenError};
use crate::files;
use crate::frame::{Chain, ChainKey, FLAG_BEFORE_IS_SYNCED, FRAME_ALIGN, Flaw, Frame, FrameKind};
use crate::journal::Position;

/// How far the log has been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    /// Where the next frame begins in its segment.
    pub offset: u64,
    /// The sequence number it must begin with.
    pub seq: u64,
    /// Chain of the last frame.
    pub chain: Chain,
    /// The end of the last frame of commands.
    pub position: Position,
    /// The latest time met.
    pub ts_ns: u64,
    /// Whether the last frame was a seal.
    pub is_sealed: bool,
}

/// Why the frames of a segment end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Where the next segment takes over.
    Reached,
    /// Nothing but zeros follows.
    Zeros,
    /// What follows is no frame.
    Flawed(Flaw),
}

/// One segment's bytes and what its frames are checked against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a> {
    pub file: &'a str,
    pub bytes: &'a [u8],
    pub key: &'a ChainKey,
    /// The sequence number and chain the next segment begins with, where there is one.
    pub until: Option<(u64, Chain)>,
}

impl Scan<'_> {
    /// Reads frames from the cursor on, each given to `visit` after it is checked, and moves the cursor.
    ///
    /// A frame whose checksum is right and whose place is wrong is no torn write: it is damage whatever follows.
    pub fn run<E: From<OpenError>>(
        &self,
        cursor: &mut Cursor,
        mut visit: impl FnMut(&Frame<'_>, &Cursor) -> Result<(), E>,
    ) -> Result<End, E> {
        let used = files::used(self.bytes) as u64;
        loop {
            if self.until == Some((cursor.seq, cursor.chain)) {
                return Ok(End::Reached);
            }
            if cursor.offset >= used {
                return Ok(End::Zeros);
            }
            let frame = match Frame::read(self.rest(cursor.offset)) {
                Ok(frame) => frame,
                Err(Flaw::Unknown { what, found, known }) => {
                    let file = self.file.to_owned();
                    return Err(OpenError::Newer { file, what, found: found.into(), known: known.into() }.into());
                }
                Err(Flaw::Shape(what)) => return Err(self.damage(cursor, Flaw::Shape(what).to_string()).into()),
                Err(flaw @ (Flaw::Length(_) | Flaw::Checksum)) => return Ok(End::Flawed(flaw)),
            };
            self.check_place(&frame, cursor)?;
            cursor.pass(&frame);
            visit(&frame, cursor)?;
        }
    }

    fn rest(&self, offset: u64) -> &[u8] {
        usize::try_from(offset).ok().and_then(|offset| self.bytes.get(offset..)).unwrap_or_default()
    }

    fn check_place(&self, frame: &Frame<'_>, cursor: &Cursor) -> Result<(), OpenError> {
        let found = frame.header.first_seq;
        if found != cursor.seq {
            return Err(self.damage(cursor, format!("a sound frame begins with seq={found} instead")));
        }
        if !frame.continues(&cursor.chain, self.key) {
            return Err(self.damage(cursor, "a sound frame does not continue the hash chain".into()));
        }
        Ok(())
    }

    pub fn damage(&self, cursor: &Cursor, what: String) -> OpenError {
        Damage { file: self.file.to_owned(), offset: cursor.offset, seq: cursor.seq, what }.into()
    }

    /// What shows that the flawed bytes at the cursor had been synced, where something later in the segment does.
    pub fn witness(&self, cursor: &Cursor) -> Option<String> {
        let used = files::used(self.bytes) as u64;
        let mut offset = cursor.offset + FRAME_ALIGN as u64;
        while offset < used {
            if let Ok(frame) = Frame::read(self.rest(offset)) {
                let header = frame.header;
                if header.durable_seq >= cursor.seq || header.flags & FLAG_BEFORE_IS_SYNCED != 0 {
                    let durable_seq = header.durable_seq;
                    return Some(format!("the frame at offset={offset} says durable_seq={durable_seq}"));
                }
            }
            offset += FRAME_ALIGN as u64;
        }
        None
    }
}

impl Cursor {
    fn pass(&mut self, frame: &Frame<'_>) {
        let header = &frame.header;
        self.offset += frame.len() as u64;
        self.seq = header.next_seq();
        self.chain = frame.chain;
        self.is_sealed = header.kind == FrameKind::Seal;
        let last = match header.kind {
            FrameKind::Commands => u64::from(header.count) - 1,
            FrameKind::Seal | FrameKind::Notes => 0,
        };
        self.ts_ns = self.ts_ns.max(header.logical_ns + last);
        if header.kind == FrameKind::Commands {
            self.position = Position { seq: self.seq - 1, chain: frame.chain };
        }
    }
}
