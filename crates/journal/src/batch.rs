//! What is staged for the next commit: one buffer that becomes one write, notes in front of the commands.

use crate::frame::{self, Chain, ChainKey, FLAG_BEFORE_IS_SYNCED, FRAME_HEADER_BYTES, FrameHeader, FrameKind};
use crate::options::NOTES_FRAME_BYTES_MAX;
use crate::record::{self, Note, RECORD_HEADER_BYTES};

/// The most notes one batch takes.
pub(crate) const NOTES_MAX: u32 = 16;
const _: () = assert!(FRAME_HEADER_BYTES + NOTES_MAX as usize * Note::BYTES <= NOTES_FRAME_BYTES_MAX);

/// What has been appended and not yet committed; empty, it costs nothing to use again.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The frame of commands, with room for its header; after [`Batch::finish`] all there is to write.
    bytes: Vec<u8>,
    notes: Vec<u8>,
    notes_count: u32,
    /// The last chain, once the frames are complete.
    finished: Option<Chain>,
    pub count: u32,
    pub first_seq: u64,
    pub logical_ns: u64,
}

impl Batch {
    pub fn new(first_seq: u64) -> Self {
        let room = || vec![0; FRAME_HEADER_BYTES];
        Self { bytes: room(), notes: room(), notes_count: 0, finished: None, count: 0, first_seq, logical_ns: 0 }
    }

    /// Forgets everything and begins again at `first_seq`, keeping the memory.
    pub fn clear(&mut self, first_seq: u64) {
        self.bytes.clear();
        self.bytes.resize(FRAME_HEADER_BYTES, 0);
        self.notes.truncate(FRAME_HEADER_BYTES);
        self.finished = None;
        (self.notes_count, self.count, self.first_seq) = (0, 0, first_seq);
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.notes_count == 0
    }

    pub fn next_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count)
    }

    /// Bytes of the frame of commands with one more record of this length.
    pub fn len_with(&self, body: usize) -> usize {
        self.bytes.len() + RECORD_HEADER_BYTES + body
    }

    /// Bytes the batch writes at most: what [`Batch::finish`] makes is never longer.
    pub fn len_max(&self) -> usize {
        let notes = if self.notes_count > 0 { NOTES_FRAME_BYTES_MAX } else { 0 };
        notes + self.bytes.len().next_multiple_of(frame::FRAME_ALIGN).max(frame::FRAME_BYTES_MIN)
    }

    pub fn push(&mut self, kind: u16, body: &[u8]) {
        record::push(&mut self.bytes, kind, body);
        self.count += 1;
    }

    /// Adds a note; `false` where the batch takes no more.
    pub fn push_note(&mut self, note: Note) -> bool {
        let fits = self.notes_count < NOTES_MAX;
        if fits {
            note.push(&mut self.notes);
            self.notes_count += 1;
        }
        fits
    }

    /// Completes the frames in place, to go after `before`, and returns the bytes to write and the last frame's chain.
    ///
    /// A batch that is complete already is returned as it is: what could not be written is written elsewhere.
    pub fn finish(&mut self, before: &Before) -> (&[u8], Chain) {
        let chain = self.finished.unwrap_or_else(|| self.complete(before));
        self.finished = Some(chain);
        (&self.bytes, chain)
    }

    fn complete(&mut self, before: &Before) -> Chain {
        let flags = if before.is_synced { FLAG_BEFORE_IS_SYNCED } else { 0 };
        let (first_seq, durable_seq, logical_ns) = (self.first_seq, before.durable_seq, self.logical_ns);
        let header = |kind, flags, count| FrameHeader { kind, flags, count, first_seq, durable_seq, logical_ns };
        let mut chain = before.chain;
        if self.notes_count > 0 {
            let header = header(FrameKind::Notes, flags, self.notes_count);
            chain = frame::finish(&mut self.notes, &header, &chain, &before.key);
        }
        if self.count == 0 {
            self.bytes.clear();
        } else {
            // Behind notes of the same write the flag would claim that they are synced.
            let flags = if self.notes_count > 0 { 0 } else { flags };
            chain =
                frame::finish(&mut self.bytes, &header(FrameKind::Commands, flags, self.count), &chain, &before.key);
        }
        if self.notes_count > 0 {
            self.bytes.splice(0..0, self.notes.iter().copied());
        }
        chain
    }
}

/// What a batch is written after.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    pub chain: Chain,
    pub durable_seq: u64,
    /// Whether everything written so far is synced.
    pub is_synced: bool,
    pub key: ChainKey,
}
