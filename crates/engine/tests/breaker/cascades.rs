//! Triggers and the breaker: too many at once, and those that fire at a band.

use model::{AccountId, BreakerRules, Command, Limits, NewOrder, NewStop, Price, TradingState, Trigger, TriggerKind};

use crate::desk::{BUY, Desk, SELL, limit_rules, rules};

impl Desk {
    /// A sell that waits for trades at or below `trigger`; a limit where one is given.
    fn stop_loss(&mut self, trigger: i64, limit: Option<i64>) {
        let order = match limit {
            Some(price) => self.order(SELL, price, 1),
            None => self.market_order(SELL, 1),
        };
        let order = NewOrder { account: AccountId(3), ..order };
        let trigger = Trigger::at(TriggerKind::StopLoss, Price(trigger));
        self.send(&Command::NewStop(Box::new(NewStop { order, trigger })));
    }
}

/// At most two orders may fire in one command; three wait.
fn loaded() -> Desk {
    let mut desk = Desk::bounded(Limits { triggers_max: 2, ..Limits::default() });
    for trigger in [9_900, 9_800, 9_700] {
        desk.stop_loss(trigger, None);
    }
    desk
}

const NOTHING_THERE: &str = "canceled 1 NO_LIQUIDITY";

#[test]
fn too_many_triggers_go_straight_to_an_auction() {
    let mut desk = loaded();

    let said = desk.print_at(1, 9_500);

    let tripped = ["tripped by Cascade until 61", "Continuous -> VolatilityAuction"];
    assert_eq!(said, ["trade 9500x1", NOTHING_THERE, NOTHING_THERE, tripped[0], tripped[1]]);
    assert_eq!(desk.exchange.open_count(), 1, "the third waits on");
}

#[test]
fn fewer_than_may_fire_are_no_cascade() {
    let mut desk = Desk::bounded(Limits { triggers_max: 3, ..Limits::default() });
    desk.stop_loss(9_900, None);
    desk.stop_loss(9_800, None);

    assert_eq!(desk.print_at(1, 9_500), ["trade 9500x1", NOTHING_THERE, NOTHING_THERE]);
    assert_eq!(desk.state(), TradingState::Continuous);
}

#[test]
fn the_call_of_a_cascade_ends_like_any_other() {
    let mut desk = loaded();
    desk.set_breaker(Some(rules()));
    desk.print_at(1, 9_500);

    assert_eq!(desk.at(60).tick(), Vec::<String>::new());
    let reopened = desk.at(61).tick();
    assert_eq!(reopened, ["no cross", "VolatilityAuction -> Continuous"]);
}

#[test]
fn a_cascade_counts_as_a_trip_and_may_wait_for_a_person() {
    let mut desk = loaded();
    desk.set_breaker(Some(BreakerRules { trips_max: 1, ..rules() }));

    let said = desk.print_at(1, 9_500);

    assert_eq!(said[3..], ["tripped by Cascade until a person", "Continuous -> VolatilityAuction"]);
    assert_eq!(desk.at(99_999).tick(), Vec::<String>::new());
    assert_eq!(desk.resume(false, 1)[0], "resume");
}

#[test]
fn a_stop_that_fires_in_a_limit_state_works_at_the_edge_of_the_band() {
    let mut desk = Desk::with(limit_rules());
    desk.print_at(0, 10_000);
    desk.stop_loss(9_100, Some(5_000));
    desk.limit(BUY, 9_000, 1);
    desk.limit(BUY, 8_000, 5);

    let said = desk.at(1).limit(SELL, 8_000, 2);

    let own = ["trade 9000x1", "broken 8000 not in 9000..=9900 by Short", "posted 9000"];
    let limit = ["tripped by Short until 16", "Continuous -> LimitState"];
    assert_eq!(said, own.iter().chain(&limit).chain(&["posted 9000"]).copied().collect::<Vec<_>>());
    assert_eq!(desk.book(SELL), [(9_000, 2)]);
}

#[test]
fn a_stop_whose_market_halts_waits_again() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.stop_loss(9_100, None);
    desk.limit(BUY, 9_000, 1);
    desk.limit(BUY, 8_000, 5);

    let said = desk.at(1).limit(SELL, 8_000, 2);

    assert_eq!(said.last().unwrap(), "Continuous -> Halted");
    assert_eq!(desk.book(BUY), [(8_000, 5)], "it did not trade at 8,000");
    let open = desk.exchange.open_orders(AccountId(3));
    assert_eq!(open.len(), 1, "it waits");
}

#[test]
fn a_triggered_order_meets_the_band_and_halts_the_market() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.stop_loss(9_500, None);
    desk.limit(BUY, 8_000, 5);

    let said = desk.print_at(1, 9_400);

    assert_eq!(said[..2], ["trade 9400x1", "broken 8000 not in 9000..=8800 by Short"]);
    assert_eq!(said[2..], ["canceled 1 PRICE_BAND", "tripped by Short until 301", "Continuous -> Halted"]);
}
