//! Balances, fees and reserves.

use model::{AccountId, AccountKind, AssetId, FeeBase, FeeRates, InstrumentId, OrderId, Price, Side};

use super::{NaiveExchange, Order};

/// What one account has of one asset.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Funds {
    pub total: i128,
    pub reserved: i128,
}

/// Whether an order takes or makes in a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Maker,
    Taker,
}

/// Division that rounds up.
pub(super) fn ceil_div(dividend: i128, divisor: i128) -> i128 {
    -(-dividend).div_euclid(divisor)
}

impl NaiveExchange {
    pub(super) fn available(&self, account: AccountId, asset: AssetId) -> i128 {
        let (total, reserved) = self.balance(account, asset);
        total - reserved
    }

    pub(super) fn move_funds(&mut self, account: AccountId, asset: AssetId, amount: i128) {
        self.funds.entry((account, asset)).or_default().total += amount;
    }

    /// price times quantity in units of the quote asset.
    pub(super) fn notional(&self, instrument: InstrumentId, price: Price, qty: i64) -> i128 {
        i128::from(price.0) * i128::from(qty) * self.instrument(instrument).notional_scale
    }

    /// what an account pays in an instrument from now on.
    fn rates(&self, account: AccountId, instrument: InstrumentId) -> FeeRates {
        let base = match self.instrument(instrument).outcome {
            None => FeeBase::Notional,
            Some(_) => FeeBase::Variance,
        };
        let schedule = self.schedules.get(&self.account(account).fees);
        schedule.and_then(|(_, rates)| rates.get(&base)).copied().unwrap_or_default()
    }

    /// the account's rate at this moment, never above the order's cap.
    fn fee_rate(&self, order: &Order, role: Role) -> i128 {
        let rates = self.rates(order.account, order.instrument);
        let rate = match role {
            Role::Maker => rates.maker_ppm,
            Role::Taker => rates.taker_ppm,
        };
        rate.min(order.fee_cap).into()
    }

    /// the fee of a fill and what is prepaid after it.
    pub(super) fn fee_of(&self, order: &Order, role: Role, price: Price, qty: i64) -> (i128, i128) {
        let rate = self.fee_rate(order, role);
        let notional = self.notional(order.instrument, price, qty);
        let listed = self.instrument(order.instrument);
        let due = if listed.outcome.is_some() {
            let one = 10_i128.pow(listed.definition.price_decimals.into());
            ceil_div(notional * (one - i128::from(price.0)) * rate, one)
        } else {
            notional.abs() * rate
        } - order.prepaid;
        let fee = ceil_div(due, 1_000_000);
        (fee, fee * 1_000_000 - due)
    }

    /// The highest rate an order of this account can be charged in an instrument from now on.
    pub(super) fn fee_cap(&self, account: AccountId, instrument: InstrumentId) -> i32 {
        self.rates(account, instrument).worst_ppm()
    }

    pub(super) fn is_cash(&self, account: AccountId) -> bool {
        self.account(account).kind == AccountKind::Cash
    }

    /// A cash account without a credit line that has reserved more than it has, or spent it.
    pub fn overdrawn(&self) -> Option<(AccountId, AssetId)> {
        let of_cash = self.funds.iter().filter(|((account, _), _)| self.is_cash(*account));
        let without_line =
            of_cash.filter(|((account, asset), _)| !self.guards.credit.contains_key(&(*account, *asset)));
        without_line.filter(|(_, funds)| funds.total < funds.reserved).map(|(key, _)| *key).next()
    }

    /// The asset an order reserves.
    pub(super) fn reserve_asset(&self, order: &Order) -> AssetId {
        let listed = self.instrument(order.instrument);
        let definition = &listed.definition;
        match (order.side, &listed.outcome) {
            (_, Some(_)) if !order.closes => definition.quote,
            (Side::Buy, Some(outcome)) => outcome.no,
            (Side::Buy, None) => definition.quote,
            (Side::Sell, _) => definition.base,
        }
    }

    /// what must be reserved for an order as it is, were it in no group.
    pub(super) fn reserve_of(&self, order: &Order) -> i128 {
        let price = order.limit.or(order.protection);
        if !self.is_cash(order.account) {
            return 0;
        }
        let listed = self.instrument(order.instrument);
        if listed.outcome.is_some() && !order.closes {
            return price.map_or(0, |price| self.reserve_to_open(order, price));
        }
        if order.closes {
            return i128::from(order.leaves) * listed.base_scale;
        }
        match (order.side, order.budget, price) {
            (Side::Sell, _, _) => i128::from(order.leaves) * self.instrument(order.instrument).base_scale,
            (Side::Buy, Some(budget), _) => budget,
            (Side::Buy, None, Some(price)) => {
                let notional = self.notional(order.instrument, price, order.leaves);
                notional + ceil_div(notional * i128::from(order.fee_cap) - order.prepaid, 1_000_000)
            }
            (Side::Buy, None, None) => 0,
        }
    }

    /// the price of what it buys, YES or NO, and the fee of the trade.
    fn reserve_to_open(&self, order: &Order, price: Price) -> i128 {
        let notional = self.notional(order.instrument, price, order.leaves);
        let fee = ceil_div(notional * i128::from(order.fee_cap) - order.prepaid, 1_000_000);
        match order.side {
            Side::Buy => notional + fee,
            Side::Sell => self.worth(order.instrument, order.leaves) - notional + fee,
        }
    }

    /// Brings the reserve of an order to what it must be. Of two exits one carries the larger hold.
    pub(super) fn update_reserve(&mut self, id: OrderId) {
        let needed = self.needed_for(self.order(id));
        if let Some(sibling) = self.sibling(id) {
            self.set_reserve(sibling, 0);
        }
        self.set_reserve(id, needed);
    }

    pub(super) fn set_reserve(&mut self, id: OrderId, needed: i128) {
        let order = self.order(id);
        let (key, change) = ((order.account, self.reserve_asset(order)), needed - order.reserved);
        self.order_mut(id).reserved = needed;
        if change != 0 {
            self.funds.entry(key).or_default().reserved += change;
        }
    }

    /// quantity and notional change hands, each side pays its fee to the venue. Returns the fees of buy and sell.
    pub(super) fn settle(&mut self, price: Price, qty: i64, parts: [(OrderId, Role); 2]) -> (i128, i128) {
        let [(bid, bid_role), (ask, ask_role)] = parts;
        let (buyer, seller) = (self.order(bid), self.order(ask));
        let listed = self.instrument(buyer.instrument);
        let (base, quote) = (listed.definition.base, listed.definition.quote);
        let notional = self.notional(buyer.instrument, price, qty);
        let base_amount = i128::from(qty) * listed.base_scale;
        let (buy_fee, buy_prepaid) = self.fee_of(buyer, bid_role, price, qty);
        let (sell_fee, sell_prepaid) = self.fee_of(seller, ask_role, price, qty);
        let (buyer, seller) = (buyer.account, seller.account);
        self.order_mut(bid).prepaid = buy_prepaid;
        self.order_mut(ask).prepaid = sell_prepaid;
        self.move_funds(buyer, base, base_amount);
        self.move_funds(seller, base, -base_amount);
        self.move_funds(buyer, quote, -notional - buy_fee);
        self.move_funds(seller, quote, notional - sell_fee);
        self.move_funds(AccountId::VENUE, quote, buy_fee + sell_fee);
        (buy_fee, sell_fee)
    }

    /// the account's holding of the base asset in whole lots, negative where it owes.
    pub(super) fn position(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        let listed = self.instrument(instrument);
        let lot = i128::from(listed.definition.lot_size.0);
        let lots = |asset: AssetId| self.balance(account, asset).0 / (listed.base_scale * lot);
        let of_no = listed.outcome.as_ref().map_or(0, |outcome| lots(outcome.no));
        (lots(listed.definition.base) - of_no) * lot
    }

    /// the largest quantity up to `most` that the order wants and its budget pays at a price.
    pub(super) fn affordable(&self, order: &Order, price: Price, most: i64) -> i64 {
        let most = most.min(order.wanted());
        let Some(budget) = order.budget else { return most };
        let lot = self.instrument(order.instrument).definition.lot_size.0;
        let pays = |lots: i64| {
            let notional = self.notional(order.instrument, price, lots * lot);
            notional + self.fee_of(order, Role::Taker, price, lots * lot).0 <= budget
        };
        let (mut paid, mut beyond) = (0, most / lot + 1);
        while beyond - paid > 1 {
            let middle = paid + (beyond - paid) / 2;
            if pays(middle) { paid = middle } else { beyond = middle }
        }
        paid * lot
    }
}
