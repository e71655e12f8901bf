//! Whether a new order is let in: every check of rule R-30, in the order of the reasons' numbers.

use model::{
    AccountId, AccountKind, Admission, Allocation, Display, MONEY_MAX, Money, NewOrder, OrdType, PostOnly, Price, Qty,
    RejectReason, Side, TimeInForce, TradingState,
};

use crate::bands;
use crate::fees;
use crate::guard::Likeness;
use crate::market::{Market, book_side};
use crate::outcomes;
use crate::passed::{self, Ask, Passed};
use crate::record::NO_LIMIT;
use crate::shared::{Reject, Shared, ensure};

/// What an order is let in with: everything in ticks and lots, caps and slides applied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    /// Limit or protection price; [`NO_LIMIT`] for none.
    pub(crate) limit: i64,
    /// Quantity after a reduce-only cap; 0 for an order by budget alone.
    pub(crate) lots: i64,
    /// Highest fee rate it can be charged.
    pub(crate) fee_cap: i32,
    /// What a cash account must hold for it.
    pub(crate) reserve: i128,
    /// In the market of an event: it gives what its account has.
    pub(crate) closes: bool,
}

/// A limit order without any instruction: most orders, for which most questions do not arise.
#[inline]
fn is_plain(order: &NewOrder) -> bool {
    order.ord_type == OrdType::Limit
        && order.protection_price.is_none()
        && order.quote_qty.is_none()
        && order.peg.is_none()
        && order.min_qty.0 == 0
        && order.display == Display::All
        && order.post_only == PostOnly::No
        && !order.reduce_only
}

/// Checks a new order of a known account in a known instrument; `terms` are those it is let in with.
#[inline]
pub(crate) fn check(shared: &Shared, market: &Market, order: &NewOrder, terms: &mut Terms) -> Result<Passed, Reject> {
    match order.price {
        Some(price) if is_plain(order) => check_plain(shared, market, order, price, terms),
        Some(_) | None => check_any(shared, market, order, terms),
    }
}

/// The questions that arise for a plain order, in the same order.
#[inline]
fn check_plain(
    shared: &Shared,
    market: &Market,
    order: &NewOrder,
    price: Price,
    terms: &mut Terms,
) -> Result<Passed, Reject> {
    total(market, order.order_qty.0, market.max_qty)?;
    on_grid(market, price)?;
    in_bounds(market, price)?;
    let (limit, lots) = (market.ticks(price), market.lots(order.order_qty));
    within_notional(market, market.notional(limit, lots))?;
    account_rules(shared, market, order)?;
    state(market.state, order)?;
    let in_band = bands::check_limit(market, shared.now_ns, order.side, price);
    *terms = Terms {
        limit,
        lots,
        fee_cap: shared.accounts.rates(order.account, market.fee_base()).worst_ppm(),
        ..Terms::default()
    };
    if shared.accounts.is_cash(order.account) {
        terms.closes = outcomes::closes(shared, market, order.account, order.side, terms.lots);
        terms.reserve = reserve(market, order, terms);
    }
    passed::pass(shared, market, (order.account, order.side), in_band, || {
        whole(order, &ask_for(market, order, terms), terms)
    })
}

fn check_any(shared: &Shared, market: &Market, order: &NewOrder, terms: &mut Terms) -> Result<Passed, Reject> {
    form_and_state(shared, market, order, false)?;
    let between = place(shared, market, order, false, terms);
    passed::pass(shared, market, (order.account, order.side), between, || {
        whole(order, &ask_for(market, order, terms), terms)
    })
}

/// What the gate asks of an order of its own besides what it asks of any leg.
#[inline]
fn whole(order: &NewOrder, ask: &Ask, terms: &Terms) -> Ask {
    Ask { like: Some(Likeness::of(order, None)), opens: 1, holds: terms.reserve, closes: terms.closes, ..*ask }
}

/// What the gate asks of an order that works now: by itself, without what the orders of a group share.
#[inline]
fn ask_for(market: &Market, order: &NewOrder, terms: &Terms) -> Ask {
    let limit = Some(terms.limit).filter(|limit| *limit != NO_LIMIT);
    let value = order.quote_qty.map(|budget| budget.0);
    let value = value.or_else(|| limit.map(|limit| market.notional(limit, terms.lots)));
    let price = match order.ord_type {
        OrdType::Limit => limit,
        OrdType::Market | OrdType::MarketToLimit => order.protection_price.map(|price| market.ticks(price)),
        OrdType::Pegged => None,
    };
    Ask { reduce_only: order.reduce_only, size: Some((terms.lots, value)), price, works: terms.lots, ..Ask::default() }
}

/// Every check of an order of a group but what its orders share. A held order does not go to work now: what depends on
/// the market of that moment is asked when it does.
pub(crate) fn check_leg(
    shared: &Shared,
    market: &Market,
    order: &NewOrder,
    held: bool,
    terms: &mut Terms,
) -> Result<Passed, Reject> {
    form_and_state(shared, market, order, held)?;
    let between = place(shared, market, order, held, terms);
    passed::pass(shared, market, (order.account, order.side), between, || {
        let ask = ask_for(market, order, terms);
        if held { Ask { price: None, works: 0, ..ask } } else { ask }
    })
}

/// 201 to 408.
fn form_and_state(shared: &Shared, market: &Market, order: &NewOrder, held: bool) -> Result<(), Reject> {
    form(market, order)?;
    quantity(market, order, market.max_qty)?;
    prices(market, order)?;
    if order.quote_qty.is_some() {
        budget(order)?;
    }
    notional(market, order, limit_of(market, order), market.lots(order.order_qty))?;
    account_rules(shared, market, order)?;
    if held {
        open_at_all(market.state)?;
    } else {
        state(market.state, order)?;
    }
    Ok(())
}

/// 411, 501, 502: what the order is let in with.
fn place(shared: &Shared, market: &Market, order: &NewOrder, held: bool, terms: &mut Terms) -> Result<(), Reject> {
    let (limit, lots) = (limit_of(market, order), market.lots(order.order_qty));
    if order.ord_type == OrdType::Limit
        && let Some(price) = order.price
    {
        bands::check_limit(market, shared.now_ns, order.side, price)?;
    }
    *terms = Terms {
        limit,
        lots,
        fee_cap: shared.accounts.rates(order.account, market.fee_base()).worst_ppm(),
        ..Terms::default()
    };
    if order.reduce_only {
        terms.lots = reduce_cap(shared, market, (order.account, order.side), lots)?;
    }
    if order.post_only != PostOnly::No && market.state.needs_uncrossed_book() && !held {
        terms.limit = passive_limit(market, order.side, order.post_only, limit)?;
    }
    if shared.accounts.is_cash(order.account) {
        terms.closes = outcomes::closes(shared, market, order.account, order.side, terms.lots);
        terms.reserve = reserve(market, order, terms);
    }
    Ok(())
}

/// 201 to 206.
#[inline]
fn form(market: &Market, order: &NewOrder) -> Result<(), Reject> {
    let fail = |reason| Err(Reject::plain(reason));
    let is_limit = order.ord_type == OrdType::Limit;
    if is_limit && order.price.is_none() {
        return fail(RejectReason::PriceMissing);
    }
    if matches!(order.ord_type, OrdType::Market | OrdType::MarketToLimit) && order.price.is_some() {
        return fail(RejectReason::PriceNotAllowed);
    }
    let pegged = order.ord_type == OrdType::Pegged;
    let stray_protection = (is_limit || pegged) && order.protection_price.is_some();
    let stray_budget = order.quote_qty.is_some() && !(order.ord_type == OrdType::Market && order.side == Side::Buy);
    if stray_protection || stray_budget || (order.peg.is_some() && !pegged) {
        return fail(RejectReason::FieldNotAllowed);
    }
    if pegged && order.peg.is_none() {
        return fail(RejectReason::PegMissing);
    }
    let tif_fits = match order.ord_type {
        OrdType::Limit => true,
        OrdType::Market if order.quote_qty.is_some() => order.tif == TimeInForce::Ioc,
        OrdType::Market => !order.tif.rests(),
        OrdType::MarketToLimit | OrdType::Pegged => order.tif.rests(),
    };
    if !tif_fits {
        return fail(RejectReason::TifNotAllowed);
    }
    if !instructions_fit(market, order) {
        return fail(RejectReason::ExecInstNotAllowed);
    }
    outcomes::takes(market, order)
}

/// 206.
#[inline]
fn instructions_fit(market: &Market, order: &NewOrder) -> bool {
    let is_limit = order.ord_type == OrdType::Limit;
    let at_once = matches!(order.tif, TimeInForce::Ioc | TimeInForce::Fok);
    let post_only = order.post_only == PostOnly::No || (is_limit && order.tif.rests());
    let display = order.display == Display::All || (is_limit && !at_once);
    let min_qty = order.min_qty.0 == 0 || (order.tif == TimeInForce::Ioc && order.quote_qty.is_none());
    let reduce_only = !order.reduce_only
        || (order.quote_qty.is_none()
            && order.display == Display::All
            && !order.tif.is_auction()
            && order.ord_type != OrdType::Pegged
            && market.def.allocation == Allocation::Fifo);
    post_only && display && min_qty && reduce_only
}

/// 301 to 306, with a total quantity of at most `max`.
#[inline]
pub(crate) fn quantity(market: &Market, order: &NewOrder, max: Qty) -> Result<(), Reject> {
    let qty = order.order_qty.0;
    let by_budget = qty == 0 && order.quote_qty.is_some();
    if !by_budget {
        total(market, qty, max)?;
    }
    let min = order.min_qty.0;
    let min_fits = min >= 0 && (market.lot == 1 || min % market.lot == 0) && (qty == 0 || min <= qty);
    ensure(min_fits, || Reject::measured(RejectReason::MinQty, min, qty))?;
    match order.display {
        Display::All | Display::Hidden => Ok(()),
        Display::Iceberg { display_qty, threshold, variance_bps } => {
            let (shown, low) = (display_qty.0, threshold.0);
            let shown_fits = shown >= market.lot && shown % market.lot == 0 && shown <= qty;
            let low_fits = low >= 0 && low % market.lot == 0 && low < shown;
            ensure(shown_fits && low_fits && variance_bps <= 10_000, || {
                Reject::measured(RejectReason::DisplayQty, shown, qty)
            })
        }
    }
}

/// 301 to 304: a total quantity as a mantissa, at most `max`.
#[inline]
pub(crate) fn total(market: &Market, qty: i64, max: Qty) -> Result<(), Reject> {
    let (min, max) = (market.def.min_qty.0, max.0);
    ensure(qty > 0, || Reject::measured(RejectReason::QtyNotPositive, qty, 0))?;
    ensure(market.lot == 1 || qty % market.lot == 0, || Reject::measured(RejectReason::QtyLot, qty, market.lot))?;
    ensure(qty >= min, || Reject::measured(RejectReason::QtyMin, qty, min))?;
    ensure(qty <= max, || Reject::measured(RejectReason::QtyMax, qty, max))
}

/// 307, 308 of the price, then of the protection price; by number first.
#[inline]
fn prices(market: &Market, order: &NewOrder) -> Result<(), Reject> {
    for price in [order.price, order.protection_price].into_iter().flatten() {
        on_grid(market, price)?;
    }
    for price in [order.price, order.protection_price].into_iter().flatten() {
        in_bounds(market, price)?;
    }
    Ok(())
}

/// 307.
#[inline]
pub(crate) fn on_grid(market: &Market, price: Price) -> Result<(), Reject> {
    let uniform = market.def.ticks.bands().len() == 1;
    let fits = if uniform {
        let tick = market.def.ticks.base_tick();
        tick == 1 || price.0 % tick == 0
    } else {
        market.def.ticks.is_on_grid(price)
    };
    ensure(fits, || Reject::measured(RejectReason::PriceTick, price.0, market.def.ticks.tick_at(price)))
}

/// 308.
#[inline]
pub(crate) fn in_bounds(market: &Market, price: Price) -> Result<(), Reject> {
    ensure(market.def.in_bounds(price), || {
        let bound = if price < market.def.min_price { market.def.min_price } else { market.def.max_price };
        Reject::measured(RejectReason::PriceBounds, price.0, bound.0)
    })
}

/// 309, 310 of a budget.
fn budget(order: &NewOrder) -> Result<(), Reject> {
    let budget = order.quote_qty.unwrap_or_default();
    ensure(budget.0 > 0, || Reject::measured(RejectReason::AmountNotPositive, budget.0, 0))?;
    ensure(budget <= MONEY_MAX, || Reject::measured(RejectReason::Overflow, budget.0, MONEY_MAX.0))
}

/// The limit or protection price, given or default, in ticks.
#[inline]
fn limit_of(market: &Market, order: &NewOrder) -> i64 {
    match order.ord_type {
        OrdType::Limit | OrdType::Pegged => order.price.map_or(NO_LIMIT, |price| market.ticks(price)),
        OrdType::Market | OrdType::MarketToLimit => match order.protection_price {
            Some(price) => market.ticks(price),
            None if market.state.matches_orders() => default_protection(market, order.side),
            None => NO_LIMIT,
        },
    }
}

/// Rule R-50.
#[inline]
fn default_protection(market: &Market, side: Side) -> i64 {
    protection_from(market, side, market.book.best(book_side(side.opposite())))
}

/// R-50 with `opposite` as the best opposite price, in ticks.
pub(crate) fn protection_from(market: &Market, side: Side, opposite: Option<i64>) -> i64 {
    let Some(reference) = opposite.or_else(|| market.reference()) else { return NO_LIMIT };
    slipped(market, side, market.price(reference))
}

/// How far from a reference a market order may go, in ticks.
pub(crate) fn slipped(market: &Market, side: Side, reference: Price) -> i64 {
    let reference = reference.0;
    let bps = i128::from(market.def.max_slippage_bps);
    let slippage = i128::from(reference.unsigned_abs()) * bps / 10_000;
    let slippage = i64::try_from(slippage).expect("at most the reference itself");
    let (low, high) = (market.def.min_price, market.def.max_price);
    let far = match side {
        Side::Buy => reference.saturating_add(slippage),
        Side::Sell => reference.saturating_sub(slippage),
    };
    market.ticks(market.round_passive(side, Price(far)).clamp(low, high))
}

/// 311, 312.
#[inline]
fn notional(market: &Market, order: &NewOrder, limit: i64, lots: i64) -> Result<(), Reject> {
    let amount = match order.quote_qty {
        Some(budget) => budget.0,
        None if limit == NO_LIMIT => return Ok(()),
        None => market.notional(limit, lots),
    };
    within_notional(market, amount)
}

/// 311, 312 of an amount, whatever its sign.
#[inline]
pub(crate) fn within_notional(market: &Market, amount: i128) -> Result<(), Reject> {
    let (amount, min, max) = (Money(amount.abs()), market.def.min_notional, market.def.max_notional);
    ensure(amount >= min, || Reject::measured(RejectReason::NotionalMin, amount.0, min.0))?;
    ensure(amount <= max, || Reject::measured(RejectReason::NotionalMax, amount.0, max.0))
}

/// 313.
#[inline]
pub(crate) fn expiry(shared: &Shared, tif: TimeInForce) -> Result<(), Reject> {
    let TimeInForce::Gtd { expire_ns } = tif else { return Ok(()) };
    ensure(expire_ns > shared.now_ns, || Reject::measured(RejectReason::ExpireInPast, expire_ns, shared.now_ns))
}

/// 313 to 317.
#[inline]
fn account_rules(shared: &Shared, market: &Market, order: &NewOrder) -> Result<(), Reject> {
    expiry(shared, order.tif)?;
    if shared.accounts.get(order.account).kind == AccountKind::Credit {
        return Ok(());
    }
    let buy = order.side == Side::Buy;
    let unlimited_peg = buy && order.ord_type == OrdType::Pegged && order.price.is_none();
    ensure(!unlimited_peg, || Reject::plain(RejectReason::PegLimitRequired))?;
    let auction_market = order.ord_type == OrdType::Market && order.tif.is_auction();
    ensure(!(buy && auction_market && order.protection_price.is_none()), || {
        Reject::plain(RejectReason::ProtectionRequired)
    })?;
    ensure(!market.def.allow_negative, || Reject::plain(RejectReason::CreditOnly))
}

/// 401 to 408.
#[inline]
fn state(state: TradingState, order: &NewOrder) -> Result<(), Reject> {
    if state == TradingState::Continuous && !order.tif.is_auction() {
        return Ok(());
    }
    state_in_detail(state, order)
}

/// 401 to 405: the state lets something in.
pub(crate) fn open_at_all(state: TradingState) -> Result<(), Reject> {
    ensure(state.new_orders() != Admission::Nothing, || Reject::plain(closed_reason(state)))
}

fn state_in_detail(state: TradingState, order: &NewOrder) -> Result<(), Reject> {
    let fail = |reason| Err(Reject::plain(reason));
    let market_type = matches!(order.ord_type, OrdType::Market | OrdType::MarketToLimit);
    match state.new_orders() {
        Admission::Nothing => return open_at_all(state),
        Admission::PostOnly => {
            let fits = order.ord_type == OrdType::Limit && order.post_only != PostOnly::No;
            return if fits { Ok(()) } else { fail(RejectReason::PostOnlyMarket) };
        }
        Admission::Call => {
            let at_once = matches!(order.tif, TimeInForce::Ioc | TimeInForce::Fok);
            let market_now = market_type && !order.tif.is_auction();
            let pegged = order.ord_type == OrdType::Pegged;
            if at_once || market_now || pegged || order.post_only != PostOnly::No {
                return fail(RejectReason::NotInAuction);
            }
        }
        Admission::LimitOnly if market_type => return fail(RejectReason::NotInAuction),
        Admission::All | Admission::LimitOnly => {}
    }
    let auction = match order.tif {
        TimeInForce::Ato => matches!(state, TradingState::PreOpen | TradingState::OpeningAuction),
        TimeInForce::Atc => state == TradingState::ClosingAuction,
        TimeInForce::Gfa => state == TradingState::PreOpen || state.is_call(),
        TimeInForce::Gtc | TimeInForce::Day | TimeInForce::Gtd { .. } | TimeInForce::Ioc | TimeInForce::Fok => true,
    };
    if auction { Ok(()) } else { fail(RejectReason::AuctionOnly) }
}

/// The reason for a state that lets nothing in.
pub(crate) fn closed_reason(state: TradingState) -> RejectReason {
    match state {
        TradingState::PreListed => RejectReason::NotListed,
        TradingState::Delisted => RejectReason::Delisted,
        TradingState::Closed => RejectReason::MarketClosed,
        TradingState::Halted => RejectReason::Halted,
        TradingState::CancelOnly => RejectReason::CancelOnly,
        TradingState::PreOpen
        | TradingState::OpeningAuction
        | TradingState::Continuous
        | TradingState::LimitState
        | TradingState::VolatilityAuction
        | TradingState::PostOnly
        | TradingState::ClosingAuction
        | TradingState::Cooling => unreachable!("this state lets some orders in"),
    }
}

/// 501: how many of its lots a reduce-only order of an account may have.
pub(crate) fn reduce_cap(
    shared: &Shared,
    market: &Market,
    (account, side): (AccountId, Side),
    lots: i64,
) -> Result<i64, Reject> {
    let room = shared.reduce_room(market, account, side, None);
    ensure(room >= 1, || Reject::measured(RejectReason::ReduceOnly, market.qty(lots).0, market.qty(room.max(0)).0))?;
    Ok(lots.min(room))
}

/// 502: the limit of a post-only order that does not trade now.
pub(crate) fn passive_limit(market: &Market, side: Side, post_only: PostOnly, limit: i64) -> Result<i64, Reject> {
    passive_to(market, market.book.best(book_side(side.opposite())), (side, post_only), limit)
}

/// The same with `touch` as the best opposite price, in ticks.
pub(crate) fn passive_to(
    market: &Market,
    touch: Option<i64>,
    (side, post_only): (Side, PostOnly),
    limit: i64,
) -> Result<i64, Reject> {
    let Some(touch) = touch else { return Ok(limit) };
    let (price, touch) = (market.price(limit), market.price(touch));
    if !side.accepts(price, touch) {
        return Ok(limit);
    }
    let reject = Reject::measured(RejectReason::PostOnlyWouldTrade, price.0, touch.0);
    ensure(post_only == PostOnly::Slide, || reject)?;
    let behind = match side {
        Side::Buy => market.def.ticks.down(touch),
        Side::Sell => market.def.ticks.up(touch),
    };
    ensure(market.def.in_bounds(behind), || reject)?;
    Ok(market.ticks(behind))
}

/// What a cash account must hold.
#[inline]
pub(crate) fn reserve(market: &Market, order: &NewOrder, terms: &Terms) -> i128 {
    match (order.quote_qty, market.outcome.as_deref()) {
        (Some(budget), _) => budget.0,
        (None, Some(_)) if terms.closes => i128::from(terms.lots) * market.base_unit,
        (None, Some(outcome)) => outcome.hold(market, order.side, terms.limit, terms.lots, (terms.fee_cap, 0)),
        (None, None) => match order.side {
            Side::Sell => i128::from(terms.lots) * market.base_unit,
            Side::Buy if terms.limit == NO_LIMIT => 0,
            Side::Buy => fees::with_fee(market.notional(terms.limit, terms.lots), terms.fee_cap, 0),
        },
    }
}
