//! Numbers of a scenario as text and as mantissas, by instrument and asset, and who is called what.

use std::collections::BTreeMap;

use model::{
    AccountId, AssetId, ClOrdId, GroupId, InstrumentId, Money, OrderId, Price, Qty, StandingTrade, Symbol,
    format_decimal, parse_decimal,
};

/// Names and decimals of everything a scenario has defined.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Assets in order of definition, with decimals.
    pub assets: Vec<(String, u8)>,
    /// Instruments: name, price decimals, quantity decimals.
    pub instruments: Vec<(String, u8, u8)>,
    /// Customers' accounts; the first is account 1.
    pub accounts: Vec<String>,
    /// The client id an order was entered with.
    pub orders: BTreeMap<OrderId, ClOrdId>,
    /// Trades by number, as they stand; one that was taken back as it was.
    pub trades: BTreeMap<u64, StandingTrade>,
    /// Groups by the client id of their first order.
    pub groups: BTreeMap<String, GroupId>,
    /// Whose a client id is and in what, as commands used it last.
    pub owners: BTreeMap<String, (String, InstrumentId)>,
}

/// Names an account, asset or instrument that does not exist.
const NOBODY: u32 = 9_999;

fn find<T>(items: &[T], is_it: impl Fn(&T) -> bool, first: u32) -> u32 {
    items.iter().position(is_it).map_or(NOBODY, |at| u32::try_from(at).unwrap_or(NOBODY) + first)
}

/// A client id, or why it is none.
pub fn client_id(text: &str) -> Result<ClOrdId, String> {
    ClOrdId::new(text).map_err(|error| format!("client id {text}: {error}"))
}

/// A symbol, or why it is none.
pub fn symbol(text: &str) -> Result<Symbol, String> {
    Symbol::new(text).map_err(|error| format!("name {text}: {error}"))
}

/// A whole number.
pub fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text}: not a whole number"))
}

/// A duration in nanoseconds: `5s`, `-1ms`, `3h`; units ns, us, ms, s, m, h.
pub fn duration(text: &str) -> Result<i64, String> {
    let split = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (count, unit) = text.split_at(split);
    let unit_ns = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(format!("{text}: not a duration")),
    };
    let count: i64 = number(count.trim_start_matches('+'))?;
    count.checked_mul(unit_ns).ok_or_else(|| format!("{text}: too long"))
}

fn mantissa(text: &str, decimals: u8) -> Result<i128, String> {
    parse_decimal(text, decimals).map_err(|error| format!("{text}: {error}"))
}

fn fitting(text: &str, decimals: u8) -> Result<i64, String> {
    i64::try_from(mantissa(text, decimals)?).map_err(|_| format!("{text}: too large"))
}

impl Names {
    /// An account by name, `venue` included; an unknown name is an account that does not exist.
    pub fn account(&self, name: &str) -> AccountId {
        if name == "venue" { AccountId::VENUE } else { AccountId(find(&self.accounts, |known| known == name, 1)) }
    }

    /// An asset by name.
    pub fn asset(&self, name: &str) -> AssetId {
        AssetId(find(&self.assets, |(known, _)| known == name, 0))
    }

    /// An instrument by name, the first without one.
    pub fn instrument(&self, name: Option<&str>) -> InstrumentId {
        name.map_or(InstrumentId(0), |name| InstrumentId(find(&self.instruments, |(known, ..)| known == name, 0)))
    }

    /// An instrument that does not exist is written like the first.
    fn decimals(&self, instrument: InstrumentId) -> (u8, u8) {
        let found = self.instruments.get(instrument.0 as usize).or(self.instruments.first());
        found.map_or((0, 0), |(_, price, qty)| (*price, *qty))
    }

    /// Decimals of the prices of an instrument.
    pub fn price_decimals(&self, instrument: InstrumentId) -> u8 {
        self.decimals(instrument).0
    }

    fn asset_decimals(&self, asset: AssetId) -> u8 {
        self.assets.get(asset.0 as usize).map_or(0, |(_, decimals)| *decimals)
    }

    /// A price as a mantissa.
    pub fn price(&self, instrument: InstrumentId, text: &str) -> Result<Price, String> {
        fitting(text, self.decimals(instrument).0).map(Price)
    }

    /// A quantity as a mantissa.
    pub fn qty(&self, instrument: InstrumentId, text: &str) -> Result<Qty, String> {
        fitting(text, self.decimals(instrument).1).map(Qty)
    }

    /// An amount as a mantissa.
    pub fn money(&self, asset: AssetId, text: &str) -> Result<Money, String> {
        mantissa(text, self.asset_decimals(asset)).map(Money)
    }

    /// A price as text.
    pub fn show_price(&self, instrument: InstrumentId, price: Price) -> String {
        format_decimal(price.0.into(), self.decimals(instrument).0)
    }

    /// Half units of a price as text, with one decimal more where the value lies between two prices.
    pub fn show_halves(&self, instrument: InstrumentId, halves: i64) -> String {
        if halves % 2 == 0 {
            return self.show_price(instrument, Price(halves / 2));
        }
        format_decimal(i128::from(halves) * 5, self.decimals(instrument).0 + 1)
    }

    /// A quantity as text.
    pub fn show_qty(&self, instrument: InstrumentId, qty: Qty) -> String {
        format_decimal(qty.0.into(), self.decimals(instrument).1)
    }

    /// An amount as text.
    pub fn show_money(&self, asset: AssetId, amount: i128) -> String {
        format_decimal(amount, self.asset_decimals(asset))
    }

    /// An order that was accepted under this client id.
    pub fn order(&self, id: &str) -> Result<OrderId, String> {
        let found = self.orders.iter().find(|(_, known)| known.as_str() == id);
        found.map(|(order, _)| *order).ok_or_else(|| format!("{id}: no such order was accepted"))
    }

    /// An order by the client id it was entered with.
    pub fn show_order(&self, order: OrderId) -> String {
        self.orders.get(&order).map_or_else(|| format!("#{order}"), ToString::to_string)
    }

    /// An account by name.
    pub fn show_account(&self, account: AccountId) -> String {
        let index = usize::try_from(account.0).unwrap_or(0);
        let name = index.checked_sub(1).and_then(|index| self.accounts.get(index));
        name.cloned().unwrap_or_else(|| format!("#{account}"))
    }

    /// An instrument by name.
    pub fn show_instrument(&self, instrument: InstrumentId) -> String {
        let found = self.instruments.get(instrument.0 as usize);
        found.map_or_else(|| format!("#{instrument}"), |(name, ..)| name.clone())
    }

    /// An asset by name.
    pub fn show_asset(&self, asset: AssetId) -> String {
        let found = self.assets.get(asset.0 as usize);
        found.map_or_else(|| format!("#{asset}"), |(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_a_sign_and_a_unit() {
        assert_eq!(duration("+5s"), Ok(5_000_000_000));
        assert_eq!(duration("-1ms"), Ok(-1_000_000));
        assert_eq!(duration("48h"), Ok(172_800_000_000_000));
        assert!(duration("5").is_err() && duration("s").is_err() && duration("5d").is_err());
    }
}
