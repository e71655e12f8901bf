//! Orders that may only shrink a position.

use model::{AccountId, EndReason, EventKind, Events, InstrumentId, OrderId, Qty, Side};

use super::{NaiveExchange, Order};

impl NaiveExchange {
    /// What a side may reduce by the position alone.
    pub(super) fn may_reduce(&self, account: AccountId, instrument: InstrumentId, side: Side) -> i128 {
        let position = self.position(account, instrument);
        match side {
            Side::Sell => position.max(0),
            Side::Buy => (-position).max(0),
        }
    }

    /// the same, less what the account's other reduce-only orders of that side would take.
    pub(super) fn may_still_reduce(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        side: Side,
        except: Option<OrderId>,
    ) -> i128 {
        let orders = self.reduce_only_orders(account, instrument, side);
        let others = orders.into_iter().filter(|id| Some(*id) != except);
        let taken: i128 = others.map(|id| i128::from(self.order(id).leaves)).sum();
        self.may_reduce(account, instrument, side) - taken
    }

    fn reduce_only_orders(&self, account: AccountId, instrument: InstrumentId, side: Side) -> Vec<OrderId> {
        let counts = |order: &Order| order.reduce_only && !order.waits();
        self.orders_of(instrument, |order| counts(order) && order.account == account && order.side == side)
    }

    /// R-62 for a maker that is about to trade. Whether it changed.
    pub(super) fn cut_reduce_only_maker(&mut self, id: OrderId, out: &mut Events) -> bool {
        let order = self.order(id);
        let left = self.may_reduce(order.account, order.instrument, order.side);
        if !order.reduce_only || left >= i128::from(order.leaves) {
            return false;
        }
        self.cut_to(id, left, out);
        true
    }

    fn cut_to(&mut self, id: OrderId, leaves: i128, out: &mut Events) {
        if leaves <= 0 {
            self.cancel_order(id, EndReason::ReduceOnly, out);
            return;
        }
        let leaves = i64::try_from(leaves).expect("less than the order has left");
        self.restate(id, leaves, EndReason::ReduceOnly, out);
    }

    /// The venue makes an order smaller.
    pub(super) fn restate(&mut self, id: OrderId, leaves: i64, reason: EndReason, out: &mut Events) {
        let order = self.order_mut(id);
        order.order_qty -= order.leaves - leaves;
        order.shrink_to(leaves);
        self.update_reserve(id);
        out.push(self.restated(id, reason));
    }

    pub(super) fn restated(&self, id: OrderId, reason: EndReason) -> EventKind {
        let order = self.order(id);
        EventKind::OrderRestated {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            order_qty: Qty(order.order_qty),
            leaves_qty: Qty(order.leaves),
            displayed_qty: Qty(order.tip),
            reason,
        }
    }

    /// R-62, steps (d) and (f): the newest orders above a position are cut first.
    pub(super) fn cut_reduce_only(&mut self, out: &mut Events) {
        let reduce_only = self.orders.values().filter(|order| order.reduce_only && !order.waits());
        let mut groups: Vec<_> = reduce_only.map(|order| (order.account, order.instrument, order.side)).collect();
        groups.sort_unstable();
        groups.dedup();
        for (account, instrument, side) in groups {
            loop {
                let excess = -self.may_still_reduce(account, instrument, side, None);
                let newest = self.reduce_only_orders(account, instrument, side).pop();
                let Some(newest) = newest.filter(|_| excess > 0) else { break };
                let leaves = i128::from(self.order(newest).leaves);
                self.cut_to(newest, leaves - excess, out);
            }
        }
    }
}
