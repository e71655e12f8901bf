//! New orders and amends, most of them sensible, some of them wrong in one field.

use model::{
    AccountId, AmendOrder, ClOrdId, Display, InstrumentId, Money, NewOrder, OrdType, OrderId, OrderRef, Peg,
    PegReference, PostOnly, Price, Qty, SessionId, Side, StpMode, TimeInForce, TradingState, TriggerKind,
};

use super::world::{Market, STP_MODES};
use super::{Generator, Used};

const ORD_TYPES: [OrdType; 4] = [OrdType::Limit, OrdType::Market, OrdType::MarketToLimit, OrdType::Pegged];

impl Generator {
    pub(super) fn price(&mut self, market: &Market, side: Side) -> Price {
        let ticks = &market.definition.ticks;
        let steps = self.draw.between(0, self.swarm.spread_ticks);
        let is_aggressive = self.draw.chance(self.swarm.aggressive);
        let mut price = ticks.floor(Price(market.middle.0 + self.drift));
        for _ in 0..steps {
            let is_up = (side == Side::Sell) != is_aggressive;
            price = if is_up { ticks.up(price) } else { ticks.down(price) };
        }
        if self.draw.chance(5) {
            price = self.draw.pick(&[market.definition.min_price, market.definition.max_price]);
        }
        if self.is_bad() {
            let wrong = [Price(price.0 + 1), Price(0), Price(-1), Price(i64::MAX), Price(i64::MIN + 1), Price(100_000)];
            price = self.draw.pick(&wrong);
        }
        price
    }

    fn lots(&mut self, market: &Market) -> i64 {
        let lots = self.draw.between(1, self.swarm.lots);
        lots * market.definition.lot_size.0
    }

    pub(super) fn qty(&mut self, market: &Market) -> Qty {
        let qty = self.lots(market).max(market.definition.min_qty.0);
        if self.is_bad() {
            let lot = market.definition.lot_size.0;
            return Qty(self.draw.pick(&[0, -1, -lot, 1, lot + 1, qty * 1_000, i64::MAX, i64::MIN + 1]));
        }
        Qty(qty)
    }

    pub(super) fn tif(&mut self) -> TimeInForce {
        let tif = self.draw.weighted(&self.swarm.tifs.clone());
        let ahead = self.draw.pick(&[1, 200, 5_000, 2_000_000, 900_000_000, 40_000_000_000]);
        let ahead = if self.is_bad() { -ahead } else { ahead };
        let kinds = [
            TimeInForce::Gtc,
            TimeInForce::Day,
            TimeInForce::Gtd { expire_ns: self.ts_ns + ahead },
            TimeInForce::Ioc,
            TimeInForce::Fok,
            TimeInForce::Ato,
            TimeInForce::Atc,
            TimeInForce::Gfa,
        ];
        kinds[tif]
    }

    /// An order type, mostly one that the trading state lets in.
    fn ord_type(&mut self, instrument: InstrumentId) -> OrdType {
        let ord_type = ORD_TYPES[self.draw.weighted(&self.swarm.ord_types.clone())];
        let needs_market = matches!(ord_type, OrdType::MarketToLimit | OrdType::Pegged);
        let state = self.state(instrument);
        if state == TradingState::LimitState && self.draw.chance(300) {
            // Only orders without a limit get as far as the edge of its band.
            return OrdType::Market;
        }
        let can_match = state.matches_orders();
        if needs_market && !can_match && self.draw.chance(900) { OrdType::Limit } else { ord_type }
    }

    /// A time in force that goes with the order type and mostly with the trading state.
    fn fitting_tif(&mut self, ord_type: OrdType, by_budget: bool, instrument: InstrumentId) -> TimeInForce {
        let tif = self.tif();
        if self.is_bad() {
            return tif;
        }
        let state = self.state(instrument);
        let is_immediate = matches!(tif, TimeInForce::Ioc | TimeInForce::Fok);
        if self.draw.chance(900) {
            if state.matches_orders() && tif.is_auction() {
                return if ord_type == OrdType::Market { TimeInForce::Ioc } else { TimeInForce::Gtc };
            }
            let is_collecting = state.new_orders() == model::Admission::Call;
            if is_collecting && (ord_type == OrdType::Market || is_immediate) {
                let only_closing = state == TradingState::ClosingAuction;
                let named = if only_closing { TimeInForce::Atc } else { TimeInForce::Ato };
                return self.draw.pick(&[TimeInForce::Gfa, named]);
            }
        }
        match ord_type {
            OrdType::Market if by_budget => TimeInForce::Ioc,
            OrdType::Market if tif.rests() => {
                self.draw.pick(&[TimeInForce::Ioc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Gfa])
            }
            OrdType::Limit | OrdType::Market => tif,
            OrdType::MarketToLimit | OrdType::Pegged if tif.rests() => tif,
            OrdType::MarketToLimit | OrdType::Pegged => TimeInForce::Gtc,
        }
    }

    pub(super) fn display(&mut self, market: &Market, qty: Qty) -> Display {
        let lot = market.definition.lot_size.0;
        match self.draw.weighted(&self.swarm.displays.clone()) {
            0 => Display::All,
            1 => Display::Hidden,
            _ => {
                let lots = (qty.0 / lot).clamp(1, 1_000_000);
                let most = self.draw.between(1, lots);
                let shown = self.draw.between(1, most);
                let threshold = if self.draw.chance(300) { self.draw.between(0, shown - 1) } else { 0 };
                let variance_bps = self.draw.pick(&[0, 0, 1_000, 5_000, 10_000]);
                let mut tip = shown * lot;
                let mut low = threshold * lot;
                if self.is_bad() {
                    tip = self.draw.pick(&[0, -lot, lot + 1, tip * 1_000]);
                    low = self.draw.pick(&[-1, tip, low]);
                }
                let variance_bps = if self.is_bad() { 10_001 } else { variance_bps };
                Display::Iceberg { display_qty: Qty(tip), threshold: Qty(low), variance_bps }
            }
        }
    }

    pub(super) fn stp(&mut self) -> Option<StpMode> {
        match self.draw.weighted(&self.swarm.stp_modes.clone()) {
            0 => None,
            mode => Some(STP_MODES[mode - 1]),
        }
    }

    /// A new order.
    pub(super) fn new_order(&mut self) -> NewOrder {
        let account = self.account();
        let (instrument, market) = self.instrument();
        let side = self.draw.pick(&[Side::Buy, Side::Sell]);
        let ord_type = self.ord_type(instrument);
        let qty = self.qty(&market);
        let price = self.price(&market, side);
        let is_budget = ord_type == OrdType::Market
            && side == Side::Buy
            && self.state(instrument).matches_orders()
            && self.draw.chance(300);
        let mut order = NewOrder {
            account,
            session: SessionId(u32::try_from(self.draw.index(3)).expect("small")),
            instrument,
            cl_ord_id: self.fresh_id(account),
            side,
            ord_type,
            tif: self.fitting_tif(ord_type, is_budget, instrument),
            order_qty: qty,
            price: None,
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: self.stp(),
        };
        self.maybe_reduce_only(&mut order, &market);
        match ord_type {
            OrdType::Limit => self.dress_limit(&mut order, &market, price),
            OrdType::Market | OrdType::MarketToLimit => self.dress_market(&mut order, &market, price, is_budget),
            OrdType::Pegged => self.dress_pegged(&mut order, price),
        }
        if self.is_bad() {
            self.spoil(&mut order, price);
        }
        order
    }

    /// Where the sequence has reduce-only orders: on the side that reduces, as often as not.
    pub(super) fn maybe_reduce_only(&mut self, order: &mut NewOrder, market: &Market) {
        let is_offered = market.definition.allocation == model::Allocation::Fifo && !order.tif.is_auction();
        if !is_offered || !self.draw.chance(self.swarm.reduce_only) {
            return;
        }
        order.reduce_only = true;
        let (total, _) = self.exchange.balance(order.account, market.definition.base);
        let reduces = if total > 0 { Side::Sell } else { Side::Buy };
        if self.draw.chance(800) && order.side != reduces {
            order.side = reduces;
        }
    }

    fn dress_limit(&mut self, order: &mut NewOrder, market: &Market, price: Price) {
        order.price = Some(price);
        let is_immediate = matches!(order.tif, TimeInForce::Ioc | TimeInForce::Fok);
        if !is_immediate && !order.reduce_only {
            order.display = self.display(market, order.order_qty);
        }
        let may_be_passive = self.state(order.instrument).new_orders() != model::Admission::Call;
        if order.tif.rests() && (may_be_passive || self.draw.chance(30)) {
            order.post_only =
                [PostOnly::No, PostOnly::Reject, PostOnly::Slide][self.draw.weighted(&self.swarm.post_only.clone())];
        }
        if order.tif == TimeInForce::Ioc && self.draw.chance(300) {
            order.min_qty = Qty(self.lots(market).min(order.order_qty.0));
        }
    }

    fn dress_market(&mut self, order: &mut NewOrder, market: &Market, price: Price, is_budget: bool) {
        if self.draw.chance(if order.tif.is_auction() { 850 } else { 400 }) {
            order.protection_price = Some(price);
        }
        if is_budget && order.side == Side::Buy {
            order.reduce_only = false;
            let lots = i128::from(self.lots(market));
            let exact = i128::from(price.0).saturating_mul(lots).saturating_mul(market.scale);
            order.quote_qty = Some(Money(exact.saturating_add(self.draw.between(-3, 1_000).into())));
            if self.draw.chance(700) {
                order.order_qty = Qty(0);
            }
        } else if order.tif == TimeInForce::Ioc && self.draw.chance(150) {
            order.min_qty = Qty(self.lots(market).min(order.order_qty.0));
        }
    }

    fn dress_pegged(&mut self, order: &mut NewOrder, price: Price) {
        order.reduce_only = false;
        let reference = self.draw.pick(&[PegReference::Near, PegReference::Mid, PegReference::Far]);
        let offset_ticks = i32::try_from(self.draw.between(-3, 3)).expect("small");
        let offset_ticks = if self.draw.chance(20) { offset_ticks * 10_000 } else { offset_ticks };
        order.peg = Some(Peg { reference, offset_ticks });
        if self.draw.chance(800) {
            order.price = Some(price);
        }
    }

    /// Breaks the form of an order in one place.
    pub(super) fn spoil(&mut self, order: &mut NewOrder, price: Price) {
        match self.draw.index(14) {
            0 => order.price = None,
            1 => order.price = Some(price),
            2 => order.protection_price = Some(price),
            3 => order.quote_qty = Some(Money(self.draw.pick(&[0, -1, 1, i128::MAX, 50_000]))),
            4 => order.peg = Some(Peg { reference: PegReference::Near, offset_ticks: 0 }),
            5 => order.peg = None,
            6 => order.post_only = PostOnly::Reject,
            7 => order.display = Display::Hidden,
            8 => order.min_qty = Qty(self.draw.pick(&[-1, 1, 7, i64::MAX])),
            9 => order.reduce_only = true,
            10 => order.account = AccountId(self.draw.pick(&[0, 99])),
            11 => order.instrument = InstrumentId(99),
            12 => order.protection_price = None,
            _ => order.tif = self.tif(),
        }
    }

    /// An amend of an order that was entered, or of one that was not.
    pub(super) fn amend(&mut self) -> AmendOrder {
        let used = self.used();
        let (_, market) = self.instrument();
        let target = self.target(&used);
        let mut amend = AmendOrder {
            account: used.account,
            cl_ord_id: self.fresh_id(used.account),
            target,
            order_qty: None,
            price: None,
            display_qty: None,
            tif: None,
            stp: None,
            seen_cum_qty: None,
            trigger_price: None,
        };
        let market = used.instrument.map_or(market, |instrument| self.market(instrument));
        if self.draw.chance(600) {
            amend.order_qty = Some(self.qty(&market));
        }
        if self.draw.chance(350) {
            amend.price = Some(self.price(&market, used.side));
        }
        if self.draw.chance(if used.waits { 400 } else { 20 }) {
            let kind = self.draw.pick(&[TriggerKind::StopLoss, TriggerKind::TakeProfit]);
            amend.trigger_price = Some(self.trigger_price(&market, kind, used.side));
        }
        if self.draw.chance(if used.waits { 20 } else { 120 }) {
            amend.display_qty = Some(Qty(self.lots(&market).min(3 * market.definition.lot_size.0)));
        }
        if self.draw.chance(120) {
            amend.tif = Some(self.tif());
        }
        if self.draw.chance(100) {
            amend.stp = self.stp();
        }
        if self.draw.chance(100) {
            let lot = market.definition.lot_size.0;
            amend.seen_cum_qty = Some(Qty(self.draw.pick(&[0, 0, lot, 2 * lot, -lot, 1])));
        }
        amend
    }

    /// Names an order by a client id, its own id, or wrongly.
    pub(super) fn target(&mut self, used: &Used) -> OrderRef {
        let entered = self.entered.max(1);
        if self.is_bad() {
            let nobody = ClOrdId::new("nobody").expect("printable");
            return self.draw.pick(&[OrderRef::Client(nobody), OrderRef::Order(OrderId(0))]);
        }
        if self.draw.chance(100) {
            let low = entered.saturating_sub(12);
            let back = u64::try_from(self.draw.index(13)).expect("small");
            return OrderRef::Order(OrderId((low + back).max(1)));
        }
        OrderRef::Client(used.cl_ord_id)
    }
}
