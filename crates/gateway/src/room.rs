//! How much one connection may bring in a turn, so that the engine has room for all of it.

/// Bytes of an order on the wire, length included: no order has fewer.
const ORDER_BYTES: usize = 153;
/// Room for fewer orders than these is left alone until the next step; half of it is for what TLS holds of a record.
const ROOM_MIN: usize = 256;

/// Bytes to read at most, the end of an order that has begun included: no more orders than there is room for.
pub(crate) fn bytes_max(room: usize, others_wait: bool) -> usize {
    let orders = match room {
        ROOM_MIN.. => room - ROOM_MIN / 2,
        _ if others_wait => 0,
        _ => room,
    };
    orders.saturating_mul(ORDER_BYTES).saturating_sub(ORDER_BYTES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_never_ends_more_orders_than_there_is_room_for() {
        for room in [1, 2, 255, 256, 4_096] {
            // All but the last byte of an order may have come before.
            let orders = bytes_max(room, false).div_ceil(ORDER_BYTES);
            assert!((1..=room).contains(&orders), "room={room} orders={orders}");
        }
    }

    #[test]
    fn little_room_waits_for_the_next_step_where_there_will_be_one() {
        assert_eq!(bytes_max(ROOM_MIN - 1, true), 0);
        assert!(bytes_max(ROOM_MIN, true) > 0);
        assert_eq!(bytes_max(0, false), 0);
        assert!(bytes_max(usize::MAX, true) > 1 << 30);
    }

    #[test]
    fn an_order_has_so_many_bytes() {
        let order = model::NewOrder {
            account: model::AccountId(0),
            session: model::SessionId(0),
            instrument: model::InstrumentId(0),
            cl_ord_id: model::ClOrdId::new("x").unwrap(),
            side: model::Side::Buy,
            ord_type: model::OrdType::Limit,
            tif: model::TimeInForce::Gtc,
            order_qty: model::Qty(1),
            price: None,
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: model::Qty(0),
            display: model::Display::All,
            post_only: model::PostOnly::No,
            reduce_only: false,
            stp: None,
        };
        let mut out = Vec::new();
        let message = wire::Message::Command(model::Command::NewOrder(order));
        wire::frame(&mut out, |out| message.encode(0, 1, out)).unwrap();

        assert_eq!(out.len(), ORDER_BYTES);
    }
}
