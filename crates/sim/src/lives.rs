//! What must hold for every order and group, told from events alone: each order ends once, nothing happens to it
//! afterwards, and a group never fills more than its quantity.

use std::collections::BTreeMap;

use model::{
    AmendOrder, Command, Event, EventKind, GroupAccepted, GroupId, GroupKind, OrderEnded, OrderId, OrderPosted,
    OrderReleased, OrderSuspended, OrderTriggered, Qty, TradeLeg, TriggerRejected,
};

/// An open order.
#[derive(Clone, Copy, Debug)]
struct Life {
    /// Its total; 0 for an order by budget.
    order_qty: Qty,
    /// What has traded.
    filled: i64,
    /// Its group and its leg there, counted from 0.
    member: Option<(GroupId, usize)>,
}

/// What the legs of a group have filled.
#[derive(Clone, Debug)]
struct Family {
    kind: GroupKind,
    /// Of an OCO; of other groups what the entry has filled.
    qty: i64,
    /// What the exits have filled together.
    exited: i64,
    /// What an amend of an exit allows them to fill together.
    amended: Option<i64>,
}

impl Family {
    fn is_entry(&self, leg: usize) -> bool {
        self.kind != GroupKind::Oco && leg == 0
    }
}

/// All open orders and all groups there were.
#[derive(Clone, Debug, Default)]
pub struct Lives {
    orders: BTreeMap<OrderId, Life>,
    families: BTreeMap<GroupId, Family>,
    /// Orders that the next acceptances belong to.
    expected: BTreeMap<OrderId, (GroupId, usize)>,
}

impl Lives {
    /// Takes in the events of one command.
    ///
    /// # Errors
    /// Says what happened to an order that is not open, or which group filled too much.
    pub fn apply(&mut self, command: &Command, events: &[Event]) -> Result<(), String> {
        events.iter().try_for_each(|event| self.take(command, &event.kind))
    }

    fn take(&mut self, command: &Command, event: &EventKind) -> Result<(), String> {
        match event {
            EventKind::GroupAccepted(accepted) => self.found(accepted),
            EventKind::OrderAccepted(accepted) => {
                let member = self.expected.remove(&accepted.order_id);
                if let Some((group, leg)) = member
                    && let Some(family) = self.families.get_mut(&group)
                    && !family.is_entry(leg)
                    && family.kind == GroupKind::Oco
                {
                    family.qty = accepted.order_qty.0;
                }
                self.orders.insert(accepted.order_id, Life { order_qty: accepted.order_qty, filled: 0, member });
            }
            EventKind::Trade(trade) => {
                self.fill(&trade.buy, trade.qty)?;
                self.fill(&trade.sell, trade.qty)?;
            }
            EventKind::OrderReplaced(replaced) => {
                self.open(replaced.order_id, "replaced")?.order_qty = replaced.order_qty;
                if matches!(command, Command::Amend(AmendOrder { order_qty: Some(_), .. })) {
                    self.amend(replaced.order_id, replaced.leaves_qty);
                }
            }
            EventKind::OrderReleased(OrderReleased { order_id, order_qty, .. })
            | EventKind::OrderRestated { order_id, order_qty, .. } => {
                self.open(*order_id, "restated or released")?.order_qty = *order_qty;
            }
            EventKind::OrderPosted(OrderPosted { order_id, .. })
            | EventKind::OrderRefreshed(OrderPosted { order_id, .. })
            | EventKind::OrderParked { order_id, .. }
            | EventKind::OrderSuspended(OrderSuspended { order_id, .. })
            | EventKind::OrderTriggered(OrderTriggered { order_id, .. }) => {
                self.open(*order_id, "moved")?;
            }
            EventKind::OrderCanceled(OrderEnded { order_id, .. })
            | EventKind::OrderExpired(OrderEnded { order_id, .. })
            | EventKind::TriggerRejected(TriggerRejected { order_id, .. }) => {
                self.open(*order_id, "ended")?;
                self.orders.remove(order_id);
            }
            EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::Repeated { .. }
            | EventKind::TradePrevented(_)
            | EventKind::MassCanceled { .. }
            | EventKind::StateChanged { .. }
            | EventKind::IndicativePrice { .. }
            | EventKind::Uncrossed { .. }
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_)
            | EventKind::Outcome(_)
            | EventKind::TimePassed => {}
        }
        Ok(())
    }

    fn open(&mut self, id: OrderId, what: &str) -> Result<&mut Life, String> {
        self.orders.get_mut(&id).ok_or_else(|| format!("order {id} is not open and is {what}"))
    }

    fn found(&mut self, accepted: &GroupAccepted) {
        let GroupAccepted { group_id, kind, first_order_id, .. } = *accepted;
        self.families.insert(group_id, Family { kind, qty: 0, exited: 0, amended: None });
        for (leg, id) in (first_order_id.0..).take(kind.legs()).enumerate() {
            self.expected.insert(OrderId(id), (group_id, leg));
        }
    }

    /// An amend of an exit: from now on both together may fill what it left.
    fn amend(&mut self, id: OrderId, leaves: Qty) {
        let Some((group, leg)) = self.orders.get(&id).and_then(|life| life.member) else { return };
        let Some(family) = self.families.get_mut(&group) else { return };
        if !family.is_entry(leg) {
            family.amended = Some(family.exited + leaves.0);
        }
    }

    fn fill(&mut self, leg: &TradeLeg, qty: Qty) -> Result<(), String> {
        let life = self.open(leg.order_id, "traded")?;
        life.filled += qty.0;
        let (is_over, member) = (leg.leaves_qty.0 == 0 && life.order_qty.0 != 0, life.member);
        if life.order_qty.0 != 0 && life.filled > life.order_qty.0 {
            return Err(format!("order {} has filled {} of {}", leg.order_id, life.filled, life.order_qty.0));
        }
        if is_over {
            self.orders.remove(&leg.order_id);
        }
        let Some((group, place)) = member else { return Ok(()) };
        let Some(family) = self.families.get_mut(&group) else { return Ok(()) };
        if family.is_entry(place) {
            family.qty += qty.0;
            return Ok(());
        }
        family.exited += qty.0;
        let most = family.amended.unwrap_or(family.qty);
        if family.exited > most {
            return Err(format!("group {group} has filled {} of {most}", family.exited));
        }
        Ok(())
    }

    /// How many orders have not ended.
    pub fn open_count(&self) -> usize {
        self.orders.len()
    }
}

#[cfg(test)]
mod tests {
    use model::{AccountId, Cause, EndReason, InstrumentId, Stamp};

    use super::*;

    fn event(kind: EventKind) -> Event {
        Event { stamp: Stamp::default(), sub: 0, cause: Cause::Command, kind }
    }

    #[test]
    fn an_order_that_ends_twice_is_told() {
        let ended = OrderEnded {
            order_id: OrderId(1),
            account: AccountId(1),
            instrument: InstrumentId(0),
            canceled_qty: Qty(1),
            reason: EndReason::User,
        };
        let mut lives = Lives::default();
        lives.orders.insert(OrderId(1), Life { order_qty: Qty(1), filled: 0, member: None });

        let once = lives.apply(&Command::Tick, &[event(EventKind::OrderCanceled(ended))]);
        let twice = lives.apply(&Command::Tick, &[event(EventKind::OrderExpired(ended))]);

        assert_eq!(once, Ok(()));
        assert!(twice.is_err());
    }

    #[test]
    fn exits_that_fill_more_than_the_entry_are_told() {
        let leg =
            |id| TradeLeg { order_id: OrderId(id), account: AccountId(1), leaves_qty: Qty(5), fee: model::Money(0) };
        let family = Family { kind: GroupKind::Otoco, qty: 0, exited: 0, amended: None };
        let mut lives = Lives::default();
        lives.families.insert(GroupId(1), family);
        for id in 1..=3 {
            let leg = usize::try_from(id - 1).unwrap();
            let life = Life { order_qty: Qty(10), filled: 0, member: Some((GroupId(1), leg)) };
            lives.orders.insert(OrderId(id), life);
        }

        assert_eq!(lives.fill(&leg(1), Qty(5)), Ok(()));
        assert_eq!(lives.fill(&leg(2), Qty(3)), Ok(()));
        assert!(lives.fill(&leg(3), Qty(3)).is_err());
    }
}
