//! Random interleavings: exits never fill more than the entry filled or the group has, and nothing is left behind.

use std::collections::BTreeMap;

use model::{
    Activation, AmendOrder, CancelGroup, CancelOrder, Command, Display, EventKind, GroupId, GroupKind, GroupLeg,
    GroupMode, MassCancel, NewOrder, OrdType, OrderId, OrderRef, PostOnly, Price, Qty, Side, SplitMix64, TimeInForce,
    TradingState, Trigger, TriggerKind, TriggerSource,
};

use crate::desk::{Desk, MAKER, OTHER, OWNER, TAKER, line, new_group, order};

/// What the events have told of a group.
struct Told {
    first: u64,
    kind: GroupKind,
    entered: i64,
    exited: i64,
    /// What its exits may fill together, where their owner said so last.
    most: Option<i64>,
}

impl Told {
    fn most(&self) -> i64 {
        self.most.unwrap_or(self.entered)
    }

    fn is_exit(&self, order_id: u64) -> bool {
        let place = order_id.wrapping_sub(self.first);
        match self.kind {
            GroupKind::Oco => place < 2,
            GroupKind::Oto => false,
            GroupKind::Otoco => place == 1 || place == 2,
        }
    }
}

/// A desk at which chance acts.
struct Chance {
    desk: Desk,
    rng: SplitMix64,
    groups: Vec<Told>,
    /// Order ids of the owner that were given, newest last.
    given: Vec<u64>,
    /// How often something happened, by word.
    seen: BTreeMap<String, u32>,
}

impl Chance {
    fn new(seed: u64) -> Self {
        let rng = SplitMix64::new(seed);
        Chance { desk: Desk::default(), rng, groups: Vec::new(), given: Vec::new(), seen: BTreeMap::new() }
    }

    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.rng.below(bound)).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn price(&mut self) -> i64 {
        85 + self.below(31)
    }

    fn side(&mut self) -> Side {
        self.one(&[Side::Buy, Side::Sell])
    }

    /// An order of the owner that may still be open.
    fn recent(&mut self) -> OrderRef {
        let span = self.given.len().min(12);
        let back = usize::try_from(self.below(span.max(1) as u64)).unwrap();
        OrderRef::Order(OrderId(self.given.iter().rev().nth(back).copied().unwrap_or(1)))
    }

    fn leg(&mut self, side: Side, qty: i64, price: i64) -> NewOrder {
        let mut made = order("x", side, qty, price);
        made.cl_ord_id = self.desk.name();
        if self.below(6) == 0 {
            made.display = Display::Iceberg { display_qty: Qty(2.min(qty)), threshold: Qty(0), variance_bps: 0 };
        }
        if self.below(8) == 0 {
            made.post_only = self.one(&[PostOnly::Reject, PostOnly::Slide]);
        }
        if self.below(10) == 0 {
            made.tif = TimeInForce::Gtd { expire_ns: self.desk.now_ns + 1 + self.below(60) };
        }
        made
    }

    /// A stop behind a trigger, as a market or a limit order.
    fn stop(&mut self, side: Side, qty: i64, trigger: i64) -> GroupLeg {
        let mut order = self.leg(side, qty, trigger);
        let kinds = [TriggerSource::Last, TriggerSource::Bid, TriggerSource::Ask, TriggerSource::Mark];
        let mut made = Trigger::at(TriggerKind::StopLoss, Price(trigger));
        if self.below(5) == 0 {
            made = Trigger { price: made.price, ..Trigger::trailing(Price(1 + self.below(8))) };
            order.price = None;
            made.limit_offset = Some(Price(self.below(3)));
        }
        made.source = self.one(&kinds);
        made.allow_immediate = self.below(3) == 0;
        if self.below(2) == 0 {
            order = NewOrder { ord_type: OrdType::Market, price: None, display: Display::All, ..order };
            order.post_only = PostOnly::No;
            made.limit_offset = None;
        }
        GroupLeg { order, trigger: Some(made) }
    }

    fn target(&mut self, side: Side, qty: i64, price: i64) -> GroupLeg {
        let order = self.leg(side, qty, price);
        let touched = Trigger { allow_immediate: true, ..Trigger::at(TriggerKind::TakeProfit, Price(price)) };
        GroupLeg { order, trigger: (self.below(4) == 0).then_some(touched) }
    }

    fn group(&mut self) -> Command {
        let kind = self.one(&[GroupKind::Oco, GroupKind::Oto, GroupKind::Otoco, GroupKind::Otoco]);
        let mode =
            self.one(&[GroupMode::Reduce, GroupMode::Reduce, GroupMode::CancelOnFirstFill, GroupMode::CancelOnTrigger]);
        let activation = self.one(&[Activation::Partial, Activation::Partial, Activation::Full]);
        let (side, qty) = (self.side(), 1 + self.below(12));
        let (near, far) = (92 + self.below(8), 100 + self.below(8));
        let (low, high) = (near - self.below(6), far + self.below(6));
        let (target, stop) = if side == Side::Sell { (high, low) } else { (low, high) };
        let mut legs = Vec::new();
        if kind != GroupKind::Oco {
            let middle = i64::midpoint(low, high);
            let mut entry = self.leg(side.opposite(), qty, middle);
            if self.below(4) == 0 {
                entry.tif = self.one(&[TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Day]);
                (entry.display, entry.post_only) = (Display::All, PostOnly::No);
            }
            legs.push(GroupLeg { order: entry, trigger: None });
        }
        if kind == GroupKind::Oto {
            let price = self.price();
            legs.push(self.target(side, qty, price));
        } else {
            let mut exits = vec![self.target(side, qty, target), self.stop(side, qty, stop)];
            if self.below(2) == 0 {
                exits.reverse();
            }
            legs.extend(exits);
        }
        new_group(kind, mode, activation, legs)
    }

    fn others_order(&mut self) -> Command {
        let (side, qty, price) = (self.side(), 1 + self.below(8), self.price());
        let account = self.one(&[OTHER, OTHER, MAKER, TAKER]);
        let tif = if self.below(2) == 0 { TimeInForce::Ioc } else { TimeInForce::Gtc };
        let cl_ord_id = self.desk.name();
        Command::NewOrder(NewOrder { account, cl_ord_id, tif, ..order("x", side, qty, price) })
    }

    fn amend(&mut self) -> Command {
        let target = self.recent();
        let cl_ord_id = self.desk.name();
        let mut amend = AmendOrder {
            account: OWNER,
            cl_ord_id,
            target,
            order_qty: None,
            price: None,
            display_qty: None,
            tif: None,
            stp: None,
            trigger_price: None,
            seen_cum_qty: None,
        };
        match self.below(4) {
            0 => amend.price = Some(Price(self.price())),
            1 => amend.trigger_price = Some(Price(self.price())),
            _ => amend.order_qty = Some(Qty(1 + self.below(14))),
        }
        Command::Amend(amend)
    }

    fn command(&mut self) -> Command {
        let state = |state| Command::SetTradingState(model::SetTradingState { instrument: crate::desk::ABC, state });
        match self.below(100) {
            0..22 => self.group(),
            22..62 => self.others_order(),
            62..72 => self.amend(),
            72..80 => {
                let unlink = self.below(2) == 0;
                Command::Cancel(CancelOrder { account: OWNER, target: self.recent(), unlink })
            }
            80..84 => {
                let last = self.groups.len() as u64;
                let group = GroupId(last.saturating_sub(self.rng.below(4)));
                Command::CancelGroup(CancelGroup { account: OWNER, group })
            }
            84..90 => Command::SetReference(model::SetReference {
                instrument: crate::desk::ABC,
                kind: model::ReferenceKind::Mark,
                price: Price(self.price()),
                max_age_ns: 1 + self.below(40),
            }),
            90..92 => {
                let side = (self.below(2) == 0).then(|| self.side());
                Command::MassCancel(MassCancel { account: Some(OWNER), side, ..MassCancel::default() })
            }
            92..95 => state(self.one(&[
                TradingState::VolatilityAuction,
                TradingState::PostOnly,
                TradingState::Halted,
                TradingState::Closed,
            ])),
            _ => state(TradingState::Continuous),
        }
    }

    fn step(&mut self) {
        let command = self.command();
        let events = self.desk.apply(&command);
        let resized = matches!(&command, Command::Amend(amend) if amend.order_qty.is_some());
        for event in &events {
            self.absorb(event, resized);
        }
        for group in &self.groups {
            assert!(
                group.exited <= group.most(),
                "group from {}: {} of {} after {command:?}: {:#?}",
                group.first,
                group.exited,
                group.most(),
                events.iter().map(line).collect::<Vec<_>>()
            );
        }
    }

    fn absorb(&mut self, event: &EventKind, resized: bool) {
        let word = line(event).split(' ').next().unwrap().to_owned();
        *self.seen.entry(word).or_default() += 1;
        if let EventKind::GroupAccepted(accepted) = event {
            let (first, kind) = (accepted.first_order_id.0, accepted.kind);
            self.groups.push(Told { first, kind, entered: 0, exited: 0, most: None });
        }
        if let EventKind::OrderAccepted(accepted) = event
            && accepted.account == OWNER
        {
            self.given.push(accepted.order_id.0);
            let of_pair = self.groups.last_mut().filter(|group| group.kind == GroupKind::Oco);
            if let Some(group) = of_pair.filter(|group| group.is_exit(accepted.order_id.0)) {
                group.most = Some(accepted.order_qty.0);
            }
        }
        if let EventKind::OrderReplaced(replaced) = event
            && resized
            && let Some(group) = self.groups.iter_mut().find(|group| group.is_exit(replaced.order_id.0))
        {
            group.most = Some(group.exited + replaced.leaves_qty.0);
        }
        if let EventKind::Trade(trade) = event {
            self.fill(trade.buy.order_id.0, trade.qty.0);
            self.fill(trade.sell.order_id.0, trade.qty.0);
        }
    }

    fn fill(&mut self, order_id: u64, qty: i64) {
        for group in &mut self.groups {
            if group.is_exit(order_id) {
                group.exited += qty;
            } else if group.kind != GroupKind::Oco && group.first == order_id {
                group.entered += qty;
            }
        }
    }

    /// Everything of the owner is cancelled: nothing is open, nothing is held.
    fn finish(&mut self) {
        let all = MassCancel { account: Some(OWNER), ..MassCancel::default() };
        self.desk.apply(&Command::MassCancel(all));
        assert_eq!(self.desk.open(), [], "an order was left behind");
        assert_eq!(self.desk.reserved(), (0, 0), "a reserve was left behind");
    }
}

#[test]
fn exits_never_fill_more_than_the_entry_or_the_group() {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..100 {
        let mut chance = Chance::new(seed);
        for _ in 0..150 {
            chance.step();
        }
        chance.finish();
        for (word, count) in chance.seen {
            *seen.entry(word).or_default() += count;
        }
    }
    // The test is worth something only where all of this happened, often.
    for word in ["grouped", "released", "restated", "triggered", "trigger_rejected", "replaced", "expired", "trade"] {
        assert!(seen.get(word).is_some_and(|count| *count >= 8), "{word} in {seen:?}");
    }
}

#[test]
fn the_same_commands_give_the_same_state() {
    let run = |seed| {
        let mut chance = Chance::new(seed);
        for _ in 0..300 {
            chance.step();
        }
        chance.desk.exchange.state_hash()
    };

    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}
