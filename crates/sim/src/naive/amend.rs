//! Changing an order in place.

use model::{
    AmendOrder, Display, EndReason, Entry, EventKind, Events, OrdType, OrderId, OrderRejected, OrderReplaced, Price,
    Qty, RejectReason, TimeInForce, TradingState,
};

use super::checks::{Checks, Refusal};
use super::client_ids::{IdCheck, Request};
use super::{NaiveExchange, Order, Place};

/// What an admitted amend does.
pub(super) enum Change {
    /// Nothing remains: the order ends.
    End,
    /// The order as it will be.
    To { order: Box<Order>, loses_priority: bool },
}

impl NaiveExchange {
    pub(super) fn amend(&mut self, request: &AmendOrder, out: &mut Events) {
        let remembered = Request::Amend(*request);
        let (account, cl_ord_id) = (request.account, request.cl_ord_id);
        let refused = |refusal: Refusal, order_id: OrderId| {
            let Refusal { reason, value, limit } = refusal;
            EventKind::AmendRejected(OrderRejected { account, cl_ord_id, order_id, reason, value, limit, asked: None })
        };
        let found = self.find_order(account, request.target);
        let is_killed = found.is_ok_and(|id| self.is_amend_killed(request, self.order(id)));
        match self.check_id(account, cl_ord_id, &remembered, is_killed, out) {
            IdCheck::Answered => return,
            IdCheck::Refused(refusal) => {
                out.push(refused(refusal, OrderId(0)));
                return;
            }
            IdCheck::Free => {}
        }
        let found = self.find_order(account, request.target);
        let order_id = found.unwrap_or(OrderId(0));
        let change = found.map_err(Refusal::plain).and_then(|id| self.admit_amend(request, self.order(id)));
        match change {
            Err(refusal) => {
                self.remember_rejected(account, cl_ord_id, remembered, refusal.reason);
                out.push(refused(refusal, order_id));
            }
            Ok(change) => {
                self.remember_accepted(cl_ord_id, remembered, order_id);
                match change {
                    Change::End => self.cancel_order(order_id, EndReason::User, out),
                    Change::To { order, loses_priority } => self.replace(&order, loses_priority, request, out),
                }
            }
        }
    }

    /// the total an amend asks for.
    fn new_total(request: &AmendOrder, order: &Order) -> i64 {
        match (request.order_qty, request.seen_cum_qty) {
            (Some(qty), Some(seen)) => qty.0.saturating_sub(order.cum.saturating_sub(seen.0)),
            (Some(qty), None) => qty.0,
            (None, _) => order.order_qty,
        }
    }

    /// Whether an amend changes nothing but lowers the quantity.
    pub(super) fn is_decrease(request: &AmendOrder, order: &Order) -> bool {
        let AmendOrder { price, display_qty, tif, stp, trigger_price, .. } = *request;
        let only_quantity =
            price.is_none() && display_qty.is_none() && tif.is_none() && stp.is_none() && trigger_price.is_none();
        only_quantity && Self::new_total(request, order) < order.order_qty
    }

    /// Checks everything and works out the change, changing nothing.
    fn admit_amend(&self, request: &AmendOrder, order: &Order) -> Result<Change, Refusal> {
        let total = Self::new_total(request, order);
        if order.waits() {
            return self.admit_waiting_amend(request, order, total);
        }
        let mut checks = Checks::default();
        self.check_amend_values(request, order, total, &mut checks);
        checks.plain(request.trigger_price.is_some(), RejectReason::TriggerNotAllowed);
        self.check_amend_group(request, order, total, &mut checks);
        self.check_amend_closed(request, order, &mut checks);
        checks.result()?;
        let leaves = total - order.cum - order.prevented;
        if leaves <= 0 {
            self.check_amend_band(request, order, &mut checks);
            return checks.result().map(|()| Change::End);
        }

        let mut changed = order.clone();
        changed.order_qty = total;
        if leaves > order.leaves && order.reduce_only {
            let left = self.may_still_reduce(order.account, order.instrument, order.side, Some(order.id));
            checks.measured(i128::from(leaves) > left, RejectReason::ReduceOnly, leaves.into(), left.max(0));
        }
        let slid = match request.price.filter(|price| Some(*price) != order.limit) {
            Some(price) => self.passive_price(order, Some(price)),
            None => Ok(order.limit),
        };
        let has_new_limit = slid != Ok(order.limit);
        let raises = leaves > order.leaves || has_new_limit;
        if raises && !order.reduce_only {
            self.check_restricted(order.account, order.instrument, &mut checks);
        }
        self.check_amend_band(request, order, &mut checks);
        checks.result()?;
        changed.limit = slid?;
        let grows = leaves > order.leaves && !order.is_iceberg();
        let loses_priority = grows || changed.limit != order.limit;
        if leaves < order.leaves {
            changed.shrink_to(leaves);
        }
        changed.leaves = leaves;
        if let (Some(size), Display::Iceberg { threshold, variance_bps, .. }) = (request.display_qty, order.display) {
            changed.display = Display::Iceberg { display_qty: size, threshold, variance_bps };
            changed.tip = changed.tip.min(size.0);
        }
        changed.tif = request.tif.unwrap_or(order.tif);
        changed.stp = request.stp.unwrap_or(order.stp);

        self.check_amend_funds(request, order, &changed, &mut checks);
        if raises {
            self.check_size(&changed, total, self.notional_at_bound(&changed, total), &mut checks);
        }
        let has_collar = matches!(order.ord_type, OrdType::Limit | OrdType::MarketToLimit);
        if let Some(price) = changed.limit.filter(|_| has_new_limit && has_collar) {
            self.check_collar(&changed, price, &mut checks);
        }
        if leaves > order.leaves {
            self.check_position(&changed, &[], &mut checks);
        }
        checks.result()?;
        Ok(Change::To { order: Box::new(changed), loses_priority })
    }

    /// 203 to 313.
    fn check_amend_values(&self, request: &AmendOrder, order: &Order, total: i64, checks: &mut Checks) {
        let definition = &self.instrument(order.instrument).definition;
        let lot = definition.lot_size.0;
        let is_market = order.ord_type == OrdType::Market;
        let bad_display = request.display_qty.is_some() && !order.is_iceberg();
        checks.plain((request.price.is_some() && is_market) || bad_display, RejectReason::FieldNotAllowed);
        if let Some(tif) = request.tif.filter(|tif| *tif != order.tif) {
            checks.plain(!tif.rests() || !order.tif.rests(), RejectReason::TifNotAllowed);
        }
        if let Some(Qty(qty)) = request.order_qty {
            checks.measured(qty <= 0, RejectReason::QtyNotPositive, qty.into(), 0);
            if self.instrument(order.instrument).state == TradingState::Cooling && total > order.order_qty {
                checks.cooling_quantity(qty, definition);
            }
            checks.quantity(qty, definition);
        }
        if let Some(Qty(seen)) = request.seen_cum_qty {
            let is_bad = seen < 0 || seen % lot != 0 || seen > order.cum;
            checks.measured(is_bad, RejectReason::MinQty, seen.into(), order.cum.into());
        }
        if let (Some(Qty(size)), Display::Iceberg { threshold, .. }) = (request.display_qty, order.display) {
            let is_low = threshold.0 != 0 && size <= threshold.0;
            let is_bad = size < lot || size % lot != 0 || is_low || size > total;
            checks.measured(is_bad, RejectReason::DisplayQty, size.into(), total.into());
        }
        if let Some(price) = request.price {
            checks.price(price, definition);
        }
        let has_notional = matches!(order.ord_type, OrdType::Limit | OrdType::MarketToLimit);
        let is_touched = request.price.is_some() || request.order_qty.is_some();
        if let Some(price) = request.price.or(order.limit).filter(|_| has_notional && is_touched && checks.all_hold()) {
            checks.notional(self.notional(order.instrument, price, total).abs(), definition);
        }
        if let Some(TimeInForce::Gtd { expire_ns }) = request.tif.filter(|tif| *tif != order.tif) {
            let now = self.stamp.ts_ns;
            checks.measured(expire_ns <= now, RejectReason::ExpireInPast, expire_ns.into(), now.into());
        }
    }

    /// 411.
    fn check_amend_band(&self, request: &AmendOrder, order: &Order, checks: &mut Checks) {
        let new_price = request.price.filter(|price| Some(*price) != order.limit);
        if let Some(price) = new_price.filter(|_| order.ord_type != OrdType::Pegged) {
            self.check_band(order.instrument, order.side, price, checks);
        }
    }

    /// 401 to 405.
    pub(super) fn check_amend_closed(&self, request: &AmendOrder, order: &Order, checks: &mut Checks) {
        let state = self.instrument(order.instrument).state;
        let is_refused = match state.amends() {
            Entry::All => false,
            Entry::DecreaseOnly => !Self::is_decrease(request, order),
            Entry::Nothing => true,
        };
        let at = |there: TradingState| is_refused && state == there;
        checks.plain(at(TradingState::PreListed), RejectReason::NotListed);
        checks.plain(at(TradingState::Delisted), RejectReason::Delisted);
        checks.plain(at(TradingState::Closed), RejectReason::MarketClosed);
        checks.plain(at(TradingState::Halted), RejectReason::Halted);
        checks.plain(at(TradingState::CancelOnly), RejectReason::CancelOnly);
    }

    /// the order becomes what was worked out.
    fn replace(&mut self, changed: &Order, loses_priority: bool, request: &AmendOrder, out: &mut Events) {
        let id = changed.id;
        let chain = self.order(id).chain.clone();
        self.orders.insert(id, Order { chain, ..changed.clone() });
        if loses_priority {
            self.leave_queue(id);
        }
        self.update_reserve(id);
        let order = self.order(id);
        let is_incoming = order.place == Place::Incoming;
        out.push(EventKind::OrderReplaced(OrderReplaced {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            cl_ord_id: request.cl_ord_id,
            price: order.limit.or(order.protection),
            order_qty: Qty(order.order_qty),
            leaves_qty: Qty(order.leaves),
            displayed_qty: Qty(order.tip),
            tif: order.tif,
            priority_kept: !loses_priority,
        }));
        if request.order_qty.is_some() {
            self.member_is_amended(id);
        }
        if loses_priority && is_incoming {
            self.come_in_again(id, out);
        }
    }

    /// Priority is lost: off the book, or to the back of the auction's market orders.
    fn leave_queue(&mut self, id: OrderId) {
        let is_pegged = self.order(id).ord_type == OrdType::Pegged;
        match self.order(id).place {
            Place::AuctionQueue => self.order_mut(id).public_id = self.take_public_id(),
            Place::Book(_) if is_pegged => self.order_mut(id).place = Place::Parked,
            Place::Book(_) => self.order_mut(id).place = Place::Incoming,
            Place::Incoming | Place::Parked | Place::Armed | Place::Held | Place::Fired => {}
        }
        self.order_mut(id).tip = 0;
    }

    pub(super) fn come_in_again(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let price: Price = order.limit.expect("only pegged orders rest without a limit");
        if self.instrument(order.instrument).state.matches_orders() {
            self.match_and_rest(id, out);
        } else {
            self.post(id, price, out);
        }
    }
}
