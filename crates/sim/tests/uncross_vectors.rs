//! The uncross cases of `vectors/expected/circuit_breakers.json`, by both engines: price, volume and surplus.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, ClOrdId, Command, Display, EventKind, Events,
    FeeScheduleId, Instrument, InstrumentId, Limits, MONEY_MAX, Money, NewOrder, OrdType, PostOnly, Price, Qty,
    SessionId, SetTradingState, Side, Stamp, StpMode, Symbol, TickTable, TimeInForce, TradingState, parse_decimal,
};
use serde_json::Value;
use sim::naive::NaiveExchange;

/// Decimals of every price in the cases.
const DECIMALS: u8 = 1;

fn price(text: &Value) -> Price {
    let text = text.as_str().expect("prices are texts");
    Price(i64::try_from(parse_decimal(text, DECIMALS).expect("a price")).expect("a small price"))
}

fn name(text: &str) -> Symbol {
    Symbol::new(text).expect("a short name")
}

fn instrument(inputs: &Value) -> Instrument {
    let tick = price(&inputs["tick"]).0;
    Instrument {
        symbol: name("ABC"),
        base: AssetId(1),
        quote: AssetId(0),
        price_decimals: DECIMALS,
        qty_decimals: 0,
        ticks: TickTable::uniform(tick).expect("a positive tick"),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(tick),
        max_price: Price(tick * 100_000),
        allow_negative: false,
        previous_close: Some(price(&inputs["reference"])),
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 500,
        seed: 0,
    }
}

fn order(number: usize, side: Side, price: Option<Price>, qty: i64) -> Command {
    Command::NewOrder(NewOrder {
        account: AccountId(1),
        session: SessionId(0),
        instrument: InstrumentId(0),
        cl_ord_id: ClOrdId::new(&format!("{number}")).expect("a number"),
        side,
        ord_type: if price.is_some() { OrdType::Limit } else { OrdType::Market },
        tif: TimeInForce::Gfa,
        order_qty: Qty(qty),
        price,
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    })
}

/// Everything up to the end of the call.
fn commands(inputs: &Value) -> Vec<Command> {
    let account = AddAccount { name: name("a"), kind: AccountKind::Credit, stp_group: 0, fees: FeeScheduleId(0) };
    let to = |state| Command::SetTradingState(SetTradingState { instrument: InstrumentId(0), state });
    let mut commands = vec![
        Command::AddAsset { symbol: name("USD"), decimals: 4 },
        Command::AddAsset { symbol: name("ABC"), decimals: 0 },
        Command::ListInstrument(Box::new(instrument(inputs))),
        Command::AddAccount(account),
        to(TradingState::OpeningAuction),
    ];
    for (side, limits, market) in [(Side::Buy, "buys", "market_buy"), (Side::Sell, "sells", "market_sell")] {
        for limit in inputs[limits].as_array().expect("a list") {
            let qty = limit[1].as_i64().expect("a quantity");
            commands.push(order(commands.len(), side, Some(price(&limit[0])), qty));
        }
        let qty = inputs[market].as_i64().expect("a quantity");
        if qty > 0 {
            commands.push(order(commands.len(), side, None, qty));
        }
    }
    commands.push(to(TradingState::Continuous));
    commands
}

type Cross = (Option<Price>, Qty, Qty);

fn cross_of(events: &Events) -> Cross {
    let found = events.as_slice().iter().find_map(|event| {
        if let EventKind::Uncrossed { price, volume, imbalance, .. } = event.kind {
            Some((price, volume, imbalance))
        } else {
            None
        }
    });
    found.expect("leaving a call uncrosses")
}

fn run(commands: &[Command], mut apply: impl FnMut(Stamp, &Command, &mut Events)) -> Cross {
    let mut events = Events::new();
    for (seq, command) in (1..).zip(commands) {
        apply(Stamp { seq, ts_ns: i64::try_from(seq).expect("a small number") }, command, &mut events);
    }
    let refused = |kind: &EventKind| matches!(kind, EventKind::OrderRejected(_) | EventKind::CommandRejected { .. });
    assert!(!events.as_slice().iter().any(|event| refused(&event.kind)), "{events:?}");
    cross_of(&events)
}

#[test]
fn every_uncross_vector_gives_its_price_volume_and_surplus() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/expected/circuit_breakers.json");
    let text = std::fs::read_to_string(path).expect("the vectors are part of the repository");
    let cases: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let cases = cases.as_array().or_else(|| cases["cases"].as_array()).expect("a list of cases");
    let mut seen = 0;
    for case in cases.iter().filter(|case| case["kind"] == "uncross") {
        let expected = &case["expected"];
        let want = if expected.is_null() {
            (None, Qty(0), Qty(0))
        } else {
            let number = |key: &str| Qty(expected[key].as_i64().expect("a quantity"));
            (Some(price(&expected["price"])), number("volume"), number("surplus"))
        };
        let commands = commands(&case["inputs"]);
        let mut fast = Exchange::new(Limits::default());
        let mut naive = NaiveExchange::new(Limits::default());

        assert_eq!(run(&commands, |stamp, command, out| fast.apply(stamp, command, out)), want, "{}", case["id"]);
        assert_eq!(run(&commands, |stamp, command, out| naive.apply(stamp, command, out)), want, "{}", case["id"]);
        seen += 1;
    }
    assert_eq!(seen, 9, "the file has nine uncross cases");
}
