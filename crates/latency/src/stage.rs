//! The stages of a command on its way through a venue, and their names.

/// A part of a command's way, from one stamp to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// t1 to t2: its bytes were read, until the sequencer has it.
    Decode,
    /// t2 to t3: until the sequencer gives it its place.
    Queue,
    /// t3 to t4: until the batch it is in is durable.
    Journal,
    /// t4 to t5: until the batch it is in is matched.
    Match,
    /// t5 to t6: until the system has taken the bytes of its answer.
    Publish,
    /// t1 to t6.
    Total,
    /// One turn of the loop that answered something: so long can bytes lie in the system before they are read.
    Turn,
}

impl Stage {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Decode, Self::Queue, Self::Journal, Self::Match, Self::Publish, Self::Total, Self::Turn];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Queue => "queue",
            Self::Journal => "journal",
            Self::Match => "match",
            Self::Publish => "publish",
            Self::Total => "total",
            Self::Turn => "turn",
        }
    }
}
