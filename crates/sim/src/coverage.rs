//! What a soak has exercised, and what it has missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::{BreakerEvent, Command, Event, EventKind, RejectReason, TradingState};

/// Counts by what was seen.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Sequences run.
    pub sequences: u64,
    /// Commands run.
    pub commands: u64,
    /// Events seen.
    pub events: u64,
    /// Images taken.
    pub images: u64,
    /// Commands that an exchange loaded from an image has followed.
    pub followed: u64,
    /// In how many sequences each kind was seen.
    kinds: BTreeMap<String, u64>,
    /// How often each reason was given.
    reasons: BTreeMap<RejectReason, u64>,
    /// Kinds of the running sequence.
    current: BTreeSet<String>,
}

const ORD_TYPES: [&str; 4] = ["Limit", "Market", "MarketToLimit", "Pegged"];
const TIFS: [&str; 8] = ["Gtc", "Day", "Gtd", "Ioc", "Fok", "Ato", "Atc", "Gfa"];
const STP_MODES: [&str; 5] = ["None", "CancelNewest", "CancelOldest", "CancelBoth", "DecrementAndCancel"];
const ENDS: [&str; 20] = [
    "User",
    "Mass",
    "Stp",
    "NoLiquidity",
    "Protection",
    "Budget",
    "Ioc",
    "Fok",
    "MinQty",
    "ReduceOnly",
    "TradesMax",
    "Delisted",
    "Day",
    "Gtd",
    "Auction",
    "Group",
    "Kill",
    "Disconnect",
    "DeadMan",
    "PriceBand",
];
const GUARDS: [&str; 7] = [
    "LimitsSet",
    "CreditLineSet",
    "KillSwitchSet",
    "KillSwitchCleared",
    "DisconnectRuleSet",
    "SessionChanged",
    "DeadManSet",
];
const OUTCOMES: [&str; 5] = ["OutcomeSet", "PairsMinted", "PairsMerged", "OutcomePaid", "OutcomeResolved"];
const BREAKERS: [&str; 9] = [
    "ReferenceSet",
    "ReferenceStale",
    "HaltOrdered",
    "ResumeOrdered",
    "SessionStateSet",
    "BreakerSet",
    "BandsSet",
    "AuctionExtended",
    "SpreadChanged",
];
/// So many commands after it was loaded, an exchange has followed for long.
const LONG: u64 = 100;
/// Whose band breaks. That of a cooling phase hardly can: limits ahead of it are refused.
const BANDS: [&str; 5] = ["Static", "Short", "Long", "External", "LimitState"];
/// What halts.
const TRIPS: [&str; 7] = ["Static", "Short", "Long", "External", "Spread", "LimitState", "Cascade"];
const SPREADS: [&str; 3] = ["Normal", "Wide", "OneSided"];
const TRIGGER_KINDS: [&str; 4] = ["StopLoss", "TakeProfit", "IfTouched", "TrailingStop"];
const SOURCES: [&str; 6] = ["Last", "Bid", "Ask", "Mid", "Mark", "Index"];
const GROUPS: [&str; 3] = ["Oco", "Oto", "Otoco"];
const MODES: [&str; 3] = ["Reduce", "CancelOnFirstFill", "CancelOnTrigger"];

fn word(value: &impl fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}

impl Coverage {
    /// Takes in the events of one command. `PreListed` is seen by every sequence that lists something.
    pub fn see(&mut self, command: &Command, events: &[Event]) {
        self.commands += 1;
        if matches!(command, Command::ListInstrument(_)) {
            self.current.insert("state PreListed".to_owned());
        }
        for event in events {
            self.events += 1;
            self.see_event(&event.kind);
        }
    }

    /// Takes in how many images there were in the running sequence and how many commands the last has been followed for.
    pub fn see_images(&mut self, (images, age): (u64, u64)) {
        if age > 0 {
            self.followed += 1;
        } else if images > 0 {
            self.images += 1;
            self.current.insert("image taken".to_owned());
        }
        if age == LONG {
            self.current.insert("image followed long".to_owned());
        }
    }

    fn see_event(&mut self, event: &EventKind) {
        match event {
            EventKind::OrderAccepted(order) => {
                self.current.insert(format!("type {}", word(&order.ord_type)));
                self.current.insert(format!("tif {}", word(&order.tif)));
                self.current.insert(format!("stp {}", word(&order.stp)));
            }
            EventKind::TradePrevented(prevented) => {
                self.current.insert(format!("prevented {}", word(&prevented.mode)));
            }
            EventKind::StateChanged { to, .. } => {
                self.current.insert(format!("state {}", word(to)));
            }
            EventKind::Guard(guard) => {
                self.current.insert(format!("guard {}", word(guard)));
            }
            EventKind::Breaker(breaker) => self.see_breaker(breaker),
            EventKind::Outcome(outcome) => {
                self.current.insert(format!("outcome {}", word(outcome)));
            }
            EventKind::TradeAmended { now, .. } => {
                self.current.insert(if now.is_bust() { "trade busted" } else { "trade corrected" }.to_owned());
            }
            EventKind::OrderRejected(rejected) | EventKind::AmendRejected(rejected) => self.refuse(rejected.reason),
            EventKind::CancelRejected { reason, .. } | EventKind::CommandRejected { reason, .. } => {
                self.refuse(*reason);
            }
            EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended) => {
                self.current.insert(format!("end {}", word(&ended.reason)));
            }
            EventKind::OrderSuspended(_)
            | EventKind::OrderTriggered(_)
            | EventKind::TriggerRejected(_)
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_) => self.see_waiting(event),
            EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::TicksSet { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::Repeated { .. }
            | EventKind::OrderPosted(_)
            | EventKind::OrderRefreshed(_)
            | EventKind::OrderReplaced(_)
            | EventKind::OrderRestated { .. }
            | EventKind::OrderParked { .. }
            | EventKind::Trade(_)
            | EventKind::MassCanceled { .. }
            | EventKind::IndicativePrice { .. }
            | EventKind::Uncrossed { .. }
            | EventKind::OrderReleased(_)
            | EventKind::TimePassed => {
                self.current.insert(format!("event {}", word(event)));
            }
        }
    }

    /// What waiting orders and groups tell.
    fn see_waiting(&mut self, event: &EventKind) {
        if let EventKind::OrderSuspended(suspended) = event {
            let kind = suspended.kind.map_or("Entry".to_owned(), |kind| word(&kind));
            self.current.insert(format!("waits for {kind}"));
            self.current.insert(format!("waits on {}", word(&suspended.source)));
        }
        if let EventKind::OrderTriggered(triggered) = event {
            self.current.insert(format!("triggered on {}", word(&triggered.source)));
        }
        if let EventKind::TriggerRejected(rejected) = event {
            self.current.insert(format!("refused at work {}", rejected.reason.name()));
        }
        if let EventKind::GroupAccepted(group) = event {
            self.current.insert(format!("group {}", word(&group.kind)));
            self.current.insert(format!("mode {}", word(&group.mode)));
        }
        if let EventKind::GroupRejected(rejected) = event {
            self.current.insert(format!("group refused {}", rejected.reason.name()));
            self.refuse(rejected.reason);
        }
    }

    fn see_breaker(&mut self, breaker: &BreakerEvent) {
        self.current.insert(format!("breaker {}", word(breaker)));
        match breaker {
            BreakerEvent::BandBroken(broken) => {
                self.current.insert(format!("band {}", word(&broken.rule)));
            }
            BreakerEvent::BreakerTripped(tripped) => {
                self.current.insert(format!("trip {}", word(&tripped.rule)));
                if tripped.until_ns.is_none() {
                    self.current.insert("trip manual".to_owned());
                }
            }
            BreakerEvent::SpreadChanged { state, .. } => {
                self.current.insert(format!("spread {}", word(state)));
            }
            BreakerEvent::ReferenceSet { .. }
            | BreakerEvent::ReferenceStale { .. }
            | BreakerEvent::HaltOrdered { .. }
            | BreakerEvent::ResumeOrdered { .. }
            | BreakerEvent::SessionStateSet { .. }
            | BreakerEvent::BreakerSet { .. }
            | BreakerEvent::BandsSet { .. }
            | BreakerEvent::AuctionExtended(_) => {}
        }
    }

    fn refuse(&mut self, reason: RejectReason) {
        *self.reasons.entry(reason).or_default() += 1;
    }

    /// Ends a sequence.
    pub fn end_sequence(&mut self) {
        self.sequences += 1;
        for kind in std::mem::take(&mut self.current) {
            *self.kinds.entry(kind).or_default() += 1;
        }
    }

    fn expected() -> Vec<String> {
        let named = |family: &str, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| format!("{family} {name}")).collect()
        };
        let mut expected: Vec<String> =
            TradingState::ALL.iter().map(|state| format!("state {}", word(state))).collect();
        expected.extend(named("type", &ORD_TYPES));
        expected.extend(named("tif", &TIFS));
        expected.extend(named("stp", &STP_MODES));
        expected.extend(named("prevented", &STP_MODES[1..]));
        expected.extend(named("end", &ENDS));
        expected.extend(named("guard", &GUARDS));
        expected.extend(named("breaker", &BREAKERS));
        expected.extend(named("outcome", &OUTCOMES));
        expected.extend(named("trade", &["busted", "corrected"]));
        expected.extend(named("band", &BANDS));
        expected.extend(named("trip", &TRIPS));
        expected.extend(named("trip", &["manual"]));
        expected.extend(named("spread", &SPREADS));
        expected.extend(named("waits for", &TRIGGER_KINDS));
        expected.extend(named("waits on", &SOURCES));
        expected.extend(named("triggered on", &SOURCES));
        expected.extend(named("group", &GROUPS));
        expected.extend(named("mode", &MODES));
        expected.extend(["event OrderReleased", "waits for Entry"].map(str::to_owned));
        expected.extend(named("image", &["taken", "followed long"]));
        expected
    }

    /// What was seen too rarely: a kind in less than 1 % of the sequences, a reason fewer than 100 times in 100,000.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for kind in Self::expected() {
            let seen = self.kinds.get(&kind).copied().unwrap_or(0);
            if seen * 100 < self.sequences || seen == 0 {
                missing.push(format!("{kind}: in {seen} of {} sequences, 1 % needed", self.sequences));
            }
        }
        for reason in RejectReason::ALL.iter().filter(|reason| reason.code() > 100) {
            let seen = self.reasons.get(reason).copied().unwrap_or(0);
            let needed = (self.sequences / 1_000).max(1);
            if seen < needed {
                missing.push(format!("reason {}: {seen} times, {needed} needed", reason.name()));
            }
        }
        missing
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sequences {}  commands {}  events {}", self.sequences, self.commands, self.events)?;
        writeln!(f, "images {}  commands followed by what was loaded {}", self.images, self.followed)?;
        writeln!(f, "in how many sequences, the rarest first:")?;
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by_key(|(kind, count)| (**count, *kind));
        for (kind, count) in kinds {
            writeln!(f, "  {kind:<28} {count:>9}")?;
        }
        writeln!(f, "reasons given:")?;
        for reason in RejectReason::ALL.iter().filter(|reason| reason.code() > 100) {
            let count = self.reasons.get(reason).copied().unwrap_or(0);
            writeln!(f, "  {:>3} {:<24} {count:>9}", reason.code(), reason.name())?;
        }
        Ok(())
    }
}
