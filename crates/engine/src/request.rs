//! A number for the content of a request, to tell a retry from another request under the same id.

use model::{AmendOrder, Display, NewGroup, NewOrder, NewStop, OrderRef, Price, Qty, StpMode, Trigger};

/// Folds pairs of words by 128-bit multiplication; pairs are independent of each other, so they overlap in time.
struct Fold {
    sum: u64,
    round: u64,
}

impl Fold {
    #[inline]
    fn pair(&mut self, a: i64, b: i64) {
        self.round = self.round.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let left = a.cast_unsigned() ^ self.round;
        let right = b.cast_unsigned() ^ self.round.rotate_left(32) ^ 0xE703_7ED1_A0B4_28DB;
        let product = u128::from(left) * u128::from(right);
        let folded =
            u64::try_from(product >> 64).unwrap_or(0) ^ u64::try_from(product & u128::from(u64::MAX)).unwrap_or(0);
        self.sum = self.sum.wrapping_add(folded);
    }
}

/// An optional number and whether it is there, apart from each other.
#[inline]
fn optional(value: Option<i64>) -> (i64, i64) {
    (value.unwrap_or(0), i64::from(value.is_some()))
}

#[inline]
fn prices(price: Option<Price>) -> (i64, i64) {
    optional(price.map(|p| p.0))
}

fn stp_code(stp: Option<StpMode>) -> i64 {
    stp.map_or(-1, |mode| mode as i64)
}

/// The content of a new order.
#[inline]
pub(crate) fn new_order(order: &NewOrder) -> u64 {
    let mut fold = Fold { sum: 1, round: 0 };
    order_words(order, |a, b| fold.pair(a, b));
    fold.sum
}

/// The content of a new order that waits for its trigger.
pub(crate) fn new_stop(stop: &NewStop) -> u64 {
    let mut fold = Fold { sum: 3, round: 0 };
    order_words(&stop.order, |a, b| fold.pair(a, b));
    trigger_words(&mut fold, &stop.trigger);
    fold.sum
}

/// The content of a group, seen from the leg at `place`: each leg's client id stands for the whole.
pub(crate) fn new_group(group: &NewGroup, place: i64) -> u64 {
    let mut fold = Fold { sum: 4, round: 0 };
    fold.pair(place, group.kind as i64);
    fold.pair(group.mode as i64, group.activation as i64);
    for leg in &group.legs {
        let order = &leg.order;
        fold.pair(i64::from(order.account.0), i64::from(leg.trigger.is_some()));
        for pair in order.cl_ord_id.words().chunks(2) {
            fold.pair(pair[0].cast_signed(), pair.get(1).map_or(0, |word| word.cast_signed()));
        }
        order_words(order, |a, b| fold.pair(a, b));
        if let Some(trigger) = &leg.trigger {
            trigger_words(&mut fold, trigger);
        }
    }
    fold.sum
}

fn trigger_words(fold: &mut Fold, trigger: &Trigger) {
    let flags = (trigger.kind as i64)
        | (trigger.source as i64) << 8
        | i64::from(trigger.fall_back) << 16
        | i64::from(trigger.strict) << 17
        | i64::from(trigger.allow_immediate) << 18;
    fold.pair(flags, 0);
    let distance = optional(trigger.trail_bps.map(i64::from));
    for (value, given) in [trigger.price, trigger.trail_amount, trigger.activation_price]
        .into_iter()
        .chain([trigger.step, trigger.limit_offset])
        .map(prices)
        .chain([distance])
    {
        fold.pair(value, given);
    }
}

/// The words of an order without its account and id. Every use has its own copy, so that new orders make no call.
#[inline]
fn order_words(order: &NewOrder, mut pair: impl FnMut(i64, i64)) {
    let (price, has_price) = prices(order.price);
    let flags = (order.side as i64)
        | (order.ord_type as i64) << 8
        | (order.post_only as i64) << 16
        | i64::from(order.reduce_only) << 24
        | (stp_code(order.stp) + 1) << 32
        | has_price << 40;
    pair(flags, i64::from(order.instrument.0));
    pair(price, order.order_qty.0);
    pair(i64::from(order.tif.code()), order.tif.expire_ns());
    let plain = order.protection_price.is_none()
        && order.quote_qty.is_none()
        && order.peg.is_none()
        && order.min_qty.0 == 0
        && order.display == Display::All;
    if !plain {
        rare_fields(order, &mut pair);
    }
}

#[cold]
fn rare_fields(order: &NewOrder, pair: &mut impl FnMut(i64, i64)) {
    let (protection, has_protection) = prices(order.protection_price);
    pair(protection, has_protection);
    let budget = order.quote_qty.unwrap_or_default().0;
    pair(word(budget), word(budget >> 64));
    pair(i64::from(order.quote_qty.is_some()), order.min_qty.0);
    let (peg, offset) = order.peg.map_or((-1, 0), |peg| (peg.reference as i64, i64::from(peg.offset_ticks)));
    pair(peg, offset);
    match order.display {
        Display::All => pair(0, 0),
        Display::Hidden => pair(1, 0),
        Display::Iceberg { display_qty, threshold, variance_bps } => {
            pair(2, i64::from(variance_bps));
            pair(display_qty.0, threshold.0);
        }
    }
}

/// The content of an amend.
pub(crate) fn amend(amend: &AmendOrder) -> u64 {
    let mut fold = Fold { sum: 2, round: 0 };
    match amend.target {
        OrderRef::Order(id) => fold.pair(0, id.0.cast_signed()),
        OrderRef::Client(id) => {
            fold.pair(1, 0);
            for pair in id.words().chunks(2) {
                fold.pair(pair[0].cast_signed(), pair.get(1).map_or(0, |word| word.cast_signed()));
            }
        }
    }
    let quantity = |qty: Option<Qty>| optional(qty.map(|q| q.0));
    for (value, given) in [
        quantity(amend.order_qty),
        prices(amend.price),
        quantity(amend.display_qty),
        quantity(amend.seen_cum_qty),
        prices(amend.trigger_price),
        (stp_code(amend.stp), 0),
    ] {
        fold.pair(value, given);
    }
    match amend.tif {
        None => fold.pair(-1, 0),
        Some(tif) => fold.pair(i64::from(tif.code()), tif.expire_ns()),
    }
    fold.sum
}

/// The low 64 bits.
fn word(wide: i128) -> i64 {
    i64::try_from(wide.cast_unsigned() & u128::from(u64::MAX) >> 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        AccountId, ClOrdId, InstrumentId, OrdType, OrderId, PostOnly, SessionId, Side, TimeInForce, TriggerKind,
        TriggerSource,
    };

    fn order() -> NewOrder {
        NewOrder {
            account: AccountId(1),
            session: SessionId(1),
            instrument: InstrumentId(0),
            cl_ord_id: ClOrdId::new("A").unwrap(),
            side: Side::Buy,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(5),
            price: Some(Price(7)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        }
    }

    #[test]
    fn a_retry_through_another_session_is_the_same_request() {
        let retry = NewOrder { session: SessionId(9), ..order() };

        assert_eq!(new_order(&order()), new_order(&retry));
    }

    #[test]
    fn every_field_tells_requests_apart() {
        let base = order();
        let others = [
            NewOrder { instrument: InstrumentId(1), ..base },
            NewOrder { side: Side::Sell, ..base },
            NewOrder { ord_type: OrdType::Market, ..base },
            NewOrder { tif: TimeInForce::Day, ..base },
            NewOrder { tif: TimeInForce::Gtd { expire_ns: 1 }, ..base },
            NewOrder { order_qty: Qty(7), price: Some(Price(5)), ..base },
            NewOrder { price: None, ..base },
            NewOrder { price: Some(Price(0)), ..base },
            NewOrder { protection_price: Some(Price(7)), ..base },
            NewOrder { quote_qty: Some(model::Money(7)), ..base },
            NewOrder { quote_qty: Some(model::Money(7 << 64)), ..base },
            NewOrder { min_qty: Qty(1), ..base },
            NewOrder { display: Display::Hidden, ..base },
            NewOrder { post_only: PostOnly::Slide, ..base },
            NewOrder { reduce_only: true, ..base },
            NewOrder { stp: Some(StpMode::None), ..base },
        ];

        all_differ(others.iter().map(new_order).chain([new_order(&base)]).collect());
    }

    fn all_differ(mut digests: Vec<u64>) {
        let count = digests.len();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), count);
    }

    #[test]
    fn every_field_of_an_amend_counts() {
        let base = AmendOrder {
            account: AccountId(1),
            cl_ord_id: ClOrdId::new("b").unwrap(),
            target: OrderRef::Order(OrderId(7)),
            order_qty: None,
            price: None,
            display_qty: None,
            tif: None,
            stp: None,
            trigger_price: None,
            seen_cum_qty: None,
        };
        let others = [
            base,
            AmendOrder { target: OrderRef::Client(ClOrdId::new("a").unwrap()), ..base },
            AmendOrder { order_qty: Some(Qty(1)), ..base },
            AmendOrder { price: Some(Price(1)), ..base },
            AmendOrder { display_qty: Some(Qty(1)), ..base },
            AmendOrder { tif: Some(TimeInForce::Day), ..base },
            AmendOrder { stp: Some(StpMode::None), ..base },
            AmendOrder { trigger_price: Some(Price(1)), ..base },
            AmendOrder { seen_cum_qty: Some(Qty(1)), ..base },
        ];

        all_differ(others.iter().map(amend).collect());
    }

    #[test]
    fn every_field_of_a_trigger_counts() {
        let base = Trigger::at(TriggerKind::TrailingStop, Price(1));
        let others = [
            base,
            Trigger { kind: TriggerKind::StopLoss, ..base },
            Trigger { source: TriggerSource::Mark, ..base },
            Trigger { fall_back: true, ..base },
            Trigger { strict: true, ..base },
            Trigger { allow_immediate: true, ..base },
            Trigger { price: None, ..base },
            Trigger { trail_amount: Some(Price(1)), ..base },
            Trigger { trail_bps: Some(1), ..base },
            Trigger { activation_price: Some(Price(1)), ..base },
            Trigger { step: Some(Price(1)), ..base },
            Trigger { limit_offset: Some(Price(1)), ..base },
        ];

        all_differ(others.iter().map(|trigger| new_stop(&NewStop { order: order(), trigger: *trigger })).collect());
    }
}
