//! What the demo market trades: five instruments, how each is priced, sized and how active it is.

use model::{Allocation, AssetId, Instrument, Money, Price, Qty, StpMode, Symbol, TickTable};

/// Instruments that move together when there is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Shares and funds.
    Equity,
    /// Coins.
    Coin,
}

impl Group {
    pub(super) const ALL: [Group; 2] = [Group::Equity, Group::Coin];
}

/// One instrument and its character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) symbol: &'static str,
    pub(super) base: &'static str,
    /// Decimals of the base asset and of quantities.
    pub(super) qty_decimals: u8,
    pub(super) price_decimals: u8,
    /// Step of the price grid, in price mantissa units.
    pub(super) tick: i64,
    /// The price, in ticks, that the fair value starts at and is drawn back to.
    pub(super) anchor_ticks: i64,
    /// The lot most orders are for, in quantity mantissa units.
    pub(super) round_lot: i64,
    /// Quantities of one in so many mille are not a multiple of the round lot.
    pub(super) odd_lots_per_mille: u32,
    /// Its part of the market's activity, per mille.
    pub(super) share_per_mille: u32,
    /// Half of the narrowest spread a maker asks for, in 1/256 tick.
    pub(super) half_spread_q8: i64,
    /// How strongly news moves it, in 1/16 of the group.
    pub(super) beta_16: i64,
    pub(super) group: Group,
}

const EQUITY: Shape = Shape {
    symbol: "",
    base: "",
    qty_decimals: 0,
    price_decimals: 2,
    tick: 1,
    anchor_ticks: 0,
    round_lot: 100,
    odd_lots_per_mille: 180,
    share_per_mille: 0,
    half_spread_q8: 60,
    beta_16: 16,
    group: Group::Equity,
};

const COIN: Shape =
    Shape { qty_decimals: 4, odd_lots_per_mille: 700, half_spread_q8: 160, group: Group::Coin, ..EQUITY };

/// The five, in the order they are listed. Activity adds up to 1,000.
pub(super) const SHAPES: [Shape; 5] = [
    Shape { symbol: "AAPL", base: "AAPL", anchor_ticks: 18_950, share_per_mille: 240, beta_16: 20, ..EQUITY },
    Shape { symbol: "SPY", base: "SPY", anchor_ticks: 47_512, share_per_mille: 280, beta_16: 32, ..EQUITY },
    Shape { symbol: "QQQ", base: "QQQ", anchor_ticks: 40_384, share_per_mille: 200, beta_16: 32, ..EQUITY },
    Shape {
        symbol: "BTC-USD",
        base: "BTC",
        tick: 100,
        anchor_ticks: 64_250,
        round_lot: 500,
        share_per_mille: 170,
        ..COIN
    },
    Shape {
        symbol: "ETH-USD",
        base: "ETH",
        tick: 10,
        anchor_ticks: 34_120,
        round_lot: 5_000,
        share_per_mille: 110,
        ..COIN
    },
];

/// What everything is paid with.
pub(super) const QUOTE: &str = "USD";
/// Decimals of the quote asset: price and quantity decimals of every shape fit.
pub(super) const QUOTE_DECIMALS: u8 = 8;

impl Shape {
    /// The definition that lists it.
    pub(super) fn instrument(&self, base: AssetId, quote: AssetId, seed: u64) -> Instrument {
        Instrument {
            symbol: symbol(self.symbol),
            base,
            quote,
            price_decimals: self.price_decimals,
            qty_decimals: self.qty_decimals,
            ticks: TickTable::uniform(self.tick).expect("the ticks of the shapes are positive"),
            lot_size: Qty(1),
            min_qty: Qty(1),
            max_qty: Qty(self.round_lot * 100_000),
            min_notional: Money(0),
            max_notional: model::MONEY_MAX,
            min_price: self.price(1),
            max_price: self.price(self.anchor_ticks * 4),
            allow_negative: false,
            previous_close: Some(self.price(self.anchor_ticks)),
            allocation: Allocation::Fifo,
            stp_default: StpMode::CancelOldest,
            max_slippage_bps: 100,
            seed,
        }
    }

    /// A number of ticks as a price.
    pub(super) fn price(&self, ticks: i64) -> Price {
        Price(ticks * self.tick)
    }
}

/// A name of the demo market as a symbol.
pub(super) fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("the names of the demo market are short and printable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_passes_the_check_of_the_exchange() {
        for shape in SHAPES {
            let checked = shape.instrument(AssetId(1), AssetId(0), 7).check(shape.qty_decimals, QUOTE_DECIMALS);

            assert_eq!(checked, Ok(()), "{}", shape.symbol);
        }
    }

    #[test]
    fn the_shares_of_activity_are_the_whole() {
        assert_eq!(SHAPES.iter().map(|shape| shape.share_per_mille).sum::<u32>(), 1_000);
    }
}
