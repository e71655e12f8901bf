//! What an account entered lately, to refuse the same again (rule R-132, 507).

use model::image;
use std::collections::{BTreeMap, VecDeque};

use model::{InstrumentId, NewOrder, OrdType, Price, Qty, Side, TriggerKind};

/// What makes two orders the same, as their requests say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Likeness {
    instrument: InstrumentId,
    side: Side,
    ord_type: OrdType,
    order_qty: Qty,
    price: Option<Price>,
    /// Kind and price of the trigger of a stop; an order and a stop are never the same.
    stop: Option<(TriggerKind, Option<Price>)>,
}

image!(Likeness {
    instrument: InstrumentId,
    side: Side,
    ord_type: OrdType,
    order_qty: Qty,
    price: Option<Price>,
    stop: Option<(TriggerKind, Option<Price>)>,
});

impl Likeness {
    /// That of an order, or of a stop with this trigger.
    pub(crate) fn of(order: &NewOrder, stop: Option<(TriggerKind, Option<Price>)>) -> Self {
        let NewOrder { instrument, side, ord_type, order_qty, price, .. } = *order;
        Likeness { instrument, side, ord_type, order_qty, price, stop }
    }
}

/// Orders accepted less than a window ago; no two of them are the same.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    accepted: BTreeMap<Likeness, i64>,
    in_order: VecDeque<(i64, Likeness)>,
}

image!(Duplicates { accepted: BTreeMap<Likeness, i64>, in_order: VecDeque<(i64, Likeness)> });

impl Duplicates {
    /// Forgets what is at least `window_ns` old.
    pub(crate) fn forget(&mut self, window_ns: i64, now_ns: i64) {
        while let Some((at, like)) = self.in_order.front().copied() {
            if i128::from(now_ns) - i128::from(at) < i128::from(window_ns) {
                break;
            }
            self.in_order.pop_front();
            self.accepted.remove(&like);
        }
    }

    /// How long ago the same was accepted.
    pub(crate) fn age(&self, like: &Likeness, now_ns: i64) -> Option<i64> {
        self.accepted.get(like).map(|at| now_ns.saturating_sub(*at))
    }

    /// Remembers an accepted order.
    pub(crate) fn accept(&mut self, like: Likeness, now_ns: i64) {
        self.accepted.insert(like, now_ns);
        self.in_order.push_back((now_ns, like));
    }

    pub(crate) fn len(&self) -> usize {
        self.in_order.len()
    }
}
