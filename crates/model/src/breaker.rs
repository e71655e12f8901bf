//! When an instrument stops trading by itself and how it comes back (S-90 to S-92).

const SECOND: i64 = 1_000_000_000;

/// How far prices may move within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// How far back executed prices count, in nanoseconds; 0: no such window.
    pub length_ns: i64,
    /// Strictly more than this from the lowest or highest of them does not print, in basis points.
    pub bps: u32,
}

/// A wide spread that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpreadRule {
    /// Strictly more than this of the middle is wide, in basis points; 0: no such rule.
    pub bps: u32,
    /// A spread that is wide for so long halts, in nanoseconds.
    pub persist_ns: i64,
}

/// How a halt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reopening {
    /// Nothing new is let in for so long.
    pub halt_ns: i64,
    /// Then orders are collected for so long,
    pub call_ns: i64,
    /// and up to so much longer, drawn from the seeded generator.
    pub random_end_ns: i64,
    /// How far the auction price may be from the last executed one, in basis points.
    pub collar_bps: u32,
    /// By how much the collar widens with each extension, in basis points.
    pub widen_bps: u32,
    /// How long an extension lasts.
    pub extend_ns: i64,
    /// After so many extensions a person decides.
    pub extensions_max: u32,
    /// How long only limits inside a collar are let in afterwards; 0: not at all.
    pub cooling_ns: i64,
    /// How far prices may be from the auction price meanwhile, in basis points.
    pub cooling_bps: u32,
}

/// What the static band is around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StaticReference {
    /// The last auction price, else the previous close, however old (S-90).
    #[default]
    LastAuction = 0,
    /// What counts as recent: the last auction price, else the mean of what traded, else a sane middle.
    Recent = 1,
}

/// The rules of one instrument's breaker. All times in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BreakerRules {
    /// How far a price may be from the reference of the static band, in basis points; 0: any.
    pub static_bps: u32,
    /// Which price that is.
    pub static_reference: StaticReference,
    /// How far from what traded in the short and the long window.
    pub windows: [Window; 2],
    /// A band that would break parks limits at the band for this long before it halts; 0: it halts at once.
    pub limit_state_ns: i64,
    /// The spread rule.
    pub spread: SpreadRule,
    /// How a halt ends.
    pub reopening: Reopening,
    /// The shortest time between the end of one automatic halt and the next.
    pub interval_ns: i64,
    /// As many automatic halts within an hour wait for a person; 0: none does.
    pub trips_max: u32,
}

impl Default for BreakerRules {
    /// The documented defaults: 20 % static, strictly more than 10 % in 60 s and in 300 s, a spread above 2 % for 3 s,
    /// a halt of 240 s and a call of 60 s with a random end of up to 30 s.
    fn default() -> Self {
        BreakerRules {
            static_bps: 2_000,
            static_reference: StaticReference::LastAuction,
            windows: [Window { length_ns: 60 * SECOND, bps: 1_000 }, Window { length_ns: 300 * SECOND, bps: 1_000 }],
            limit_state_ns: 0,
            spread: SpreadRule { bps: 200, persist_ns: 3 * SECOND },
            reopening: Reopening {
                halt_ns: 240 * SECOND,
                call_ns: 60 * SECOND,
                random_end_ns: 30 * SECOND,
                collar_bps: 1_000,
                widen_bps: 1_000,
                extend_ns: 300 * SECOND,
                extensions_max: 3,
                cooling_ns: 60 * SECOND,
                cooling_bps: 500,
            },
            interval_ns: 60 * SECOND,
            trips_max: 3,
        }
    }
}

impl BreakerRules {
    /// How far back automatic halts are counted.
    pub const TRIPS_NS: i64 = 3_600 * SECOND;

    /// How far apart the samples are that re-arm a breaker, and how many in a row it takes.
    pub const SAMPLE_NS: i64 = SECOND;
    /// See [`BreakerRules::SAMPLE_NS`].
    pub const SAMPLES: u32 = 3;

    /// Longest time of any rule: a day.
    pub const TIME_MAX_NS: i64 = 86_400 * SECOND;

    /// Whether every number is in its range: times 0 to [`BreakerRules::TIME_MAX_NS`], shares at most 10,000 basis
    /// points, at most 100 extensions, and windows from short to long.
    pub fn is_valid(&self) -> bool {
        let r = &self.reopening;
        let times = [
            self.windows[0].length_ns,
            self.windows[1].length_ns,
            self.limit_state_ns,
            self.spread.persist_ns,
            r.halt_ns,
            r.call_ns,
            r.random_end_ns,
            r.extend_ns,
            r.cooling_ns,
            self.interval_ns,
        ];
        let shares = [
            self.static_bps,
            self.windows[0].bps,
            self.windows[1].bps,
            self.spread.bps,
            r.collar_bps,
            r.widen_bps,
            r.cooling_bps,
        ];
        times.iter().all(|ns| (0..=Self::TIME_MAX_NS).contains(ns))
            && shares.iter().all(|bps| *bps <= 10_000)
            && r.extensions_max <= 100
            && self.trips_max <= 100
            && (self.windows[1].length_ns == 0 || self.windows[0].length_ns <= self.windows[1].length_ns)
    }
}

/// Which rule stopped trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BreakerRule {
    /// The band around the last auction price.
    Static = 0,
    /// The band of the short window.
    Short = 1,
    /// The band of the long window.
    Long = 2,
    /// Bands given from outside.
    External = 3,
    /// A wide spread that lasted.
    Spread = 4,
    /// Too many triggers in one command.
    Cascade = 5,
    /// The limit state lasted too long.
    LimitState = 6,
    /// The collar of the cooling phase.
    Cooling = 7,
}

/// What the spread rule sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SpreadState {
    /// Both sides are there and close.
    #[default]
    Normal = 0,
    /// Both sides are there and far apart.
    Wide = 1,
    /// One side or both are missing.
    OneSided = 2,
}
