//! Images of the vocabulary that the state is made of.

use crate::image;
use crate::image::{Image, ImageError, Input, layout};
use crate::{
    AccountId, AccountKind, AccountLimits, Activation, Allocation, AssetId, BreakerRule, BreakerRules, ClOrdId,
    Display, EndReason, FeeRates, FeeScheduleId, GroupKind, GroupMode, Instrument, InstrumentId, InstrumentLimits,
    KillScope, Limits, Money, OperatorId, OrdType, OrderId, Peg, PegReference, Price, PublicId, Qty, Rate,
    ReferenceKind, RejectReason, Reopening, SessionId, Side, SpreadRule, SpreadState, Stamp, StaticReference, StpMode,
    Symbol, TickBand, TickTable, TradeId, TradingState, Trigger, TriggerKind, TriggerSource, Window,
};

image!(AccountId(u32));
image!(AssetId(u32));
image!(InstrumentId(u32));
image!(SessionId(u32));
image!(OperatorId(u32));
image!(OrderId(u64));
image!(TradeId(u64));
image!(PublicId(u64));
image!(FeeScheduleId(u16));

image!(Price(i64));
image!(Qty(i64));
image!(Money(i128));
image!(Stamp { seq: u64, ts_ns: i64 });
image!(Limits { client_ids_max: usize, client_id_retention_ns: i64, trades_max: u32, triggers_max: u32 });

image!(
    enum Side {
        Buy = 0,
        Sell = 1,
    }
);
image!(
    enum OrdType {
        Limit = 0,
        Market = 1,
        MarketToLimit = 2,
        Pegged = 3,
    }
);
image!(
    enum StpMode {
        None = 0,
        CancelNewest = 1,
        CancelOldest = 2,
        CancelBoth = 3,
        DecrementAndCancel = 4,
    }
);
image!(
    enum PegReference {
        Near = 0,
        Mid = 1,
        Far = 2,
    }
);
image!(Peg { reference: PegReference, offset_ticks: i32 });
image!(
    enum Display {
        All = 0,
        Hidden = 1,
        Iceberg { display_qty: Qty, threshold: Qty, variance_bps: u16 } = 2,
    }
);

image!(
    enum AccountKind {
        Cash = 0,
        Credit = 1,
    }
);
image!(FeeRates { maker_ppm: i32, taker_ppm: i32 });

image!(
    enum Allocation {
        Fifo = 0,
        ProRata = 1,
        FifoThenProRata { fifo_bps: u16 } = 2,
    }
);
image!(TickBand { from: Price, tick: i64 });
image!(Instrument {
    symbol: Symbol,
    base: AssetId,
    quote: AssetId,
    price_decimals: u8,
    qty_decimals: u8,
    ticks: TickTable,
    lot_size: Qty,
    min_qty: Qty,
    max_qty: Qty,
    min_notional: Money,
    max_notional: Money,
    min_price: Price,
    max_price: Price,
    allow_negative: bool,
    previous_close: Option<Price>,
    allocation: Allocation,
    stp_default: StpMode,
    max_slippage_bps: u16,
    seed: u64,
});

image!(
    enum TradingState {
        PreListed = 0,
        PreOpen = 1,
        OpeningAuction = 2,
        Continuous = 3,
        LimitState = 4,
        VolatilityAuction = 5,
        Halted = 6,
        CancelOnly = 7,
        PostOnly = 8,
        ClosingAuction = 9,
        Closed = 10,
        Delisted = 11,
        Cooling = 12,
    }
);

image!(
    enum TriggerKind {
        StopLoss = 0,
        TakeProfit = 1,
        IfTouched = 2,
        TrailingStop = 3,
    }
);
image!(
    enum TriggerSource {
        Last = 0,
        Bid = 1,
        Ask = 2,
        Mid = 3,
        Mark = 4,
        Index = 5,
    }
);
image!(
    enum ReferenceKind {
        Mark = 0,
        Index = 1,
    }
);
image!(Trigger {
    kind: TriggerKind,
    source: TriggerSource,
    fall_back: bool,
    strict: bool,
    allow_immediate: bool,
    price: Option<Price>,
    trail_amount: Option<Price>,
    trail_bps: Option<u32>,
    activation_price: Option<Price>,
    step: Option<Price>,
    limit_offset: Option<Price>,
});

image!(
    enum GroupKind {
        Oco = 0,
        Oto = 1,
        Otoco = 2,
    }
);
image!(
    enum GroupMode {
        Reduce = 0,
        CancelOnFirstFill = 1,
        CancelOnTrigger = 2,
    }
);
image!(
    enum Activation {
        Partial = 0,
        Full = 1,
    }
);

image!(Rate { per_second: u32, burst: u32 });
image!(AccountLimits { orders: Rate, cancels: Rate, open_orders_max: u32, duplicate_ns: i64 });
image!(InstrumentLimits {
    max_qty: Option<Qty>,
    max_value: Option<Money>,
    collar_bps: Option<u32>,
    position_max: Option<Qty>,
    restricted: bool,
});
image!(enum KillScope {
    All = 0,
    Instrument(id: InstrumentId) = 1,
    Account(id: AccountId) = 2,
    Session(id: SessionId) = 3,
});

image!(Window { length_ns: i64, bps: u32 });
image!(SpreadRule { bps: u32, persist_ns: i64 });
image!(Reopening {
    halt_ns: i64,
    call_ns: i64,
    random_end_ns: i64,
    collar_bps: u32,
    widen_bps: u32,
    extend_ns: i64,
    extensions_max: u32,
    cooling_ns: i64,
    cooling_bps: u32,
});
image!(
    enum StaticReference {
        LastAuction = 0,
        Recent = 1,
    }
);
image!(BreakerRules {
    static_bps: u32,
    static_reference: StaticReference,
    windows: [Window; 2],
    limit_state_ns: i64,
    spread: SpreadRule,
    reopening: Reopening,
    interval_ns: i64,
    trips_max: u32,
});
image!(
    enum BreakerRule {
        Static = 0,
        Short = 1,
        Long = 2,
        External = 3,
        Spread = 4,
        Cascade = 5,
        LimitState = 6,
        Cooling = 7,
    }
);
image!(
    enum SpreadState {
        Normal = 0,
        Wide = 1,
        OneSided = 2,
    }
);

/// Its base tick follows from its bands.
impl Image for TickTable {
    const MIN: usize = 8;
    const LAYOUT: u64 = layout("TickTable", &[("bands", <Vec<TickBand>>::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        self.bands().len().save(out);
        for band in self.bands() {
            band.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        TickTable::new(Vec::load(input)?).ok_or_else(|| input.damaged("no tick table"))
    }
}

macro_rules! texts {
    ($($name:ident),+) => {
        $(impl Image for $name {
            const MIN: usize = 1;
            const LAYOUT: u64 = layout(stringify!($name), &[]);

            #[inline]
            fn save(&self, out: &mut Vec<u8>) {
                let bytes = self.as_bytes();
                // At most 36 bytes.
                u8::try_from(bytes.len()).unwrap_or(0).save(out);
                out.extend_from_slice(bytes);
            }

            #[inline]
            fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
                let len = u8::load(input)?;
                let text = core::str::from_utf8(input.slice(usize::from(len))?);
                text.ok().and_then(|text| $name::new(text).ok()).ok_or_else(|| input.damaged("no text"))
            }
        })+
    };
}

texts!(ClOrdId, Symbol);

macro_rules! reasons {
    ($($name:ident),+) => {
        $(impl Image for $name {
            const MIN: usize = 2;
            const LAYOUT: u64 = layout(stringify!($name), &[]);

            fn save(&self, out: &mut Vec<u8>) {
                self.code().save(out);
            }

            fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
                let code = u16::load(input)?;
                let reason = $name::ALL.iter().copied().find(|reason| reason.code() == code);
                reason.ok_or_else(|| input.damaged("no reason"))
            }
        })+
    };
}

reasons!(EndReason, RejectReason);
