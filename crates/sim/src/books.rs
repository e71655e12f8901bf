//! Books, orders and balances rebuilt from events alone, as any reader of the event stream could.

use std::collections::BTreeMap;

use model::{
    AccountId, AssetId, Command, Event, EventKind, Instrument, InstrumentId, OrderAccepted, OrderEnded, OrderId,
    OrderPosted, OrderReleased, OrderSuspended, OutcomeEvent, Price, Qty, Side, StandingTrade, StpMode, Trade,
    TradeKey, TradeLeg, TradePrevented, TradeTerms, TradingState, TriggerRejected,
};

/// What events say of an open order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Total quantity.
    pub order_qty: Qty,
    /// What remains.
    pub leaves_qty: Qty,
    /// Its place on the book.
    pub posted: Option<Posted>,
    /// What it waits for, while it does.
    pub waits: Option<Waits>,
}

/// What an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Its trigger; of an order of a group, perhaps the entry before that.
    Trigger,
    /// The entry of its group alone.
    Entry,
}

/// A stay on the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub price: Price,
    /// Counts the posts, hidden ones too: time priority.
    pub nr: u64,
    /// What the public sees; 0 for a hidden order.
    pub displayed_qty: Qty,
    /// Whether nothing of it is ever shown.
    pub is_hidden: bool,
}

/// An instrument with what turns its quantities into amounts.
#[derive(Clone, Debug)]
struct Scales {
    definition: Instrument,
    notional: i128,
    base: i128,
    state: TradingState,
    no: Option<AssetId>,
}

/// Everything the events of an exchange say about orders and money.
#[derive(Clone, Debug, Default)]
pub struct Books {
    decimals: Vec<u8>,
    instruments: Vec<Scales>,
    orders: BTreeMap<OrderId, OpenOrder>,
    totals: BTreeMap<(AccountId, AssetId), i128>,
    outside: BTreeMap<AssetId, i128>,
    posts: u64,
}

impl Books {
    /// Takes in the events of one command; the command itself tells what was defined.
    pub fn apply(&mut self, command: &Command, events: &[Event]) {
        for event in events {
            self.take(command, &event.kind);
        }
    }

    fn take(&mut self, command: &Command, event: &EventKind) {
        match event {
            EventKind::AssetAdded { decimals, .. } => self.decimals.push(*decimals),
            EventKind::InstrumentListed { .. } => self.list(command),
            EventKind::Deposited { account, asset, amount } => self.pay_in(*account, *asset, amount.0),
            EventKind::Withdrawn { account, asset, amount } => self.pay_in(*account, *asset, -amount.0),
            EventKind::OrderAccepted(accepted) => self.accept(accepted),
            EventKind::OrderPosted(posted) | EventKind::OrderRefreshed(posted) => self.post(posted),
            EventKind::OrderReplaced(replaced) => {
                let Some(order) = self.orders.get_mut(&replaced.order_id) else { return };
                (order.order_qty, order.leaves_qty) = (replaced.order_qty, replaced.leaves_qty);
                order.posted = order.posted.filter(|_| replaced.priority_kept);
                if let Some(posted) = order.posted.as_mut() {
                    posted.displayed_qty = replaced.displayed_qty;
                }
            }
            EventKind::OrderRestated { order_id, order_qty, leaves_qty, displayed_qty, .. } => {
                let Some(order) = self.orders.get_mut(order_id) else { return };
                (order.order_qty, order.leaves_qty) = (*order_qty, *leaves_qty);
                if let Some(posted) = order.posted.as_mut() {
                    posted.displayed_qty = *displayed_qty;
                }
            }
            EventKind::OrderParked { order_id, .. } => {
                if let Some(order) = self.orders.get_mut(order_id) {
                    order.posted = None;
                }
            }
            EventKind::OrderSuspended(OrderSuspended { order_id, kind, .. }) => {
                let waits = if kind.is_some() { Waits::Trigger } else { Waits::Entry };
                self.wait(*order_id, Some(waits));
            }
            EventKind::OrderTriggered(triggered) => self.wait(triggered.order_id, None),
            EventKind::OrderReleased(released) => self.release(released),
            EventKind::Trade(trade) => self.trade(trade),
            EventKind::TradeAmended { key, was, now } => {
                self.settle(key, was, -1);
                self.settle(key, now, 1);
            }
            EventKind::TradePrevented(prevented) => self.prevent(prevented),
            EventKind::OrderCanceled(OrderEnded { order_id, .. })
            | EventKind::OrderExpired(OrderEnded { order_id, .. })
            | EventKind::TriggerRejected(TriggerRejected { order_id, .. }) => {
                self.orders.remove(order_id);
            }
            EventKind::StateChanged { instrument, to, .. } => {
                if let Some(scales) = self.instruments.get_mut(instrument.0 as usize) {
                    scales.state = *to;
                }
            }
            EventKind::AccountAdded { .. }
            | EventKind::TicksSet { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::Repeated { .. }
            | EventKind::MassCanceled { .. }
            | EventKind::IndicativePrice { .. }
            | EventKind::Uncrossed { .. }
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_)
            | EventKind::TimePassed => {}
            EventKind::Outcome(event) => self.take_outcome(event),
        }
    }

    /// Pairs come and go against money, and the end takes all that is left.
    fn take_outcome(&mut self, event: &OutcomeEvent) {
        let (instrument, account, yes, no, amount) = match *event {
            OutcomeEvent::OutcomeSet { instrument, no } => {
                if let Some(scales) = self.instruments.get_mut(instrument.0 as usize) {
                    scales.no = Some(no);
                }
                return;
            }
            OutcomeEvent::PairsMinted { instrument, account, qty } => (instrument, account, qty.0, qty.0, None),
            OutcomeEvent::PairsMerged { instrument, account, qty } => (instrument, account, -qty.0, -qty.0, None),
            OutcomeEvent::OutcomePaid { instrument, account, yes, no, amount } => {
                (instrument, account, -yes.0, -no.0, Some(amount.0))
            }
            OutcomeEvent::OutcomeResolved { .. } => return,
        };
        let Some(scales) = self.instruments.get(instrument.0 as usize) else { return };
        let (definition, base) = (&scales.definition, scales.base);
        let (quote, token) = (definition.quote, definition.base);
        let Some(other) = scales.no else { return };
        let one = 10_i128.pow(u32::from(definition.price_decimals));
        let amount = amount.unwrap_or(-one * i128::from(yes) * scales.notional);
        self.pay_in(account, quote, amount);
        self.pay_in(account, token, i128::from(yes) * base);
        self.pay_in(account, other, i128::from(no) * base);
    }

    fn wait(&mut self, order_id: OrderId, waits: Option<Waits>) {
        if let Some(order) = self.orders.get_mut(&order_id) {
            order.waits = waits;
        }
    }

    fn release(&mut self, released: &OrderReleased) {
        let Some(order) = self.orders.get_mut(&released.order_id) else { return };
        (order.order_qty, order.leaves_qty) = (released.order_qty, released.leaves_qty);
        order.posted = None;
        order.waits = order.waits.filter(|waits| *waits == Waits::Trigger);
    }

    fn accept(&mut self, accepted: &OrderAccepted) {
        let order = OpenOrder {
            account: accepted.account,
            instrument: accepted.instrument,
            side: accepted.side,
            order_qty: accepted.order_qty,
            leaves_qty: accepted.order_qty,
            posted: None,
            waits: None,
        };
        self.orders.insert(accepted.order_id, order);
    }

    fn prevent(&mut self, prevented: &TradePrevented) {
        if let Some(maker) = self.orders.get_mut(&prevented.maker_order_id) {
            maker.leaves_qty = prevented.maker_leaves_qty;
            if let Some(posted) = maker.posted.as_mut() {
                posted.displayed_qty = prevented.maker_displayed_qty;
            }
        }
        if prevented.mode == StpMode::DecrementAndCancel
            && let Some(taker) = self.orders.get_mut(&prevented.taker_order_id)
        {
            taker.leaves_qty.0 = (taker.leaves_qty.0 - prevented.qty.0).max(0);
        }
    }

    fn list(&mut self, command: &Command) {
        let Command::ListInstrument(definition) = command else { return };
        let decimals = |asset: AssetId| self.decimals.get(asset.0 as usize).copied().unwrap_or(0);
        let notional = definition.notional_scale(decimals(definition.quote)).unwrap_or(0).into();
        let base = definition.base_scale(decimals(definition.base)).unwrap_or(0).into();
        let state = TradingState::PreListed;
        self.instruments.push(Scales { definition: (**definition).clone(), notional, base, state, no: None });
    }

    fn pay_in(&mut self, account: AccountId, asset: AssetId, amount: i128) {
        *self.totals.entry((account, asset)).or_default() += amount;
        *self.outside.entry(asset).or_default() -= amount;
    }

    /// A fresh tip takes the place of what was left of the old one. An auction trades more than a tip at once and
    /// refreshes it slice by slice afterwards: what it took beyond the old tip comes off the new ones.
    fn post(&mut self, posted: &OrderPosted) {
        self.posts += 1;
        let (nr, price, displayed_qty) = (self.posts, posted.price, posted.displayed_qty);
        if let Some(order) = self.orders.get_mut(&posted.order_id) {
            order.posted = Some(Posted { price, nr, displayed_qty, is_hidden: posted.public_id.0 == 0 });
        }
    }

    fn trade(&mut self, trade: &Trade) {
        for leg in [&trade.buy, &trade.sell] {
            self.fill(leg, trade.qty);
        }
        let StandingTrade { key, terms } = StandingTrade::from(trade);
        self.settle(&key, &terms, 1);
    }

    /// What changes hands by a trade, or back where the sign is negative.
    fn settle(&mut self, key: &TradeKey, terms: &TradeTerms, sign: i128) {
        let Some(scales) = self.instruments.get(key.instrument.0 as usize) else { return };
        let (base, quote) = (scales.definition.base, scales.definition.quote);
        let notional = i128::from(terms.price.0) * i128::from(terms.qty.0) * scales.notional;
        let amount = i128::from(terms.qty.0) * scales.base;
        let (buyer, seller) = (key.buyer, key.seller);
        let fees = [(buyer, terms.buy_fee.0), (seller, terms.sell_fee.0)];
        let mut add = |account: AccountId, asset: AssetId, amount: i128| {
            *self.totals.entry((account, asset)).or_default() += sign * amount;
        };
        add(buyer, base, amount);
        add(seller, base, -amount);
        add(buyer, quote, -notional);
        add(seller, quote, notional);
        for (account, fee) in fees {
            add(account, quote, -fee);
            add(AccountId::VENUE, quote, fee);
        }
    }

    /// An order's part in a trade: what shows shrinks at once; a fresh tip follows as an event of its own.
    fn fill(&mut self, leg: &TradeLeg, qty: Qty) {
        let Some(order) = self.orders.get_mut(&leg.order_id) else { return };
        order.leaves_qty = leg.leaves_qty;
        if let Some(posted) = order.posted.as_mut() {
            posted.displayed_qty.0 = (posted.displayed_qty.0 - qty.0).max(0);
        }
        if leg.leaves_qty.0 == 0 && order.order_qty.0 != 0 {
            self.orders.remove(&leg.order_id);
        }
    }

    /// Totals of all accounts, the venue included, as events tell them.
    pub fn totals(&self) -> impl Iterator<Item = ((AccountId, AssetId), i128)> {
        self.totals.iter().map(|(key, total)| (*key, *total))
    }

    /// Everything that was listed.
    pub fn instruments(&self) -> impl Iterator<Item = InstrumentId> {
        (0..).map(InstrumentId).take(self.instruments.len())
    }

    /// An open order.
    pub fn order(&self, id: OrderId) -> Option<&OpenOrder> {
        self.orders.get(&id)
    }

    /// The state an instrument is in.
    pub fn state(&self, instrument: InstrumentId) -> Option<TradingState> {
        self.instruments.get(instrument.0 as usize).map(|scales| scales.state)
    }

    /// One side of a book in priority order.
    pub fn queue(&self, instrument: InstrumentId, side: Side) -> Vec<(OrderId, &OpenOrder, Posted)> {
        let on_side = self.orders.iter().filter(|(_, order)| order.instrument == instrument && order.side == side);
        let mut queue: Vec<_> =
            on_side.filter_map(|(id, order)| order.posted.map(|posted| (*id, order, posted))).collect();
        queue.sort_by_key(|(_, _, posted)| {
            let rank = if side == Side::Buy { -posted.price.0 } else { posted.price.0 };
            (rank, posted.is_hidden, posted.nr)
        });
        queue
    }

    /// Per asset the sum over all accounts, the venue and outside is zero.
    ///
    /// # Errors
    /// Names the asset and the sum.
    pub fn check_sums(&self) -> Result<(), String> {
        let mut sums = self.outside.clone();
        for ((_, asset), total) in &self.totals {
            *sums.entry(*asset).or_default() += total;
        }
        match sums.into_iter().find(|(_, sum)| *sum != 0) {
            Some((asset, sum)) => Err(format!("asset {asset} sums to {sum}")),
            None => Ok(()),
        }
    }
}
