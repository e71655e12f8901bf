//! The checks of a new order: which numbers fail.

use model::{
    Admission, Allocation, Display, Instrument, InstrumentId, MONEY_MAX, NewOrder, OrdType, PostOnly, Price,
    RejectReason, Side, TimeInForce, TradingState,
};

use super::checks::Checks;
use super::outcomes::check_taken;
use super::{Listed, NaiveExchange};

fn is_market_kind(ord_type: OrdType) -> bool {
    matches!(ord_type, OrdType::Market | OrdType::MarketToLimit)
}

/// 201 to 206: fields that do not go together.
fn check_form(request: &NewOrder, definition: &Instrument, checks: &mut Checks) {
    let NewOrder { ord_type, tif, .. } = *request;
    let is_limit = ord_type == OrdType::Limit;
    let has_budget = request.quote_qty.is_some();
    let may_have_budget = ord_type == OrdType::Market && request.side == Side::Buy;
    checks.plain(is_limit && request.price.is_none(), RejectReason::PriceMissing);
    checks.plain(is_market_kind(ord_type) && request.price.is_some(), RejectReason::PriceNotAllowed);
    let bad_protection = request.protection_price.is_some() && !is_market_kind(ord_type);
    let bad_peg = request.peg.is_some() && ord_type != OrdType::Pegged;
    let is_misplaced = bad_protection || bad_peg || (has_budget && !may_have_budget);
    checks.plain(is_misplaced, RejectReason::FieldNotAllowed);
    checks.plain(ord_type == OrdType::Pegged && request.peg.is_none(), RejectReason::PegMissing);
    let tif_fits = match ord_type {
        OrdType::Limit => true,
        OrdType::Market if has_budget => tif == TimeInForce::Ioc,
        OrdType::Market => !tif.rests(),
        OrdType::MarketToLimit | OrdType::Pegged => tif.rests(),
    };
    checks.plain(!tif_fits, RejectReason::TifNotAllowed);

    let post_only = request.post_only != PostOnly::No && (!is_limit || !tif.rests());
    let is_immediate = matches!(tif, TimeInForce::Ioc | TimeInForce::Fok);
    let display = request.display != Display::All && (!is_limit || is_immediate);
    let min_qty = request.min_qty.0 != 0 && (tif != TimeInForce::Ioc || has_budget);
    let reduce_only = request.reduce_only
        && (request.display != Display::All
            || has_budget
            || tif.is_auction()
            || ord_type == OrdType::Pegged
            || definition.allocation != Allocation::Fifo);
    checks.plain(post_only || display || min_qty || reduce_only, RejectReason::ExecInstNotAllowed);
}

/// 301 to 310: values on their own.
pub(super) fn check_values(request: &NewOrder, definition: &Instrument, checks: &mut Checks) {
    let (qty, min_qty, lot) = (request.order_qty.0, request.min_qty.0, definition.lot_size.0);
    let is_missing = qty == 0 && request.quote_qty.is_none();
    checks.measured(qty < 0 || is_missing, RejectReason::QtyNotPositive, qty.into(), 0);
    if qty != 0 {
        checks.quantity(qty, definition);
    }
    let bad_min_qty = min_qty < 0 || min_qty % lot != 0 || (qty > 0 && min_qty > qty);
    checks.measured(bad_min_qty, RejectReason::MinQty, min_qty.into(), qty.into());
    if let Display::Iceberg { display_qty, threshold, variance_bps } = request.display {
        let (tip, low) = (display_qty.0, threshold.0);
        let bad_tip = tip < lot || tip % lot != 0 || tip > qty;
        let bad_threshold = low < 0 || low % lot != 0 || low >= tip;
        let is_bad = bad_tip || bad_threshold || variance_bps > 10_000;
        checks.measured(is_bad, RejectReason::DisplayQty, tip.into(), qty.into());
    }
    for price in [request.price, request.protection_price].into_iter().flatten() {
        checks.price(price, definition);
    }
    if let Some(budget) = request.quote_qty {
        checks.measured(budget.0 <= 0, RejectReason::AmountNotPositive, budget.0, 0);
        checks.measured(budget > MONEY_MAX, RejectReason::Overflow, budget.0, MONEY_MAX.0);
    }
}

/// 401 to 405: states that let nothing in.
pub(super) fn check_closed(state: TradingState, checks: &mut Checks) {
    checks.plain(state == TradingState::PreListed, RejectReason::NotListed);
    checks.plain(state == TradingState::Delisted, RejectReason::Delisted);
    checks.plain(state == TradingState::Closed, RejectReason::MarketClosed);
    checks.plain(state == TradingState::Halted, RejectReason::Halted);
    checks.plain(state == TradingState::CancelOnly, RejectReason::CancelOnly);
}

/// 406 to 408: what else the trading state does not let in.
fn check_state(request: &NewOrder, state: TradingState, checks: &mut Checks) {
    let NewOrder { ord_type, tif, .. } = *request;
    let is_post_only = request.post_only != PostOnly::No;
    let is_passive = ord_type == OrdType::Limit && is_post_only && tif.rests();
    checks.plain(state == TradingState::PostOnly && !is_passive, RejectReason::PostOnlyMarket);
    let must_match_now = match state.new_orders() {
        Admission::Call => {
            matches!(tif, TimeInForce::Ioc | TimeInForce::Fok)
                || (is_market_kind(ord_type) && !tif.is_auction())
                || ord_type == OrdType::Pegged
                || is_post_only
        }
        Admission::LimitOnly => is_market_kind(ord_type),
        Admission::All | Admission::PostOnly | Admission::Nothing => false,
    };
    checks.plain(must_match_now, RejectReason::NotInAuction);
    let has_auction = match tif {
        TimeInForce::Ato => matches!(state, TradingState::PreOpen | TradingState::OpeningAuction),
        TimeInForce::Atc => state == TradingState::ClosingAuction,
        TimeInForce::Gfa => state == TradingState::PreOpen || state.is_call(),
        TimeInForce::Gtc | TimeInForce::Day | TimeInForce::Gtd { .. } | TimeInForce::Ioc | TimeInForce::Fok => true,
    };
    checks.plain(!has_auction, RejectReason::AuctionOnly);
}

impl NaiveExchange {
    /// All checks up to 408. What 501 to 503 need is worked out by the caller. A held order waits for its entry in any
    /// state that lets something in.
    pub(super) fn check_new_order(&self, request: &NewOrder, listed: &Listed, is_held: bool, checks: &mut Checks) {
        let definition = &listed.definition;
        check_form(request, definition, checks);
        check_taken(request, listed, checks);
        if listed.state == TradingState::Cooling {
            checks.cooling_quantity(request.order_qty.0, definition);
        }
        check_values(request, definition, checks);
        if checks.all_hold() {
            self.check_notional(request, listed, checks);
        }
        let is_cash = self.is_cash(request.account);
        let is_cash_buy = is_cash && request.side == Side::Buy;
        let is_market = request.ord_type == OrdType::Market;
        if let TimeInForce::Gtd { expire_ns } = request.tif {
            let now = self.stamp.ts_ns;
            checks.measured(expire_ns <= now, RejectReason::ExpireInPast, expire_ns.into(), now.into());
        }
        let is_open_peg = request.ord_type == OrdType::Pegged && request.price.is_none();
        checks.plain(is_cash_buy && is_open_peg, RejectReason::PegLimitRequired);
        let is_open_auction_order = is_market && request.tif.is_auction() && request.protection_price.is_none();
        checks.plain(is_cash_buy && is_open_auction_order, RejectReason::ProtectionRequired);
        checks.plain(is_cash && definition.allow_negative, RejectReason::CreditOnly);
        check_closed(listed.state, checks);
        if !is_held {
            check_state(request, listed.state, checks);
        }
        if !request.reduce_only {
            self.check_restricted(request.account, request.instrument, checks);
        }
        if let Some(price) = request.price.filter(|_| request.ord_type == OrdType::Limit) {
            self.check_band(request.instrument, request.side, price, checks);
        }
    }

    /// 311 and 312.
    fn check_notional(&self, request: &NewOrder, listed: &Listed, checks: &mut Checks) {
        if let Some(budget) = request.quote_qty {
            checks.notional(budget.0, &listed.definition);
            return;
        }
        if let Some(price) = request.price.or(self.protection_of(request, listed)) {
            let notional = self.notional(request.instrument, price, request.order_qty.0).abs();
            checks.notional(notional, &listed.definition);
        }
    }

    /// The protection price of a market or market-to-limit order: given, or by default in a matching state.
    pub(super) fn protection_of(&self, request: &NewOrder, listed: &Listed) -> Option<Price> {
        if !is_market_kind(request.ord_type) {
            return None;
        }
        if request.protection_price.is_some() || !listed.state.matches_orders() {
            return request.protection_price;
        }
        let reference = self.market_reference(request.instrument, request.side)?;
        Some(Self::protected(listed, request.side, reference))
    }

    /// what a default protection price refers to.
    pub(super) fn market_reference(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        let listed = self.instrument(instrument);
        self.best_price(instrument, side.opposite()).or(listed.last_trade).or(listed.definition.previous_close)
    }

    /// the default protection price from a reference.
    pub(super) fn protected(listed: &Listed, side: Side, Price(reference): Price) -> Price {
        let definition = &listed.definition;
        let slippage = i128::from(reference).abs() * i128::from(definition.max_slippage_bps) / 10_000;
        let slippage = i64::try_from(slippage).expect("at most the reference itself");
        let price = match side {
            Side::Buy => definition.ticks.floor(Price(reference + slippage)),
            Side::Sell => definition.ticks.ceil(Price(reference - slippage)),
        };
        price.clamp(definition.min_price, definition.max_price)
    }
}
