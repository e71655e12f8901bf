//! Trades that are taken back or corrected.

use model::{
    AccountId, AmendTrade, AssetId, EventKind, Events, Money, Price, Qty, RejectReason, StandingTrade, TradeKey,
    TradeTerms,
};

use super::checks::{Checks, Refusal};
use super::definitions::command_rejected;
use super::funds::ceil_div;
use super::{Listed, NaiveExchange};

impl NaiveExchange {
    pub(super) fn amend_trade(&mut self, request: &AmendTrade, out: &mut Events) {
        let StandingTrade { key, terms: was } = request.trade;
        match self.amended(request) {
            Err(refusal) => out.push(command_rejected(refusal)),
            Ok(now) => {
                for (account, asset, amount) in self.gains(&key, &was, &now) {
                    self.move_funds(account, asset, amount);
                }
                self.amended_trades.insert(key.trade_id, StandingTrade { key, terms: now });
                out.push(EventKind::TradeAmended { key, was, now });
            }
        }
    }

    fn amended(&self, request: &AmendTrade) -> Result<TradeTerms, Refusal> {
        let StandingTrade { key, terms: was } = request.trade;
        let mut checks = Checks::default();
        let parties = [key.buyer, key.seller];
        checks.plain(parties.into_iter().any(|id| self.customer(id).is_none()), RejectReason::UnknownAccount);
        checks.plain(self.listed(key.instrument).is_none(), RejectReason::UnknownInstrument);
        checks.result()?;
        let listed = self.instrument(key.instrument);
        let last = self.amended_trades.get(&key.trade_id);
        let is_busted = last.is_some_and(|last| last.terms.qty == Qty(0));
        let is_stale = !is_busted && last.is_some_and(|last| *last != request.trade);
        checks.plain(is_stale || !self.could_be(&request.trade), RejectReason::UnknownTrade);
        checks.plain(is_busted, RejectReason::TradeBusted);
        checks.result()?;
        let now = match (request.price, request.qty) {
            (None, None) => TradeTerms { qty: Qty(0), buy_fee: Money(0), sell_fee: Money(0), ..was },
            (price, qty) => {
                let (price, qty) = (price.unwrap_or(was.price), qty.unwrap_or(was.qty));
                corrected(listed, &was, (price, qty))?
            }
        };
        checks.plain(listed.outcome.is_some(), RejectReason::OutcomeAsset);
        checks.plain(now == was, RejectReason::TradeUnchanged);
        checks.result()?;
        self.check_covered(&key, &self.gains(&key, &was, &now))?;
        Ok(now)
    }

    /// such a trade can have been made.
    fn could_be(&self, StandingTrade { key, terms }: &StandingTrade) -> bool {
        let listed = self.instrument(key.instrument);
        let definition = &listed.definition;
        let TradeTerms { price, qty, .. } = *terms;
        let orders = [key.buy_order_id.0, key.sell_order_id.0];
        let most = || self.notional(key.instrument, price, qty.0).unsigned_abs();
        let is_given = 0 < key.trade_id.0 && key.trade_id.0 < self.next_trade;
        is_given
            && orders.into_iter().all(|id| 0 < id && id < self.next_order)
            && price.0 % listed.grain() == 0
            && (listed.first_bounds.0..=listed.first_bounds.1).contains(&price)
            && qty.0 % definition.lot_size.0 == 0
            && Qty(0) < qty
            && qty <= definition.max_qty
            && [terms.buy_fee, terms.sell_fee].into_iter().all(|fee| fee.0.unsigned_abs() <= most())
    }

    /// What each side gets beside what it got, fees and the venue included.
    fn gains(&self, key: &TradeKey, was: &TradeTerms, now: &TradeTerms) -> Vec<(AccountId, AssetId, i128)> {
        let listed = self.instrument(key.instrument);
        let (base, quote) = (listed.definition.base, listed.definition.quote);
        let mut gains = Vec::new();
        for (terms, sign) in [(was, -1), (now, 1)] {
            let notional = self.notional(key.instrument, terms.price, terms.qty.0);
            let amount = i128::from(terms.qty.0) * listed.base_scale;
            gains.push((key.buyer, base, sign * amount));
            gains.push((key.buyer, quote, sign * (-notional - terms.buy_fee.0)));
            gains.push((key.seller, base, sign * -amount));
            gains.push((key.seller, quote, sign * (notional - terms.sell_fee.0)));
            gains.push((AccountId::VENUE, quote, sign * (terms.buy_fee.0 + terms.sell_fee.0)));
        }
        gains
    }

    ///
    fn check_covered(&self, key: &TradeKey, gains: &[(AccountId, AssetId, i128)]) -> Result<(), Refusal> {
        let definition = &self.instrument(key.instrument).definition;
        for account in [key.buyer, key.seller] {
            for asset in [definition.base, definition.quote] {
                let of_both = gains.iter().filter(|gain| gain.0 == account && gain.1 == asset);
                let gain: i128 = of_both.map(|gain| gain.2).sum();
                let mut checks = Checks::default();
                self.check_funds(account, asset, -gain, &mut checks);
                checks.result()?;
            }
        }
        Ok(())
    }
}

///
fn corrected(listed: &Listed, was: &TradeTerms, to: (Price, Qty)) -> Result<TradeTerms, Refusal> {
    let (price, qty) = to;
    let definition = &listed.definition;
    let lot = definition.lot_size.0;
    let mut checks = Checks::default();
    checks.measured(qty.0 <= 0, RejectReason::QtyNotPositive, qty.0.into(), 0);
    checks.measured(qty.0 % lot != 0, RejectReason::QtyLot, qty.0.into(), lot.into());
    checks.measured(qty > was.qty, RejectReason::QtyMax, qty.0.into(), was.qty.0.into());
    if price != was.price {
        checks.price(price, definition);
    }
    checks.result()?;
    let notional = |price: Price, qty: Qty| i128::from(price.0) * i128::from(qty.0) * listed.notional_scale;
    let (before, after) = (notional(was.price, was.qty).abs(), notional(price, qty).abs());
    let mut fees = [was.buy_fee, was.sell_fee];
    for fee in fees.iter_mut().filter(|_| before != 0) {
        let product = fee.0.checked_mul(after);
        checks.measured(product.is_none(), RejectReason::Overflow, after, before);
        *fee = Money(ceil_div(product.unwrap_or(0), before));
    }
    checks.result()?;
    let [buy_fee, sell_fee] = fees;
    Ok(TradeTerms { price, qty, buy_fee, sell_fee })
}
