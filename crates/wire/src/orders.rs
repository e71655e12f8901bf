//! The layouts of what clients ask for: orders, amends, cancels, stops, groups.

use crate::field::Entry;
use crate::layout::layout;
use model::{
    AccountId, Activation, AmendOrder, CancelAllAfter, CancelGroup, CancelOrder, ClOrdId, Display, GroupId, GroupKind,
    GroupLeg, GroupMode, InstrumentId, MassCancel, Money, NewGroup, NewOrder, NewStop, OrdType, OrderRef, Peg,
    PostOnly, Price, Qty, SessionId, SetCancelOnDisconnect, Side, StpMode, TimeInForce, Trigger, TriggerKind,
    TriggerSource,
};

layout! {
    NewOrder {
        /// Whose order (FIX 1); a client sends its own or 0.
        account: AccountId,
        /// Through which connection; a client sends its own or 0.
        session: SessionId,
        /// In what.
        instrument: InstrumentId,
        /// The client's own id (FIX 11).
        cl_ord_id: ClOrdId,
        /// Buy or sell (FIX 54).
        side: Side,
        /// How it is priced (FIX 40).
        ord_type: OrdType,
        /// How long it lives (FIX 59).
        tif: TimeInForce,
        /// Quantity (FIX 38); 0 only together with a budget.
        order_qty: Qty,
        /// Limit price (FIX 44).
        price: Option<Price>,
        /// How far a market or market-to-limit order may go.
        protection_price: Option<Price>,
        /// Most that a market buy order may spend, fees included.
        quote_qty: Option<Money>,
        /// What a pegged order follows.
        peg: Option<Peg>,
        /// Smallest quantity an IOC order must be able to trade at once (FIX 110).
        min_qty: Qty,
        /// How much of it is shown.
        display: Display,
        /// Whether it may take.
        post_only: PostOnly,
        /// Whether it may only shrink a position.
        reduce_only: bool,
        /// Its self-trade prevention, or the instrument's.
        stp: Option<StpMode>,
    }
}

layout! {
    AmendOrder {
        /// Whose order; a client sends its own or 0.
        account: AccountId,
        /// The new client id, which joins the order's chain (FIX 11).
        cl_ord_id: ClOrdId,
        /// How the order is named.
        target: OrderRef,
        /// New total quantity, what is filled included (FIX 38).
        order_qty: Option<Qty>,
        /// New limit price (FIX 44).
        price: Option<Price>,
        /// New size of fresh tips of an iceberg (FIX 1138).
        display_qty: Option<Qty>,
        /// New life: GTC, DAY or GTD (FIX 59).
        tif: Option<TimeInForce>,
        /// New self-trade prevention.
        stp: Option<StpMode>,
        /// New trigger (FIX 1102).
        trigger_price: Option<Price>,
        /// The filled quantity the client had seen; fills beyond it are taken off `order_qty`.
        seen_cum_qty: Option<Qty>,
    }
}

layout! {
    CancelOrder {
        /// Whose order; a client sends its own or 0.
        account: AccountId,
        /// How the order is named.
        target: OrderRef,
        /// The other orders of its group stay.
        unlink: bool,
    }
}

layout! {
    MassCancel {
        /// Of this account only; a client sends its own or nothing.
        account: Option<AccountId>,
        /// Entered through this connection only.
        session: Option<SessionId>,
        /// In this instrument only.
        instrument: Option<InstrumentId>,
        /// Of this side only.
        side: Option<Side>,
    }
}

layout! {
    Trigger {
        /// Why the order waits.
        kind: TriggerKind,
        /// What its trigger is compared with (FIX 1107).
        source: TriggerSource,
        /// While a mark or index price is missing or too old, trade prices count instead.
        fall_back: bool,
        /// The source must go beyond the trigger.
        strict: bool,
        /// A trigger that has been passed at entry fires at once.
        allow_immediate: bool,
        /// The trigger (FIX 1102); of a trailing stop, one that it never falls behind.
        price: Option<Price>,
        /// Distance of a trailing stop as a price difference.
        trail_amount: Option<Price>,
        /// Distance of a trailing stop in basis points.
        trail_bps: Option<u32>,
        /// A trailing stop starts to follow when its source reaches this.
        activation_price: Option<Price>,
        /// The anchor moves only when the source is at least this far beyond it.
        step: Option<Price>,
        /// A trailing stop of type limit gets its limit this far behind its trigger.
        limit_offset: Option<Price>,
    }
}

layout! {
    NewStop {
        /// What it becomes when it fires.
        order: NewOrder,
        /// What makes it fire.
        trigger: Trigger,
    }
}

layout! {
    GroupLeg {
        /// The order.
        order: NewOrder,
        /// What it waits for, where it does.
        trigger: Option<Trigger>,
    }
}

impl Entry for GroupLeg {
    /// More than any kind of group has, so that a wrong number of legs can be asked for, refused and kept on record.
    const COUNT_MAX: usize = 8;
}

layout! {
    NewGroup {
        /// How the orders depend on each other.
        kind: GroupKind,
        /// What a fill or a trigger of one exit does to the other.
        mode: GroupMode,
        /// When the entry releases the others.
        activation: Activation,
        /// The orders, entry first.
        legs: Vec<GroupLeg>,
    }
}

layout! {
    CancelGroup {
        /// Whose; a client sends its own or 0.
        account: AccountId,
        /// Which.
        group: GroupId,
    }
}

layout! {
    CancelAllAfter {
        /// Whose; a client sends its own or 0.
        account: AccountId,
        /// When its orders are cancelled unless this is renewed, in nanoseconds from now; 0 disarms.
        timeout_ns: i64,
    }
}

layout! {
    SetCancelOnDisconnect {
        /// Which connection; a client sends its own or 0.
        session: SessionId,
        /// How long after the loss its orders are cancelled, in nanoseconds; absent: never.
        grace_ns: Option<i64>,
    }
}
