//! A seeded stream of engine events, and the truth about the book it describes, kept as one plain list.
//!
//! It decides nothing the way the engine does; it only says consistent things: orders join, shrink, trade, refresh,
//! move and leave. The truth is recomputed from the list each time, so it shares no code with the views under test.

use model::{
    AccountId, Cause, ClOrdId, EndReason, Event, EventKind, InstrumentId, Money, OrderEnded, OrderId, OrderPosted,
    OrderReplaced, Price, PublicId, Qty, Side, SplitMix64, Stamp, StpMode, TimeInForce, Trade, TradeId, TradeLeg,
    TradePrevented, TradingState,
};

/// A resting order as the engine knows it.
#[derive(Debug, Clone, Copy)]
pub struct Resting {
    pub order_id: OrderId,
    pub public_id: PublicId,
    pub instrument: InstrumentId,
    pub side: Side,
    pub price: Price,
    /// Displayed quantity; 0 for a hidden order.
    pub tip: i64,
    /// What is not displayed.
    pub reserve: i64,
    /// Size of a fresh tip.
    pub display: i64,
}

/// The source of events. `orders` is in time order: who joined a queue later stands later.
pub struct Market {
    pub orders: Vec<Resting>,
    pub trades: Vec<(InstrumentId, Price, Qty)>,
    rng: SplitMix64,
    stamp: Stamp,
    events: Vec<Event>,
    last_id: u64,
}

pub const INSTRUMENTS: u64 = 2;

impl Market {
    pub fn new(seed: u64) -> Self {
        let stamp = Stamp { seq: 0, ts_ns: 1_000 };
        Self { orders: vec![], trades: vec![], rng: SplitMix64::new(seed), stamp, events: vec![], last_id: 0 }
    }

    /// The events of the next command.
    pub fn command(&mut self) -> Vec<Event> {
        self.stamp = Stamp { seq: self.stamp.seq + 1, ts_ns: self.stamp.ts_ns + 7 };
        self.events.clear();
        for _ in 0..=self.below(3) {
            match self.below(12) {
                0..=4 => self.enter(),
                5 => self.shrink(),
                6 => self.move_order(),
                7 => self.leave(),
                8 | 9 => self.take(),
                10 => self.cross(),
                _ => self.say_status(),
            }
        }
        self.events.clone()
    }

    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.rng.below(bound)).unwrap()
    }

    fn push(&mut self, kind: EventKind) {
        let sub = u32::try_from(self.events.len()).unwrap();
        self.events.push(Event { stamp: self.stamp, sub, cause: Cause::Command, kind });
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn pick(&mut self) -> Option<usize> {
        let count = u64::try_from(self.orders.len()).unwrap();
        (count > 0).then(|| usize::try_from(self.below(count)).unwrap())
    }

    fn posted(order: &Resting) -> OrderPosted {
        OrderPosted {
            order_id: order.order_id,
            instrument: order.instrument,
            side: order.side,
            price: order.price,
            public_id: order.public_id,
            displayed_qty: Qty(order.tip),
        }
    }

    fn enter(&mut self) {
        let (order_id, qty) = (OrderId(self.next_id()), self.below(50) + 1);
        let mut order = Resting {
            order_id,
            public_id: PublicId(self.next_id()),
            instrument: InstrumentId(u32::try_from(self.below(INSTRUMENTS)).unwrap()),
            side: if self.below(2) == 0 { Side::Buy } else { Side::Sell },
            price: Price(self.below(15) - 5),
            tip: qty,
            reserve: 0,
            display: qty,
        };
        match self.below(5) {
            0 => (order.public_id, order.tip, order.reserve) = (PublicId(0), 0, qty),
            1 => order.reserve = self.below(100) + 1,
            _ => {}
        }
        self.push(EventKind::OrderPosted(Self::posted(&order)));
        self.orders.push(order);
    }

    /// An amend in place, a restatement, or a decrement by self-trade prevention.
    fn shrink(&mut self) {
        let Some(at) = self.pick() else { return };
        let kind = self.below(3);
        let order = &mut self.orders[at];
        if order.tip > 0 {
            order.tip = (order.tip + 1) / 2;
        }
        let Resting { order_id, instrument, price, tip, reserve, .. } = *order;
        let (account, leaves_qty, displayed_qty) = (AccountId(1), Qty(tip + reserve), Qty(tip));
        self.push(match kind {
            0 => replaced(order_id, instrument, price, leaves_qty, displayed_qty, true),
            1 => EventKind::OrderRestated {
                order_id,
                account,
                instrument,
                order_qty: leaves_qty,
                leaves_qty,
                displayed_qty,
                reason: EndReason::ReduceOnly,
            },
            _ => EventKind::TradePrevented(TradePrevented {
                instrument,
                taker_order_id: OrderId(u64::MAX),
                maker_order_id: order_id,
                price,
                qty: Qty(1),
                mode: StpMode::DecrementAndCancel,
                maker_leaves_qty: leaves_qty,
                maker_displayed_qty: displayed_qty,
            }),
        });
    }

    /// An amend that loses priority, or a peg that is repriced: out of the queue and in again elsewhere.
    fn move_order(&mut self) {
        let Some(at) = self.pick() else { return };
        let mut order = self.orders.remove(at);
        let Resting { order_id, instrument, .. } = order;
        order.price = Price(self.below(15) - 5);
        match self.below(3) {
            0 => self.push(EventKind::OrderParked { order_id, account: AccountId(1), instrument }),
            1 => {
                let leaves_qty = Qty(order.tip + order.reserve);
                self.push(replaced(order_id, instrument, order.price, leaves_qty, Qty(0), false));
            }
            // Posted again without a word: a repriced peg.
            _ => {}
        }
        if order.public_id != PublicId(0) {
            order.public_id = PublicId(self.next_id());
        }
        self.push(EventKind::OrderPosted(Self::posted(&order)));
        self.orders.push(order);
    }

    fn leave(&mut self) {
        let Some(at) = self.pick() else { return };
        let Resting { order_id, instrument, tip, reserve, .. } = self.orders.remove(at);
        let canceled_qty = Qty(tip + reserve);
        let ended = OrderEnded { order_id, account: AccountId(1), instrument, canceled_qty, reason: EndReason::User };
        let kind = if self.below(2) == 0 { EventKind::OrderCanceled(ended) } else { EventKind::OrderExpired(ended) };
        self.push(kind);
    }

    /// An incoming order that never rests takes from one that does: its tip, or a hidden order.
    fn take(&mut self) {
        let Some(at) = self.pick() else { return };
        let Resting { instrument, side, price, tip, reserve, .. } = self.orders[at];
        let most = if tip > 0 { tip } else { reserve };
        let qty = if self.below(2) == 0 { most } else { self.below(u64::try_from(most).unwrap()) + 1 };
        let taker = TradeLeg { order_id: OrderId(u64::MAX), ..leg(self.orders[at].order_id) };
        self.trade(instrument, price, qty, (side, leg(self.orders[at].order_id)), taker, Some(side.opposite()));
        self.fill(at, qty);
    }

    /// An auction match: both orders rest, reserves take part.
    fn cross(&mut self) {
        let (Some(a), Some(b)) = (self.pick(), self.pick()) else { return };
        let (one, two) = (self.orders[a], self.orders[b]);
        if one.instrument != two.instrument || one.side == two.side {
            return;
        }
        let most = (one.tip + one.reserve).min(two.tip + two.reserve);
        let qty = self.below(u64::try_from(most).unwrap()) + 1;
        self.trade(one.instrument, one.price, qty, (one.side, leg(one.order_id)), leg(two.order_id), None);
        for order_id in [one.order_id, two.order_id] {
            let at = self.orders.iter().position(|order| order.order_id == order_id).unwrap();
            self.fill(at, qty);
        }
    }

    fn trade(
        &mut self,
        instrument: InstrumentId,
        price: Price,
        qty: i64,
        (side, rested): (Side, TradeLeg),
        other: TradeLeg,
        aggressor: Option<Side>,
    ) {
        let (buy, seller) = if side == Side::Buy { (rested, other) } else { (other, rested) };
        let (trade_id, qty) = (TradeId(self.next_id()), Qty(qty));
        self.trades.push((instrument, price, qty));
        self.push(EventKind::Trade(Trade {
            trade_id,
            instrument,
            price,
            qty,
            buy,
            sell: seller,
            aggressor,
            self_match: false,
        }));
    }

    /// Takes `qty` off an order, tip first; an iceberg whose tip is used up is refilled at the back.
    fn fill(&mut self, at: usize, qty: i64) {
        let mut order = self.orders.remove(at);
        let from_tip = qty.min(order.tip);
        order.tip -= from_tip;
        order.reserve -= qty - from_tip;
        if order.tip + order.reserve == 0 {
            return;
        }
        let is_used_up = order.public_id != PublicId(0) && order.tip == 0;
        if !is_used_up {
            self.orders.insert(at, order);
            return;
        }
        let total = order.reserve;
        order.tip = order.display.min(total);
        order.reserve = total - order.tip;
        order.public_id = PublicId(self.next_id());
        self.push(EventKind::OrderRefreshed(Self::posted(&order)));
        self.orders.push(order);
    }

    fn say_status(&mut self) {
        let instrument = InstrumentId(u32::try_from(self.below(INSTRUMENTS)).unwrap());
        let (price, volume, imbalance) = (Some(Price(self.below(9))), Qty(self.below(9)), Qty(-1));
        match self.below(4) {
            0 => self.push(EventKind::IndicativePrice { instrument, price, volume, imbalance }),
            1 => self.push(EventKind::Uncrossed { instrument, price, volume, imbalance }),
            2 => {
                let (from, to) = (TradingState::PreListed, TradingState::Continuous);
                self.push(EventKind::StateChanged { instrument, from, to });
            }
            _ => self.push(EventKind::TimePassed),
        }
    }
}

fn leg(order_id: OrderId) -> TradeLeg {
    TradeLeg { order_id, account: AccountId(1), leaves_qty: Qty(0), fee: Money(0) }
}

fn replaced(
    order_id: OrderId,
    instrument: InstrumentId,
    price: Price,
    leaves_qty: Qty,
    displayed_qty: Qty,
    priority_kept: bool,
) -> EventKind {
    EventKind::OrderReplaced(OrderReplaced {
        order_id,
        account: AccountId(1),
        instrument,
        cl_ord_id: ClOrdId::new("a1").unwrap(),
        price: Some(price),
        order_qty: leaves_qty,
        leaves_qty,
        displayed_qty,
        tif: TimeInForce::Gtc,
        priority_kept,
    })
}
