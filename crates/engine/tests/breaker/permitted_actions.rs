//! The table of S-91, cell by cell: what each state lets in, what it matches and what it fires.

use model::{
    AccountId, Command, OrdType, PostOnly, Price, ReferenceKind, SetReference, TimeInForce, TradingState, Trigger,
    TriggerKind, TriggerSource,
};

use crate::desk::{ABC, BUY, Desk, SECOND, SELL, cooling_rules, limit_rules, said};

/// What comes of an action: it is done, or refused for this reason.
type Cell = Result<(), u16>;

struct Row {
    state: TradingState,
    limit: Cell,
    market: Cell,
    post_only: Cell,
    amend: Cell,
    decrease: Cell,
    cancel: Cell,
    triggers: bool,
    matches: bool,
}

const Y: Cell = Ok(());

const fn no(reason: u16) -> Cell {
    Err(reason)
}

/// The rows of the table. Where nothing can rest there is nothing to amend: the order is unknown or finished.
const TABLE: [Row; 13] = {
    use TradingState as S;
    const fn open(state: S, limit: Cell, market: Cell, post_only: Cell, (triggers, matches): (bool, bool)) -> Row {
        Row { state, limit, market, post_only, amend: Y, decrease: Y, cancel: Y, triggers, matches }
    }
    const fn shut(state: S, reason: u16) -> Row {
        let (limit, market, post_only, amend) = (no(reason), no(reason), no(reason), no(reason));
        Row { state, limit, market, post_only, amend, decrease: Y, cancel: Y, triggers: false, matches: false }
    }
    const fn empty(state: S, reason: u16, order: u16) -> Row {
        Row { amend: no(order), decrease: no(order), cancel: no(order), ..shut(state, reason) }
    }
    [
        open(S::Continuous, Y, Y, Y, (true, true)),
        open(S::LimitState, Y, Y, Y, (true, true)),
        open(S::OpeningAuction, Y, no(407), no(407), (false, false)),
        open(S::VolatilityAuction, Y, no(407), no(407), (false, false)),
        open(S::ClosingAuction, Y, no(407), no(407), (false, false)),
        empty(S::PreListed, 401, 106),
        open(S::PreOpen, Y, no(407), no(407), (false, false)),
        open(S::PostOnly, no(406), no(406), Y, (true, false)),
        open(S::Cooling, Y, no(407), Y, (true, true)),
        shut(S::Halted, 404),
        shut(S::CancelOnly, 405),
        shut(S::Closed, 403),
        empty(S::Delisted, 402, 107),
    ]
};

/// A desk in a state: a bid of five at 9,400 and an offer of five at 9,600 rest, both a limit and open to every amend,
/// and a stop waits for the mark price to fall to 5,000. 9,500 has printed.
struct Stage {
    desk: Desk,
    bid: model::ClOrdId,
}

fn stage(state: TradingState) -> Stage {
    use TradingState as S;
    let mut desk = match state {
        S::LimitState => Desk::with(limit_rules()),
        S::Cooling => Desk::with(cooling_rules()),
        S::PreListed => Desk::unopened(),
        S::Continuous
        | S::PreOpen
        | S::OpeningAuction
        | S::VolatilityAuction
        | S::Halted
        | S::CancelOnly
        | S::PostOnly
        | S::ClosingAuction
        | S::Closed
        | S::Delisted => Desk::new(),
    };
    if state == S::PreListed {
        return Stage { desk, bid: model::ClOrdId::new("none").unwrap() };
    }
    desk.print_at(0, 9_500);
    mark(&mut desk, 9_500);
    desk.limit(BUY, 9_400, 5);
    let bid = desk.last_order();
    desk.limit(SELL, 9_600, 5);
    desk.stop(SELL, 5_000);
    bring(&mut desk, state);
    assert_eq!(desk.state(), state);
    Stage { desk, bid }
}

fn bring(desk: &mut Desk, state: TradingState) {
    use TradingState as S;
    match state {
        S::Continuous | S::PreListed => {}
        S::LimitState => {
            desk.limit(SELL, 20_000, 1);
            desk.limit(BUY, 20_000, 6);
        }
        S::VolatilityAuction => {
            desk.halt(0, 1);
            desk.resume(true, 1);
        }
        S::Cooling => {
            desk.halt(0, 1);
            desk.resume(true, 1);
            desk.limit(BUY, 9_500, 1);
            desk.limit(SELL, 9_500, 1);
            desk.at(61).tick();
        }
        S::Halted => {
            desk.halt(0, 1);
        }
        S::PreOpen | S::OpeningAuction | S::CancelOnly | S::PostOnly | S::ClosingAuction | S::Closed | S::Delisted => {
            desk.session(state);
        }
    }
}

fn mark(desk: &mut Desk, price: i64) -> Vec<model::Event> {
    let reference =
        SetReference { instrument: ABC, kind: ReferenceKind::Mark, price: Price(price), max_age_ns: i64::MAX };
    desk.send(&Command::SetReference(reference))
}

impl Desk {
    /// A market order that waits for the mark price.
    fn stop(&mut self, side: model::Side, price: i64) {
        let order = model::NewOrder { account: AccountId(3), ..self.market_order(side, 1) };
        let trigger = Trigger { source: TriggerSource::Mark, ..Trigger::at(TriggerKind::StopLoss, Price(price)) };
        self.send(&Command::NewStop(Box::new(model::NewStop { order, trigger })));
    }
}

/// What a few words say came of an action.
fn outcome(said: &[String]) -> Cell {
    let reason = said.iter().find_map(|text| text.strip_prefix("refused "));
    match reason.and_then(|text| text.split(' ').next()) {
        Some(code) => Err(code.parse().unwrap()),
        None => Ok(()),
    }
}

#[test]
fn every_state_is_in_the_table() {
    let mut states: Vec<TradingState> = TABLE.iter().map(|row| row.state).collect();
    states.sort_unstable();

    assert_eq!(states, TradingState::ALL);
}

#[test]
fn new_orders() {
    for row in &TABLE {
        let limit = stage(row.state).desk.limit(BUY, 9_410, 1);
        let market = stage(row.state).desk.market(BUY, 1);
        let post_only = stage(row.state).desk.enter(BUY, 9_410, 1, |order| order.post_only = PostOnly::Reject);

        let seen = [limit, market, post_only].map(|said| outcome(&said));
        assert_eq!(seen, [row.limit, row.market, row.post_only], "{:?}", row.state);
    }
}

#[test]
fn amends_decreases_and_cancels() {
    for row in &TABLE {
        let stage = || stage(row.state);
        let (mut a, mut b, mut c) = (stage(), stage(), stage());

        let amend = a.desk.amend(1, a.bid, Some(9_405), None);
        let decrease = b.desk.amend(1, b.bid, None, Some(4));
        let cancel = c.desk.cancel(1, c.bid);

        let seen = [amend, decrease, cancel].map(|said| outcome(&said));
        assert_eq!(seen, [row.amend, row.decrease, row.cancel], "{:?}", row.state);
        let bids = |desk: &Desk| desk.book(BUY).iter().find(|level| level.0 == 9_400).map(|level| level.1);
        let left = |cell: Cell, done, kept| if cell.is_ok() { done } else { kept };
        let there = (row.cancel == Y).then_some(5);
        assert_eq!(bids(&a.desk), left(row.amend, None, there), "a refused amend leaves the order: {:?}", row.state);
        assert_eq!(bids(&b.desk), left(row.decrease, Some(4), there), "{:?}", row.state);
        assert_eq!(bids(&c.desk), None, "{:?}", row.state);
    }
}

#[test]
fn a_quantity_increase_is_an_amend_and_no_decrease() {
    for row in &TABLE {
        let mut stage = stage(row.state);

        let said = stage.desk.amend(1, stage.bid, None, Some(6));

        assert_eq!(outcome(&said), row.amend, "{:?}", row.state);
    }
}

#[test]
fn triggers() {
    for row in &TABLE {
        let mut stage = stage(row.state);

        let events = mark(&mut stage.desk, 5_000);

        let fired = events.iter().any(|event| matches!(event.kind, model::EventKind::OrderTriggered(_)));
        assert_eq!(fired, row.triggers, "{:?}: {:?}", row.state, said(&events));
    }
}

#[test]
fn matching() {
    for row in &TABLE {
        let mut stage = stage(row.state);

        let said = stage.desk.enter(SELL, 9_400, 1, |order| order.tif = TimeInForce::Gtc);

        let matched = said.iter().any(|text| text.starts_with("trade"));
        assert_eq!(matched, row.matches, "{:?}: {said:?}", row.state);
    }
}

#[test]
fn a_limit_state_and_a_cooling_market_match_inside_their_band_only() {
    for state in [TradingState::LimitState, TradingState::Cooling] {
        let mut stage = stage(state);

        assert_eq!(outcome(&stage.desk.limit(SELL, 1_000, 1)), no(411), "{state:?}");
    }
}

#[test]
fn market_to_limit_follows_market_and_an_auction_order_its_auction() {
    for row in &TABLE {
        let to_limit = stage(row.state).desk.enter(BUY, 0, 1, |order| {
            (order.ord_type, order.price) = (OrdType::MarketToLimit, None);
        });

        assert_eq!(outcome(&to_limit), row.market, "{:?}", row.state);
    }
}

#[test]
fn cancels_are_taken_at_any_time_of_a_halt() {
    let mut stage = stage(TradingState::Halted);
    stage.desk.next_ns = 9_999 * SECOND;

    assert_eq!(outcome(&stage.desk.cancel(1, stage.bid)), Y);
}
