//! A new group: refused as a whole, or all its orders are accepted.

use model::{
    AccountId, EventKind, Events, GroupAccepted, GroupId, GroupKind, GroupLeg, GroupRejected, NewGroup, NewOrder,
    NewStop, OrdType, OrderId, Price, RejectReason, Side,
};

use super::checks::{Checks, Refusal};
use super::client_ids::{IdCheck, Request};
use super::emergencies::Origin;
use super::groups::{Group, Leg};
use super::waiting::{exit_price, is_stop};
use super::{Member, NaiveExchange, Order, Place};

/// Why a group is refused, and which leg is at fault.
type LegRefusal = (usize, Refusal);

fn at_leg(leg: usize, reason: RejectReason) -> LegRefusal {
    (leg, Refusal::plain(reason))
}

/// The legs that cancel each other, as far as the group has such.
fn exits_of(kind: GroupKind) -> Option<(usize, usize)> {
    match kind {
        GroupKind::Oco => Some((0, 1)),
        GroupKind::Oto => None,
        GroupKind::Otoco => Some((1, 2)),
    }
}

fn is_entry(kind: GroupKind, leg: usize) -> bool {
    kind != GroupKind::Oco && leg == 0
}

fn is_held(kind: GroupKind, leg: usize) -> bool {
    kind != GroupKind::Oco && leg > 0
}

/// the leg at fault.
fn faulty_leg(request: &NewGroup) -> Option<usize> {
    let first = &request.legs[0].order;
    let is_faulty = |leg: usize, GroupLeg { order, trigger }: &GroupLeg| {
        let is_elsewhere = order.account != first.account || order.instrument != first.instrument;
        let bad_type = !matches!(order.ord_type, OrdType::Limit | OrdType::Market);
        let has_too_much =
            order.quote_qty.is_some() || order.peg.is_some() || order.min_qty.0 != 0 || order.reduce_only;
        let bad_role = if is_entry(request.kind, leg) {
            trigger.is_some()
        } else {
            !order.tif.rests() || (order.ord_type == OrdType::Market && trigger.is_none())
        };
        is_elsewhere || bad_type || has_too_much || order.tif.is_auction() || bad_role
    };
    let of_one = request.legs.iter().enumerate().find(|(leg, it)| is_faulty(*leg, it)).map(|(leg, _)| leg);
    of_one.or_else(|| {
        let (one, other) = exits_of(request.kind)?;
        let [exit, second] = [one, other].map(|leg| &request.legs[leg]);
        let same_side_as_entry = request.kind == GroupKind::Otoco && exit.order.side == first.side;
        let one_stop = is_stop(exit.trigger) != is_stop(second.trigger);
        let fits = exit.order.side == second.order.side && !same_side_as_entry && one_stop;
        (!fits).then_some(other)
    })
}

impl NaiveExchange {
    pub(super) fn new_group(&mut self, request: &NewGroup, out: &mut Events) {
        let first = request.legs.first().map(|leg| leg.order);
        let account = first.map_or(AccountId::default(), |order| order.account);
        let cl_ord_id = first.map(|order| order.cl_ord_id);
        let refused = |(leg, refusal): LegRefusal| {
            let leg = u8::try_from(leg).expect("at most three legs");
            let Refusal { reason, value, limit } = refusal;
            EventKind::GroupRejected(GroupRejected { account, cl_ord_id, leg, reason, value, limit })
        };
        let Some(cl_ord_id) = cl_ord_id.filter(|_| request.legs.len() == request.kind.legs()) else {
            out.push(refused(at_leg(0, RejectReason::GroupLegs)));
            return;
        };
        let remembered = Request::new_group(request);
        match self.check_group_ids(account, cl_ord_id, request, &remembered, out) {
            Err(refusal) => {
                out.push(refused(refusal));
                return;
            }
            Ok(IdCheck::Answered | IdCheck::Refused(_)) => return,
            Ok(IdCheck::Free) => {}
        }
        match self.admit_group(request) {
            Err((leg, refusal)) => {
                self.remember_rejected(account, cl_ord_id, remembered, refusal.reason);
                out.push(refused((leg, refusal)));
            }
            Ok(orders) => self.accept_group(request, orders, remembered, out),
        }
    }

    /// R-120 up to 103.
    fn check_group_ids(
        &mut self,
        account: AccountId,
        cl_ord_id: model::ClOrdId,
        request: &NewGroup,
        remembered: &Request,
        out: &mut Events,
    ) -> Result<IdCheck, LegRefusal> {
        match self.check_known(account, cl_ord_id, remembered, out) {
            IdCheck::Answered => return Ok(IdCheck::Answered),
            IdCheck::Refused(refusal) => return Err((0, refusal)),
            IdCheck::Free => {}
        }
        for (leg, GroupLeg { order, .. }) in request.legs.iter().enumerate().skip(1) {
            let is_known = self.client_ids.contains_key(&(order.account, order.cl_ord_id));
            let is_repeated = request.legs[..leg].iter().any(|earlier| earlier.order.cl_ord_id == order.cl_ord_id);
            if is_known || is_repeated {
                return Err(at_leg(leg, RejectReason::DuplicateClOrdId));
            }
        }
        let is_killed = |GroupLeg { order, .. }: &GroupLeg| {
            let origin = Origin { account: order.account, session: order.session, instrument: order.instrument };
            self.is_killed(origin, order.reduce_only)
        };
        if let Some(leg) = request.legs.iter().position(is_killed) {
            return Err(at_leg(leg, RejectReason::KillSwitch));
        }
        match self.make_room(request.legs.len()) {
            IdCheck::Refused(refusal) => Err((0, refusal)),
            answer @ (IdCheck::Answered | IdCheck::Free) => Ok(answer),
        }
    }

    /// The other checks: the orders as they will be, changing nothing.
    fn admit_group(&self, request: &NewGroup) -> Result<Vec<Order>, LegRefusal> {
        if let Some(leg) = faulty_leg(request) {
            let value = i128::try_from(leg).expect("a small index");
            return Err((leg, Refusal { reason: RejectReason::GroupLegs, value, limit: 0 }));
        }
        let first = &request.legs[0].order;
        if self.listed(first.instrument).is_some_and(|listed| listed.outcome.is_some()) {
            return Err(at_leg(0, RejectReason::OutcomeOrder));
        }
        let mut orders = Vec::new();
        for (leg, GroupLeg { order, trigger }) in request.legs.iter().enumerate() {
            let held = is_held(request.kind, leg);
            let admitted = match trigger {
                None => self.check_order(order, held),
                Some(trigger) => self.check_stop(&NewStop { order: *order, trigger: *trigger }, held),
            };
            let mut order = admitted.map_err(|refusal| (leg, refusal))?;
            self.check_leg_gate(&order, request.legs[leg].order.protection_price, held)
                .map_err(|refusal| (leg, refusal))?;
            order.id = OrderId(self.next_order + u64::try_from(leg).expect("a small index"));
            if held {
                order.place = Place::Held;
            }
            orders.push(order);
        }
        let first = request.legs[0].order.order_qty.0;
        for (leg, GroupLeg { order, .. }) in request.legs.iter().enumerate() {
            let qty = order.order_qty.0;
            if qty != first {
                let refusal = Refusal { reason: RejectReason::GroupQty, value: qty.into(), limit: first.into() };
                return Err((leg, refusal));
            }
        }
        self.check_exit_prices(request)?;
        self.check_group_funds(request.kind, &orders)?;
        let mut checks = Checks::default();
        self.check_open_orders(orders[0].account, orders.len(), &mut checks);
        checks.result().map_err(|refusal| (0, refusal))?;
        Ok(orders)
    }

    /// 504 to 506 and 509 of one leg: the last two only where it works at once.
    fn check_leg_gate(&self, order: &Order, explicit_protection: Option<Price>, is_held: bool) -> Result<(), Refusal> {
        let mut checks = Checks::default();
        if is_held || order.trigger.is_some() {
            self.check_size(order, order.order_qty, self.notional_at_bound(order, order.order_qty), &mut checks);
        } else {
            self.check_gate(order, explicit_protection, &mut checks);
        }
        checks.result()
    }

    ///
    fn check_exit_prices(&self, request: &NewGroup) -> Result<(), LegRefusal> {
        let Some((one, other)) = exits_of(request.kind) else { return Ok(()) };
        let (target, stop) = if is_stop(request.legs[one].trigger) { (other, one) } else { (one, other) };
        let price_of = |leg: usize| exit_price(request.legs[leg].trigger, request.legs[leg].order.price);
        let NewOrder { instrument, price: entry_price, .. } = request.legs[0].order;
        let listed = self.instrument(instrument);
        let entry_price = entry_price.filter(|_| request.kind == GroupKind::Otoco);
        let reference = entry_price.or(listed.last_trade).or(listed.definition.previous_close);
        let is_sell = request.legs[target].order.side == Side::Sell;
        let is_right = |high: Price, low: Price| if is_sell { high > low } else { high < low };
        let refuse = |leg: usize, value: Price, limit: Price| {
            let reason = RejectReason::GroupPrices;
            Err((leg, Refusal { reason, value: value.0.into(), limit: limit.0.into() }))
        };
        let (target_price, stop_price) = (price_of(target), price_of(stop));
        if let (Some(price), Some(reference)) = (target_price, reference)
            && !is_right(price, reference)
        {
            return refuse(target, price, reference);
        }
        if let (Some(price), Some(reference)) = (stop_price, reference)
            && !is_right(reference, price)
        {
            return refuse(stop, price, reference);
        }
        if let (Some(price), Some(stop_price)) = (target_price, stop_price)
            && !is_right(price, stop_price)
        {
            return refuse(target, price, stop_price);
        }
        Ok(())
    }

    /// 503 of all legs: of two exits the larger hold counts.
    fn check_group_funds(&self, kind: GroupKind, orders: &[Order]) -> Result<(), LegRefusal> {
        let hold = |order: &Order| {
            let holds_nothing = order.place == Place::Held && order.side == Side::Sell && orders[0].side == Side::Buy;
            if holds_nothing { 0 } else { self.reserve_of(order) }
        };
        let mut holds: Vec<(usize, i128)> = orders.iter().enumerate().map(|(leg, order)| (leg, hold(order))).collect();
        if let Some((one, other)) = exits_of(kind) {
            holds[one].1 = holds[one].1.max(holds[other].1);
            holds.remove(other);
        }
        for (leg, _) in &holds {
            let asset = self.reserve_asset(&orders[*leg]);
            let same = holds.iter().filter(|(other, _)| self.reserve_asset(&orders[*other]) == asset);
            let needed: i128 = same.map(|(_, needed)| needed).sum();
            let mut checks = Checks::default();
            self.check_funds(orders[0].account, asset, needed, &mut checks);
            checks.result().map_err(|refusal| (0, refusal))?;
        }
        Ok(())
    }

    ///
    fn accept_group(&mut self, request: &NewGroup, orders: Vec<Order>, remembered: Request, out: &mut Events) {
        let id = GroupId(self.next_group);
        self.next_group += 1;
        let NewOrder { account, instrument, .. } = request.legs[0].order;
        let NewGroup { kind, mode, activation, .. } = *request;
        let legs = orders.iter().enumerate().map(|(leg, order)| Leg {
            order: Some(order.id),
            unreleased: if is_held(kind, leg) { order.order_qty } else { 0 },
        });
        let entry_side = (kind != GroupKind::Oco).then_some(orders[0].side);
        let legs = legs.collect();
        self.groups.insert(id, Group { account, kind, mode, activation, entry_side, legs });
        let first_order_id = orders[0].id;
        out.push(EventKind::GroupAccepted(GroupAccepted {
            group_id: id,
            account,
            instrument,
            kind,
            mode,
            first_order_id,
        }));
        let mut ids = Vec::new();
        for (leg, order) in orders.into_iter().enumerate() {
            let member = Some(Member { group: id, leg });
            ids.push(self.open(Order { member, ..order }));
        }
        let mut requests = vec![remembered];
        requests.resize(ids.len(), Request::Leg);
        for ((id, leg), remembered) in ids.iter().zip(&request.legs).zip(requests) {
            self.remember_accepted(leg.order.cl_ord_id, remembered, *id);
            self.update_reserve(*id);
        }
        for (id, leg) in ids.iter().zip(&request.legs) {
            out.push(self.accepted(*id, leg.order.cl_ord_id));
            match (self.order(*id).place, leg.trigger) {
                (Place::Held, _) => out.push(self.suspended(*id)),
                (_, Some(_)) => self.arm(*id, out),
                (_, None) => {}
            }
        }
        for id in &ids {
            self.fire_if_crossed(*id, out);
        }
        for id in ids {
            if self.orders.get(&id).is_some_and(|order| order.place == Place::Incoming) {
                self.let_in(id, out);
            }
        }
    }
}
