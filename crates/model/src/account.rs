//! Accounts and what they pay.

/// What stands behind an account's orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AccountKind {
    /// Orders are covered by balances, reserved when they enter (S-06).
    Cash = 0,
    /// Matching only: balances follow the fills and may be negative, nothing is reserved.
    Credit = 1,
}

/// Names a fee schedule. Schedule 0 always exists and charges nothing until it is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeeScheduleId(pub u16);

/// The largest self-trade prevention group.
pub const STP_GROUP_MAX: u32 = (1 << 31) - 1;

/// The largest fee rate in parts per million (100 %).
pub const FEE_PPM_MAX: i32 = 1_000_000;

/// What the rates of a fee schedule are parts of. A schedule has rates for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FeeBase {
    /// Price times quantity: everywhere but in markets of events.
    #[default]
    Notional = 0,
    /// Quantity times `p * (1 - p)`, in markets of events: who buys YES at `p` pays what who buys NO at `1 - p` pays.
    Variance = 1,
}

/// One version of the rates of a fee schedule: in parts per million of a [`FeeBase`], negative for a rebate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeeRates {
    /// Charged to the resting order (FIX 851 = 1), and to both sides of an auction trade.
    pub maker_ppm: i32,
    /// Charged to the incoming order (FIX 851 = 2).
    pub taker_ppm: i32,
}

impl FeeRates {
    /// Whether both rates lie within +/- [`FEE_PPM_MAX`] and a rebate never exceeds the other side's fee, so that
    /// the venue pays nothing out of its own pocket.
    pub fn is_valid(self) -> bool {
        let in_range = |ppm: i32| (-FEE_PPM_MAX..=FEE_PPM_MAX).contains(&ppm);
        in_range(self.maker_ppm) && in_range(self.taker_ppm) && self.maker_ppm + self.taker_ppm >= 0
    }

    /// The highest rate an order under this version can be charged, at least 0: what its reserve must cover.
    pub fn worst_ppm(self) -> i32 {
        self.maker_ppm.max(self.taker_ppm).max(0)
    }
}
