//! What the publisher says about single commands, message by message.
#![allow(clippy::unwrap_used, reason = "a test")]

use marketdata::feed::{Body, Delta, Depth, Indication, LevelChange, OrderChange, Print, Update};
use marketdata::l1::Top;
use marketdata::level::Level;
use marketdata::publisher::Publisher;
use model::{
    AccountId, ClOrdId, EndReason, Event, EventKind, Events, InstrumentId, Money, OrderEnded, OrderId, OrderPosted,
    OrderReleased, OrderReplaced, Price, PublicId, Qty, Side, Stamp, Symbol, TimeInForce, Trade, TradeId, TradeLeg,
    TradingState,
};

const INSTRUMENT: InstrumentId = InstrumentId(1);

/// A publisher and the number of the last command it absorbed.
struct Bench {
    publisher: Publisher,
    seq: u64,
}

impl Bench {
    fn new() -> Self {
        Self { publisher: Publisher::new(1), seq: 0 }
    }

    /// Absorbs one command and returns what one channel said.
    fn says(&mut self, depth: Depth, kinds: &[EventKind]) -> Vec<Body> {
        self.seq += 1;
        let mut events = Events::new();
        events.begin(Stamp { seq: self.seq, ts_ns: 40 + i64::try_from(self.seq).unwrap() });
        for kind in kinds {
            events.push(*kind);
        }
        let mut out: Vec<Update> = vec![];
        self.publisher.absorb(events.as_slice(), &mut out);
        assert!(out.iter().all(|update| update.ts_ns == 40 + i64::try_from(self.seq).unwrap()));
        out.into_iter().filter(|update| update.depth == depth).map(|update| update.body).collect()
    }
}

fn posted(order_id: u64, public_id: u64, side: Side, price: i64, displayed_qty: i64) -> OrderPosted {
    OrderPosted {
        order_id: OrderId(order_id),
        instrument: INSTRUMENT,
        side,
        price: Price(price),
        public_id: PublicId(public_id),
        displayed_qty: Qty(displayed_qty),
    }
}

fn trade(buy: u64, sell: u64, qty: i64, aggressor: Option<Side>) -> EventKind {
    let leg =
        |order_id| TradeLeg { order_id: OrderId(order_id), account: AccountId(1), leaves_qty: Qty(0), fee: Money(0) };
    let (buy, sell) = (leg(buy), leg(sell));
    let (trade_id, instrument, price, qty) = (TradeId(1), INSTRUMENT, Price(100), Qty(qty));
    EventKind::Trade(Trade { trade_id, instrument, price, qty, buy, sell, aggressor, self_match: false })
}

fn print(qty: i64, aggressor: Option<Side>, maker: u64) -> Body {
    let (trade_id, price, qty, maker) = (TradeId(1), Price(100), Qty(qty), PublicId(maker));
    Body::Traded(Print { trade_id, price, qty, aggressor, maker })
}

fn order(change: OrderChange) -> Body {
    Body::Book(Delta::Order(change))
}

fn level(side: Side, price: i64, qty: i64, order_count: u32) -> Body {
    let level = Level { price: Price(price), qty: Qty(qty), order_count };
    Body::Book(Delta::Level(LevelChange { side, level }))
}

#[test]
fn a_refreshed_tip_is_another_order_to_the_public() {
    let mut bench = Bench::new();
    bench.says(Depth::L3, &[EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4))]);

    let said = bench.says(
        Depth::L3,
        &[trade(8, 7, 4, Some(Side::Buy)), EventKind::OrderRefreshed(posted(7, 5, Side::Sell, 100, 2))],
    );

    let (public_id, side, price, qty) = (PublicId(5), Side::Sell, Price(100), Qty(2));
    assert_eq!(
        said,
        [
            print(4, Some(Side::Buy), 3),
            order(OrderChange::Deleted { public_id: PublicId(3) }),
            order(OrderChange::Added { public_id, side, price, qty }),
        ]
    );
}

#[test]
fn a_tip_refreshed_before_it_is_used_up_leaves_under_its_old_name() {
    let mut bench = Bench::new();
    bench.says(Depth::L3, &[EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4))]);

    let said = bench.says(
        Depth::L3,
        &[trade(8, 7, 3, Some(Side::Buy)), EventKind::OrderRefreshed(posted(7, 5, Side::Sell, 100, 4))],
    );

    assert_eq!(said[1], order(OrderChange::Reduced { public_id: PublicId(3), qty: Qty(1) }));
    assert_eq!(said[2], order(OrderChange::Deleted { public_id: PublicId(3) }));
    assert_eq!(said.len(), 4);
}

#[test]
fn l2_tells_the_net_change_of_a_command_once() {
    let mut bench = Bench::new();
    bench.says(Depth::L2, &[EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4))]);

    let said = bench.says(
        Depth::L2,
        &[
            trade(8, 7, 3, Some(Side::Buy)),
            EventKind::OrderRefreshed(posted(7, 5, Side::Sell, 100, 2)),
            EventKind::OrderPosted(posted(9, 6, Side::Sell, 100, 7)),
        ],
    );

    assert_eq!(said, [print(3, Some(Side::Buy), 3), level(Side::Sell, 100, 9, 2)]);
}

#[test]
fn a_hidden_order_shows_in_its_prints_only() {
    let mut bench = Bench::new();

    assert_eq!(bench.says(Depth::L3, &[EventKind::OrderPosted(posted(7, 0, Side::Sell, 100, 0))]), []);
    let said = bench.says(Depth::L3, &[trade(8, 7, 4, Some(Side::Buy))]);

    assert_eq!(said, [print(4, Some(Side::Buy), 0)]);
    assert!(bench.publisher.l3(INSTRUMENT).unwrap().view.is_empty());
}

#[test]
fn an_order_without_a_public_name_is_never_shown_whatever_its_event_says() {
    let mut bench = Bench::new();

    assert_eq!(bench.says(Depth::L3, &[EventKind::OrderPosted(posted(7, 0, Side::Sell, 100, 5))]), []);
    assert_eq!(bench.says(Depth::L2, &[EventKind::OrderPosted(posted(8, 0, Side::Sell, 100, 5))]), []);
}

#[test]
fn whichever_way_an_order_leaves_it_leaves_every_channel() {
    let (order_id, account, instrument) = (OrderId(7), AccountId(1), INSTRUMENT);
    let ended = OrderEnded { order_id, account, instrument, canceled_qty: Qty(4), reason: EndReason::User };
    let replaced = OrderReplaced {
        order_id,
        account,
        instrument,
        cl_ord_id: ClOrdId::new("a2").unwrap(),
        price: Some(Price(101)),
        order_qty: Qty(4),
        leaves_qty: Qty(4),
        displayed_qty: Qty(0),
        tif: TimeInForce::Gtc,
        priority_kept: false,
    };
    let released = OrderReleased { order_id, account, instrument, order_qty: Qty(9), leaves_qty: Qty(9) };
    for leaves in [
        EventKind::OrderParked { order_id, account, instrument },
        EventKind::OrderCanceled(ended),
        EventKind::OrderExpired(ended),
        EventKind::OrderReplaced(replaced),
        EventKind::OrderReleased(released),
        trade(8, 7, 4, Some(Side::Buy)),
    ] {
        let mut bench = Bench::new();
        bench.says(Depth::L3, &[EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4))]);

        let said = bench.says(Depth::L3, &[leaves]);

        assert_eq!(said.last(), Some(&order(OrderChange::Deleted { public_id: PublicId(3) })), "{leaves:?}");
        assert_eq!(bench.publisher.l2(INSTRUMENT).unwrap().view.best(Side::Sell), None);
        assert_eq!(bench.publisher.l1(INSTRUMENT).unwrap().view, Top::default());
    }
}

#[test]
fn l1_is_silent_where_the_best_levels_stay() {
    let mut bench = Bench::new();
    bench.says(Depth::L1, &[EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4))]);

    assert_eq!(bench.says(Depth::L1, &[EventKind::OrderPosted(posted(8, 4, Side::Sell, 101, 4))]), []);
}

#[test]
fn a_level_of_hidden_orders_is_no_best_price() {
    let mut bench = Bench::new();
    bench.says(Depth::L1, &[EventKind::OrderPosted(posted(7, 0, Side::Sell, 99, 0))]);

    let said = bench.says(Depth::L1, &[EventKind::OrderPosted(posted(8, 2, Side::Sell, 100, 1))]);

    let ask = Some(Level { price: Price(100), qty: Qty(1), order_count: 1 });
    assert_eq!(said, [Body::Book(Delta::Top(Top { bid: None, ask }))]);
}

#[test]
fn an_auction_takes_from_both_sides_and_names_no_maker() {
    let mut bench = Bench::new();
    let both = [
        EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4)),
        EventKind::OrderPosted(posted(8, 4, Side::Buy, 101, 9)),
    ];
    bench.says(Depth::L3, &both);

    // Order 7 is an iceberg whose reserve takes part: 6 trade, 4 of them displayed.
    let said = bench.says(Depth::L3, &[trade(8, 7, 6, None)]);

    assert_eq!(
        said,
        [
            print(6, None, 0),
            order(OrderChange::Reduced { public_id: PublicId(4), qty: Qty(3) }),
            order(OrderChange::Deleted { public_id: PublicId(3) }),
        ]
    );
}

#[test]
fn an_indication_lasts_until_its_auction_or_state_ends() {
    let mut bench = Bench::new();
    let (price, volume, imbalance) = (Some(Price(5)), Qty(6), Qty(-7));
    let indicative = EventKind::IndicativePrice { instrument: INSTRUMENT, price, volume, imbalance };
    let indication = Indication { price, volume, imbalance };
    let (from, to) = (TradingState::PreOpen, TradingState::OpeningAuction);
    let state = EventKind::StateChanged { instrument: INSTRUMENT, from, to };
    let uncrossed = EventKind::Uncrossed { instrument: INSTRUMENT, price, volume, imbalance };

    for ends in [state, uncrossed] {
        assert_eq!(bench.says(Depth::L1, &[indicative]), [Body::Indicative(indication)]);
        assert_eq!(bench.publisher.l2(INSTRUMENT).unwrap().status.indication, Some(indication));
        bench.says(Depth::L1, &[ends]);
        assert_eq!(bench.publisher.l2(INSTRUMENT).unwrap().status.indication, None);
    }
    assert_eq!(bench.publisher.l3(INSTRUMENT).unwrap().status.state, TradingState::OpeningAuction);
}

#[test]
fn a_listed_instrument_has_an_empty_book_from_the_start() {
    let mut bench = Bench::new();
    let listed = EventKind::InstrumentListed { instrument: INSTRUMENT, symbol: Symbol::new("ABC").unwrap() };

    assert_eq!(bench.says(Depth::L2, &[listed]), []);
    let snapshot = bench.publisher.l2(INSTRUMENT).unwrap();

    assert_eq!((snapshot.seq, snapshot.status.state), (0, TradingState::PreListed));
}

#[test]
fn what_is_between_an_account_and_the_venue_is_not_public() {
    let mut bench = Bench::new();
    let ended = OrderEnded {
        order_id: OrderId(99),
        account: AccountId(1),
        instrument: INSTRUMENT,
        canceled_qty: Qty(5),
        reason: EndReason::Ioc,
    };

    for depth in [Depth::L1, Depth::L2, Depth::L3] {
        assert_eq!(bench.says(depth, &[EventKind::OrderCanceled(ended), EventKind::TimePassed]), []);
    }
}

#[test]
#[should_panic(expected = "publisher contradicts itself")]
fn two_orders_of_one_public_id_are_a_bug() {
    let mut bench = Bench::new();

    bench.says(
        Depth::L3,
        &[
            EventKind::OrderPosted(posted(7, 3, Side::Sell, 100, 4)),
            EventKind::OrderPosted(posted(8, 3, Side::Sell, 100, 4)),
        ],
    );
}

#[test]
fn nothing_in_nothing_out() {
    let mut out = vec![];
    let none: [Event; 0] = [];

    Publisher::new(1).absorb(&none, &mut out);

    assert_eq!(out, []);
}
