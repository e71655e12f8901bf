//! Orders that wait for a price: what fires them and how their trigger moves (S-40 to S-47).

use crate::command::NewOrder;
use crate::ids::{AccountId, GroupId, InstrumentId};
use crate::numbers::Price;

/// Why an order waits. Side and kind together give the direction (S-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TriggerKind {
    /// Limits a loss: a sell fires at or below its trigger, a buy at or above.
    StopLoss = 0,
    /// Takes a profit: a sell fires at or above its trigger, a buy at or below.
    TakeProfit = 1,
    /// Enters at a better price (market- or limit-if-touched): fires as a take-profit does.
    IfTouched = 2,
    /// A stop-loss whose trigger follows the market at a distance.
    TrailingStop = 3,
}

/// The price a trigger is compared with (FIX 1107).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TriggerSource {
    /// Trade prices.
    Last = 0,
    /// The best displayed bid.
    Bid = 1,
    /// The best displayed ask.
    Ask = 2,
    /// Halfway between both.
    Mid = 3,
    /// The mark price, given by command.
    Mark = 4,
    /// The index price, given by command.
    Index = 5,
}

impl TriggerSource {
    /// All sources, in numeric order.
    pub const ALL: [TriggerSource; 6] = [
        TriggerSource::Last,
        TriggerSource::Bid,
        TriggerSource::Ask,
        TriggerSource::Mid,
        TriggerSource::Mark,
        TriggerSource::Index,
    ];
}

/// A price that is given to the exchange and grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReferenceKind {
    /// The mark price.
    Mark = 0,
    /// The index price.
    Index = 1,
}

/// What makes a waiting order fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Why it waits.
    pub kind: TriggerKind,
    /// What its trigger is compared with.
    pub source: TriggerSource,
    /// While the mark or index price is missing or too old, trade prices count instead.
    pub fall_back: bool,
    /// The source must go beyond the trigger, not only reach it.
    pub strict: bool,
    /// A trigger that has been passed at entry fires at once instead of being refused.
    pub allow_immediate: bool,
    /// The trigger; of a trailing stop, one that it never falls behind (a floor for a sell, a cap for a buy).
    pub price: Option<Price>,
    /// Distance of a trailing stop as a price difference; exactly one of both distances is given.
    pub trail_amount: Option<Price>,
    /// Distance of a trailing stop in basis points of the anchor, 1 to 9,999.
    pub trail_bps: Option<u32>,
    /// A trailing stop starts to follow when its source reaches this (sell: from below, buy: from above).
    pub activation_price: Option<Price>,
    /// The anchor moves only when the source is at least this far beyond it.
    pub step: Option<Price>,
    /// A trailing stop of type limit gets its limit this far behind its trigger when it fires.
    pub limit_offset: Option<Price>,
}

impl Trigger {
    /// A trigger at a fixed price of trades, with no option set.
    pub fn at(kind: TriggerKind, price: Price) -> Self {
        Trigger { price: Some(price), ..Trigger::bare(kind) }
    }

    /// A trailing stop on trade prices at a fixed distance, with no option set.
    pub fn trailing(amount: Price) -> Self {
        Trigger { trail_amount: Some(amount), ..Trigger::bare(TriggerKind::TrailingStop) }
    }

    fn bare(kind: TriggerKind) -> Self {
        Trigger {
            kind,
            source: TriggerSource::Last,
            fall_back: false,
            strict: false,
            allow_immediate: false,
            price: None,
            trail_amount: None,
            trail_bps: None,
            activation_price: None,
            step: None,
            limit_offset: None,
        }
    }
}

/// Enters an order that waits for its trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewStop {
    /// What it becomes when it fires.
    pub order: NewOrder,
    /// What makes it fire.
    pub trigger: Trigger,
}

/// How the orders of a group depend on each other (S-60).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum GroupKind {
    /// Two exits of one position: one cancels the other.
    Oco = 0,
    /// A first order whose fills release a second.
    Oto = 1,
    /// A bracket: a first order whose fills release two exits that cancel each other.
    Otoco = 2,
}

impl GroupKind {
    /// How many legs a group of this kind has.
    pub fn legs(self) -> usize {
        match self {
            GroupKind::Oco | GroupKind::Oto => 2,
            GroupKind::Otoco => 3,
        }
    }
}

/// What a fill or a trigger of one exit does to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum GroupMode {
    /// A fill takes its quantity off the other; a trigger cancels the other once the triggered order is let in.
    #[default]
    Reduce = 0,
    /// The first fill cancels the other.
    CancelOnFirstFill = 1,
    /// As `Reduce`, but a trigger cancels the other even where the triggered order is then refused.
    CancelOnTrigger = 2,
}

/// When the first order of a group releases the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Activation {
    /// With each fill, by its quantity.
    #[default]
    Partial = 0,
    /// When it ends, by all it has filled.
    Full = 1,
}

/// One order of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupLeg {
    /// The order.
    pub order: NewOrder,
    /// What it waits for, where it does.
    pub trigger: Option<Trigger>,
}

/// Enters a group of orders of one account in one instrument. The first order of an OTO or a bracket is the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// How they depend on each other.
    pub kind: GroupKind,
    /// What a fill or a trigger does.
    pub mode: GroupMode,
    /// When the entry releases the others.
    pub activation: Activation,
    /// The orders: two, of a bracket three. Their order is that of FIX 2431 legs: entry first, exits after it.
    pub legs: Vec<GroupLeg>,
}

/// Cancels what is left of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelGroup {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub group: GroupId,
}

/// Gives a mark or index price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetReference {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Which price.
    pub kind: ReferenceKind,
    /// Its value; need not lie on the price grid.
    pub price: Price,
    /// For how long it counts, in nanoseconds, at least 1.
    pub max_age_ns: i64,
}
