//! A new order: admitted or refused, then matched or posted.

use model::{
    Asked, Cause, ClOrdId, EndReason, EventKind, Events, InstrumentId, NewOrder, OrdType, OrderAccepted, OrderEnded,
    OrderId, OrderPosted, OrderRejected, PostOnly, Price, Qty, RejectReason, Side, TimeInForce, TradingState,
};

use super::checks::{Checks, Refusal};
use super::client_ids::{IdCheck, Request};
use super::effects::Ended;
use super::emergencies::Origin;
use super::matching::Stop;
use super::risk::Likeness;
use super::{NaiveExchange, Order, Place};

impl NaiveExchange {
    pub(super) fn new_order(&mut self, request: &NewOrder, out: &mut Events) {
        let remembered = Request::new_order(request);
        let (account, cl_ord_id) = (request.account, request.cl_ord_id);
        let asked = self.asked(request);
        let refused = |refusal: Refusal| {
            let Refusal { reason, value, limit } = refusal;
            let order_id = OrderId(0);
            EventKind::OrderRejected(OrderRejected { account, cl_ord_id, order_id, reason, value, limit, asked })
        };
        let origin = Origin { account, session: request.session, instrument: request.instrument };
        let is_killed = self.is_killed(origin, request.reduce_only);
        match self.check_id(account, cl_ord_id, &remembered, is_killed, out) {
            IdCheck::Answered => return,
            IdCheck::Refused(refusal) => {
                out.push(refused(refusal));
                return;
            }
            IdCheck::Free => {}
        }
        self.forget_likenesses(account);
        match self.admit(request) {
            Err(refusal) => {
                self.remember_rejected(account, cl_ord_id, remembered, refusal.reason);
                out.push(refused(refusal));
            }
            Ok(order) => {
                let id = self.open(order);
                self.remember_accepted(cl_ord_id, remembered, id);
                self.remember_likeness(account, Likeness::of_order(request));
                self.update_reserve(id);
                out.push(self.accepted(id, cl_ord_id));
                self.let_in(id, out);
            }
        }
    }

    /// What an order asks for, where there is such an instrument.
    pub(super) fn asked(&self, request: &NewOrder) -> Option<Asked> {
        self.listed(request.instrument).map(|_| Asked {
            instrument: request.instrument,
            side: request.side,
            ord_type: request.ord_type,
            tif: request.tif,
            price: request.price,
            order_qty: request.order_qty,
        })
    }

    /// An order is open from now on.
    pub(super) fn open(&mut self, order: Order) -> OrderId {
        let id = order.id;
        self.next_order += 1;
        self.orders.insert(id, order);
        id
    }

    /// Checks everything and makes the order, changing nothing.
    fn admit(&self, request: &NewOrder) -> Result<Order, Refusal> {
        let order = self.check_order(request, false)?;
        let mut checks = Checks::default();
        self.check_funds(order.account, self.reserve_asset(&order), self.reserve_of(&order), &mut checks);
        self.check_gate(&order, request.protection_price, &mut checks);
        self.check_duplicate(order.account, Likeness::of_order(request), &mut checks);
        self.check_open_orders(order.account, 1, &mut checks);
        checks.result()?;
        Ok(order)
    }

    /// Checks everything up to 502 and makes the order, changing nothing. A held order is not matched yet.
    pub(super) fn check_order(&self, request: &NewOrder, is_held: bool) -> Result<Order, Refusal> {
        let Some(listed) = self.listed(request.instrument) else {
            return Err(Refusal::plain(RejectReason::UnknownInstrument));
        };
        let mut checks = Checks::default();
        self.check_new_order(request, listed, is_held, &mut checks);
        checks.result()?;

        let mut order = self.order_from(request);
        if request.reduce_only {
            let left = self.may_still_reduce(order.account, order.instrument, order.side, None);
            let qty = i128::from(order.order_qty);
            checks.measured(left < listed.definition.lot_size.0.into(), RejectReason::ReduceOnly, qty, left.max(0));
            let most = i64::try_from(left).unwrap_or(i64::MAX);
            order.order_qty = order.order_qty.min(most);
            order.leaves = order.order_qty;
        }
        checks.result()?;
        if !is_held {
            order.limit = self.passive_price(&order, order.limit)?;
        }
        order.closes = self.would_close(&order);
        Ok(order)
    }

    pub(super) fn order_from(&self, request: &NewOrder) -> Order {
        let listed = self.instrument(request.instrument);
        Order {
            id: OrderId(self.next_order),
            account: request.account,
            session: request.session,
            instrument: request.instrument,
            side: request.side,
            ord_type: request.ord_type,
            tif: request.tif,
            order_qty: request.order_qty.0,
            cum: 0,
            prevented: 0,
            leaves: request.order_qty.0,
            limit: request.price,
            protection: self.protection_of(request, listed),
            is_protected: request.protection_price.is_some(),
            trigger: None,
            anchor: None,
            member: None,
            budget: request.quote_qty.map(|money| money.0),
            peg: request.peg,
            min_qty: request.min_qty.0,
            display: request.display,
            post_only: request.post_only,
            reduce_only: request.reduce_only,
            closes: false,
            stp: request.stp.unwrap_or(listed.definition.stp_default),
            fee_cap: self.fee_cap(request.account, request.instrument),
            prepaid: 0,
            place: Place::Incoming,
            tip: 0,
            refills: 0,
            public_id: 0,
            reserved: 0,
            last_price: None,
            chain: Vec::new(),
        }
    }

    /// the price an order that must not take can have. Other orders keep theirs.
    pub(super) fn passive_price(&self, order: &Order, limit: Option<Price>) -> Result<Option<Price>, Refusal> {
        self.passive_price_but(order, limit, &[])
    }

    /// The same were some orders not there.
    pub(super) fn passive_price_but(
        &self,
        order: &Order,
        limit: Option<Price>,
        gone: &[OrderId],
    ) -> Result<Option<Price>, Refusal> {
        let listed = self.instrument(order.instrument);
        let touch = self.best_price_but(order.instrument, order.side.opposite(), gone);
        let (Some(price), Some(touch)) = (limit, touch) else { return Ok(limit) };
        let is_looked_at = if order.post_only == PostOnly::No {
            listed.state == TradingState::PostOnly
        } else {
            listed.state.needs_uncrossed_book()
        };
        if !is_looked_at || !order.side.accepts(price, touch) {
            return Ok(limit);
        }
        let refusal =
            Refusal { reason: RejectReason::PostOnlyWouldTrade, value: price.0.into(), limit: touch.0.into() };
        if order.post_only != PostOnly::Slide {
            return Err(refusal);
        }
        let behind = match order.side {
            Side::Buy => listed.definition.ticks.down(touch),
            Side::Sell => listed.definition.ticks.up(touch),
        };
        if listed.definition.in_bounds(behind) { Ok(Some(behind)) } else { Err(refusal) }
    }

    pub(super) fn accepted(&self, id: OrderId, cl_ord_id: ClOrdId) -> EventKind {
        let order = self.order(id);
        EventKind::OrderAccepted(OrderAccepted {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            cl_ord_id,
            side: order.side,
            ord_type: order.ord_type,
            tif: order.tif,
            price: order.limit.or(order.protection),
            order_qty: Qty(order.order_qty),
            display: order.display,
            post_only: order.post_only,
            reduce_only: order.reduce_only,
            stp: order.stp,
        })
    }

    /// Where an accepted order goes first.
    pub(super) fn let_in(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        if order.ord_type == OrdType::Pegged {
            self.order_mut(id).place = Place::Parked;
        } else if self.instrument(order.instrument).state.matches_orders() {
            self.enter_matching(id, out);
        } else if order.ord_type == OrdType::Market {
            let public_id = self.take_public_id();
            let order = self.order_mut(id);
            (order.place, order.public_id) = (Place::AuctionQueue, public_id);
        } else {
            let price = order.limit.expect("a limit order joins a call");
            self.post(id, price, out);
        }
    }

    /// what must be able to trade at once is measured first.
    pub(super) fn enter_matching(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let is_fok = order.tif == TimeInForce::Fok;
        let needed = if is_fok { order.leaves } else { order.min_qty };
        let reason = if is_fok { EndReason::Fok } else { EndReason::MinQty };
        if needed > 0 && self.tradable_now(order) < i128::from(needed) {
            self.cancel_order(id, reason, out);
            return;
        }
        self.match_and_rest(id, out);
    }

    /// for a limit, market or market-to-limit order.
    pub(super) fn match_and_rest(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let bound = order.limit.or(order.protection);
        let stop = self.match_incoming(id, bound, out);
        if let Stop::Band(broken) = stop {
            self.stop_at_band(id, broken, out);
            return;
        }
        if stop == Stop::Filled {
            return;
        }
        let order = self.order(id);
        let resting_price = match order.ord_type {
            OrdType::Market => None,
            OrdType::Limit | OrdType::Pegged => order.limit,
            OrdType::MarketToLimit => order.limit.or(order.last_price),
        };
        let is_market_kind = order.is_market_kind();
        assert!(order.tif != TimeInForce::Fok, "a fill-or-kill order that could be filled was not: {order:?}");
        let reason = match (stop, resting_price) {
            (Stop::Filled | Stop::Band(_), _) => unreachable!("returned above"),
            (Stop::Stp, _) => EndReason::Stp,
            (Stop::TradesMax, _) => EndReason::TradesMax,
            (Stop::Budget, _) => EndReason::Budget,
            (Stop::NotAccepted | Stop::NoneLeft, Some(price)) if order.tif.rests() => {
                self.order_mut(id).limit = Some(price);
                self.update_reserve(id);
                self.post(id, price, out);
                return;
            }
            (Stop::NotAccepted, _) if is_market_kind => EndReason::Protection,
            (Stop::NoneLeft, _) if is_market_kind => EndReason::NoLiquidity,
            (Stop::NotAccepted | Stop::NoneLeft, _) => EndReason::Ioc,
        };
        self.cancel_order(id, reason, out);
    }

    /// An order enters its queue at the back.
    pub(super) fn post(&mut self, id: OrderId, price: Price, out: &mut Events) {
        let public_id = self.take_public_id();
        let order = self.order_mut(id);
        order.place = Place::Book(price);
        order.public_id = public_id;
        order.tip = order.first_tip();
        let posted = self.posted(id, price);
        out.push(EventKind::OrderPosted(posted));
    }

    pub(super) fn posted(&self, id: OrderId, price: Price) -> OrderPosted {
        let order = self.order(id);
        OrderPosted {
            order_id: id,
            instrument: order.instrument,
            side: order.side,
            price,
            public_id: order.shown_id(),
            displayed_qty: Qty(order.tip),
        }
    }

    /// Ends an order by cancellation.
    pub(super) fn cancel_order(&mut self, id: OrderId, reason: EndReason, out: &mut Events) {
        let ended = self.ended(id, reason);
        out.push(EventKind::OrderCanceled(ended));
        self.end_order(id, Ended::Canceled(reason));
    }

    /// Ends an order by expiry.
    pub(super) fn expire_order(&mut self, id: OrderId, reason: EndReason, out: &mut Events) {
        let ended = self.ended(id, reason);
        out.push(EventKind::OrderExpired(ended));
        self.end_order(id, Ended::Expired(reason));
    }

    fn ended(&self, id: OrderId, reason: EndReason) -> OrderEnded {
        let order = self.order(id);
        let (account, instrument) = (order.account, order.instrument);
        OrderEnded { order_id: id, account, instrument, canceled_qty: Qty(order.leaves), reason }
    }

    /// An order is over: nothing is reserved for it, its ids retire.
    pub(super) fn end_order(&mut self, id: OrderId, ended: Ended) {
        let sibling = self.sibling(id);
        self.set_reserve(id, 0);
        self.member_ends(id, ended);
        if let Some(order) = self.orders.remove(&id) {
            self.retire_chain(order.account, order.chain);
        }
        if let Some(sibling) = sibling {
            self.update_reserve(sibling);
        }
    }

    /// orders whose time has come, oldest expiry first.
    pub(super) fn expire_gtd(&mut self, out: &mut Events) {
        let now = self.stamp.ts_ns;
        let gtd = self.orders.values().filter(|order| matches!(order.tif, TimeInForce::Gtd { .. }));
        let mut due: Vec<(i64, OrderId)> = gtd.map(|order| (order.tif.expire_ns(), order.id)).collect();
        due.retain(|(expire_ns, _)| *expire_ns <= now);
        due.sort_unstable();
        for (_, id) in due {
            self.expire_order(id, EndReason::Gtd, out);
        }
    }

    /// The orders of an instrument for which `is_meant` holds, by order id.
    pub(super) fn orders_of(&self, instrument: InstrumentId, is_meant: impl Fn(&Order) -> bool) -> Vec<OrderId> {
        let of_it = self.orders.values().filter(|order| order.instrument == instrument && is_meant(order));
        of_it.map(|order| order.id).collect()
    }

    /// What is told from now on comes from this.
    pub(super) fn set_cause(&mut self, cause: Cause, out: &mut Events) {
        self.cause = cause;
        out.set_cause(cause);
    }

    /// Runs with another cause and goes back to the one before.
    pub(super) fn with_cause(&mut self, cause: Cause, out: &mut Events, work: impl FnOnce(&mut Self, &mut Events)) {
        let before = self.cause;
        self.set_cause(cause, out);
        work(self, out);
        self.set_cause(before, out);
    }
}
