//! Trades that are taken back or corrected, in some sequences.

use model::{AccountId, AmendTrade, Command, EventKind, Money, OrderId, Price, Qty, StandingTrade, TradeId};

use super::Generator;

impl Generator {
    /// Notes what the last command made of trades. One that was taken back is remembered as it was.
    pub(super) fn note_trades(&mut self) {
        for event in self.events.as_slice() {
            if let EventKind::Trade(trade) = &event.kind {
                self.trades.push(StandingTrade::from(trade));
            }
            if let EventKind::TradeAmended { key, now, .. } = event.kind
                && !now.is_bust()
            {
                self.trades.push(StandingTrade { key, terms: now });
            }
        }
    }

    /// A trade of lately is amended, in sequences where that happens.
    pub(super) fn maybe_amend_trade(&mut self) -> Option<Command> {
        if !self.world.amends_trades || self.trades.is_empty() || !self.draw.chance(80) {
            return None;
        }
        let back = self.draw.index(self.trades.len().min(12));
        let mut trade = self.trades[self.trades.len() - 1 - back];
        if self.is_bad() {
            self.misstate(&mut trade);
        }
        if self.draw.chance(500) {
            return Some(Command::AmendTrade(Box::new(AmendTrade { trade, price: None, qty: None })));
        }
        let (price, qty) = (self.other_price(&trade), self.other_qty(&trade));
        Some(Command::AmendTrade(Box::new(AmendTrade { trade, price, qty })))
    }

    fn other_price(&mut self, StandingTrade { key, terms }: &StandingTrade) -> Option<Price> {
        let tick = self.market(key.instrument).definition.ticks.base_tick();
        let off = if self.is_bad() { 1 } else { tick };
        let to = self.draw.pick(&[
            terms.price.0,
            terms.price.0.saturating_add(off),
            terms.price.0.saturating_sub(off),
            0,
            terms.price.0.saturating_mul(2),
        ]);
        self.draw.chance(700).then_some(Price(to))
    }

    fn other_qty(&mut self, StandingTrade { key, terms }: &StandingTrade) -> Option<Qty> {
        let lot = self.market(key.instrument).definition.lot_size.0;
        let to = if self.is_bad() {
            self.draw.pick(&[0, -lot, terms.qty.0.saturating_add(lot), lot / 2, i64::MAX])
        } else {
            self.draw.pick(&[terms.qty.0, lot, terms.qty.0 / 2 / lot * lot])
        };
        self.draw.chance(500).then_some(Qty(to))
    }

    /// Says of a trade what is not so.
    fn misstate(&mut self, trade: &mut StandingTrade) {
        let StandingTrade { key, terms } = trade;
        match self.draw.index(8) {
            0 => key.trade_id = TradeId(self.draw.pick(&[0, 999_999])),
            1 => key.buyer = AccountId(self.draw.pick(&[0, 99])),
            2 => key.instrument = model::InstrumentId(99),
            3 => terms.price = Price(self.draw.pick(&[i64::MIN, -1, 1, i64::MAX])),
            4 => terms.qty = Qty(self.draw.pick(&[i64::MIN, -1, 0, 1, i64::MAX])),
            5 => terms.sell_fee = Money(self.draw.pick(&[i128::MIN, i128::MAX, terms.sell_fee.0.saturating_add(1)])),
            6 => key.sell_order_id = OrderId(self.draw.pick(&[0, 999_999])),
            _ => std::mem::swap(&mut key.buyer, &mut key.seller),
        }
    }
}
