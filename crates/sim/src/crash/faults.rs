//! The kinds of faults: what a seed may draw, what shrinking turns off, what the totals count.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// One kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name,)+ }

        impl Fault {
            /// Every kind, in the order of the totals.
            pub const ALL: &[Fault] = &[$(Fault::$name,)+];

            /// Its name on the command line and in the totals.
            pub const fn name(self) -> &'static str {
                match self { $(Fault::$name => $text,)+ }
            }
        }
    };
}

faults! {
    /// The process ends between two calls or in the middle of one; what the system has cached stays.
    Kill = "kill",
    /// The machine ends too: every write that was not synced has a fate of its own.
    PowerCut = "power-cut",
    /// The process ends while it recovers.
    CrashInRecovery = "crash-in-recovery",
    /// At a power cut: a write is lost.
    DroppedWrite = "dropped-write",
    /// At a power cut: only some sectors or bytes of a write are there.
    TornWrite = "torn-write",
    /// At a power cut: the place of a write holds zeros.
    ZeroedWrite = "zeroed-write",
    /// At a power cut: a create, rename or remove that was not followed by a sync of the folder did not happen.
    LostName = "lost-name",
    /// A sync fails once, and what it should have written may be lost although the cache shows it.
    SyncError = "sync-error",
    /// A write fails with an input/output error.
    WriteError = "write-error",
    /// A sync takes long.
    SlowSync = "slow-sync",
    /// No space is left, and comes back later.
    Full = "full",
    /// A write takes only some of its bytes.
    ShortWrite = "short-write",
    /// A read gives only some of the bytes.
    ShortRead = "short-read",
    /// A read or a write is interrupted by a signal.
    Interrupted = "interrupted",
    /// No file can be opened or made for lack of descriptors.
    NoHandles = "no-handles",
    /// One bit of a file at rest is the other way round.
    BitFlip = "bit-flip",
    /// A sector of a file at rest holds zeros.
    ZeroedSector = "zeroed-sector",
    /// Two sectors of a file at rest have changed places.
    SwappedSectors = "swapped-sectors",
    /// A sector of a file at rest is a copy of another.
    CopiedSector = "copied-sector",
    /// A file at rest ends early.
    CutFile = "cut-file",
    /// A file at rest has more behind its end.
    GarbageTail = "garbage-tail",
    /// A file is gone.
    DeletedFile = "deleted-file",
    /// A file is empty.
    EmptiedFile = "emptied-file",
    /// The wall clock jumps.
    ClockJump = "clock-jump",
    /// A request does not arrive.
    LostRequest = "lost-request",
    /// An answer does not arrive.
    LostAnswer = "lost-answer",
    /// A request arrives twice.
    DoubledRequest = "doubled-request",
    /// Messages of different clients overtake each other.
    Overtaking = "overtaking",
    /// A client crashes and does not know what it asked.
    ClientForgets = "client-forgets",
    /// A client cancels an order that may be trading at that moment.
    CancelRace = "cancel-race",
    /// A second process opens the same folder.
    SecondProcess = "second-process",
}

/// How often each kind happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts([u64; Fault::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Counts([0; Fault::ALL.len()])
    }
}

impl Counts {
    /// One more of a kind.
    pub fn see(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// How many of a kind.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Counts) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum += count;
        }
    }

    /// Adds one for each kind that happened at all: in how many runs.
    pub fn add_run(&mut self, other: &Counts) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum += u64::from(count > 0);
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultSet(u64);

impl FaultSet {
    /// With one more kind.
    #[must_use]
    pub fn with(self, fault: Fault) -> Self {
        FaultSet(self.0 | 1 << (fault as u32))
    }

    /// Whether a kind is in it.
    pub fn has(self, fault: Fault) -> bool {
        self.0 & (1 << (fault as u32)) != 0
    }

    /// Its kinds.
    pub fn iter(self) -> impl Iterator<Item = Fault> {
        Fault::ALL.iter().copied().filter(move |fault| self.has(*fault))
    }

    /// Names with commas between.
    ///
    /// # Errors
    /// The name that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(',').filter(|name| !name.is_empty()).try_fold(FaultSet::default(), |set, name| {
            let fault = Fault::ALL.iter().find(|fault| fault.name() == name);
            fault.map(|fault| set.with(*fault)).ok_or_else(|| format!("{name}: no such fault"))
        })
    }
}

impl core::fmt::Display for FaultSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names: Vec<&str> = self.iter().map(Fault::name).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_reads_what_it_writes() {
        let set = FaultSet::default().with(Fault::Kill).with(Fault::Full);

        assert_eq!(FaultSet::parse(&set.to_string()), Ok(set));
        assert!(set.has(Fault::Full) && !set.has(Fault::BitFlip));
        assert!(FaultSet::parse("kill,rain").is_err());
        assert!(Fault::ALL.len() <= 64);
    }
}
