//! Two orders of one owner meet: the incoming order's mode decides.

use model::{EndReason, EventKind, Events, OrderId, Price, Qty, StpMode, TradePrevented};

use super::NaiveExchange;
use super::matching::Stop;

impl NaiveExchange {
    /// Prevents a trade. `None` where matching goes on.
    pub(super) fn prevent(&mut self, id: OrderId, maker_id: OrderId, price: Price, out: &mut Events) -> Option<Stop> {
        let (taker, maker) = (self.order(id), self.order(maker_id));
        let mode = taker.stp;
        let qty = if taker.is_by_budget_alone() {
            self.affordable(taker, price, maker.leaves)
        } else {
            taker.leaves.min(maker.leaves)
        };
        if mode == StpMode::DecrementAndCancel {
            self.decrement(id, maker_id, price, qty);
        }
        let (taker, maker) = (self.order(id), self.order(maker_id));
        out.push(EventKind::TradePrevented(TradePrevented {
            instrument: taker.instrument,
            taker_order_id: id,
            maker_order_id: maker_id,
            price,
            qty: Qty(qty),
            mode,
            maker_leaves_qty: Qty(maker.leaves),
            maker_displayed_qty: Qty(maker.tip),
        }));
        match mode {
            StpMode::None => None,
            StpMode::CancelNewest => Some(Stop::Stp),
            StpMode::CancelOldest => {
                self.cancel_order(maker_id, EndReason::Stp, out);
                None
            }
            StpMode::CancelBoth => {
                self.cancel_order(maker_id, EndReason::Stp, out);
                Some(Stop::Stp)
            }
            StpMode::DecrementAndCancel => {
                if self.order(maker_id).leaves == 0 {
                    self.cancel_order(maker_id, EndReason::Stp, out);
                }
                (self.order(id).wanted() == 0).then_some(Stop::Stp)
            }
        }
    }

    /// Both lose the quantity; an order by budget alone loses what it would have cost.
    fn decrement(&mut self, id: OrderId, maker_id: OrderId, price: Price, qty: i64) {
        let notional = self.notional(self.order(id).instrument, price, qty);
        let maker = self.order_mut(maker_id);
        maker.prevented += qty;
        maker.shrink_to(maker.leaves - qty);
        let taker = self.order_mut(id);
        if taker.is_by_budget_alone() {
            taker.budget = taker.budget.map(|budget| (budget - notional).max(0));
        } else {
            taker.prevented += qty;
            taker.leaves -= qty;
        }
        self.update_reserve(maker_id);
        self.update_reserve(id);
    }
}
