//! What can be traded, and on which grid.

use crate::ids::AssetId;
use crate::numbers::{MONEY_MAX, Money, PRICE_MAX, Price, Qty};
use crate::order::StpMode;
use crate::text::Symbol;
use crate::tick::TickTable;

/// How an incoming order is shared among the resting orders of one price (S-17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allocation {
    /// By time.
    #[default]
    Fifo,
    /// By displayed size.
    ProRata,
    /// A share by time, the rest by displayed size.
    FifoThenProRata {
        /// The share that goes by time, in basis points, 0 to 10,000.
        fifo_bps: u16,
    },
}

/// Why a definition was refused. Each names the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstrumentError {
    /// Base and quote are the same asset.
    SameAsset,
    /// `price_decimals + qty_decimals` exceeds the quote asset's decimals, so that a notional could not be exact.
    QuoteTooCoarse,
    /// `qty_decimals` exceeds the base asset's decimals.
    BaseTooCoarse,
    /// The lot is not positive.
    Lot,
    /// `min_qty` or `max_qty` is off the lot grid, not positive, out of order, or above [`LOTS_MAX`] lots.
    QtyRange,
    /// `min_price` or `max_price` is off the price grid, out of order, beyond [`PRICE_MAX`], or not positive where that
    /// is not allowed.
    PriceRange,
    /// `min_notional` or `max_notional` is negative or out of order.
    NotionalRange,
    /// `max_price x max_qty` exceeds what a balance may hold.
    TooLarge,
    /// `max_slippage_bps` or a share in basis points exceeds 10,000.
    BasisPoints,
    /// `previous_close` is off the grid or outside the price bounds.
    PreviousClose,
}

/// The definition of an instrument. All prices, quantities and amounts are mantissas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instrument {
    /// Its name, unique (FIX 55).
    pub symbol: Symbol,
    /// What is bought and sold.
    pub base: AssetId,
    /// What it is paid with; fees too.
    pub quote: AssetId,
    /// `price = mantissa / 10^price_decimals`, 0 to 18.
    pub price_decimals: u8,
    /// `quantity = mantissa / 10^qty_decimals`, 0 to 18.
    pub qty_decimals: u8,
    /// The price grid.
    pub ticks: TickTable,
    /// Every quantity is a multiple of it.
    pub lot_size: Qty,
    /// Smallest order quantity.
    pub min_qty: Qty,
    /// Largest order quantity.
    pub max_qty: Qty,
    /// Smallest order notional.
    pub min_notional: Money,
    /// Largest order notional.
    pub max_notional: Money,
    /// Lowest order price.
    pub min_price: Price,
    /// Highest order price.
    pub max_price: Price,
    /// Prices of zero and below are allowed; then only credit accounts may trade it.
    pub allow_negative: bool,
    /// The price auctions refer to before the first trade.
    pub previous_close: Option<Price>,
    /// How incoming orders are shared at one price.
    pub allocation: Allocation,
    /// Self-trade prevention of orders that name none.
    pub stp_default: StpMode,
    /// How far a market order without a protection price may go from its reference, in basis points (S-12).
    pub max_slippage_bps: u16,
    /// Seeds the variance of iceberg refills.
    pub seed: u64,
}

/// Most lots of one order: sums over millions of orders fit 64 bits.
pub const LOTS_MAX: i64 = 1_000_000_000_000;

/// Most decimals of an asset, a price or a quantity.
pub const DECIMALS_MAX: u8 = 18;

impl Instrument {
    /// Checks the definition against the decimals of its assets.
    ///
    /// # Errors
    /// The first [`InstrumentError`] in the order of its variants.
    pub fn check(&self, base_decimals: u8, quote_decimals: u8) -> Result<(), InstrumentError> {
        let ordered_qty = 0 < self.min_qty.0 && self.min_qty <= self.max_qty;
        let lot = self.lot_size.0.max(1);
        let share_bps = match self.allocation {
            Allocation::Fifo | Allocation::ProRata => 0,
            Allocation::FifoThenProRata { fifo_bps } => fifo_bps,
        };
        let bounds_on_grid = self.ticks.is_on_grid(self.min_price) && self.ticks.is_on_grid(self.max_price);
        let checks = [
            (self.base != self.quote, InstrumentError::SameAsset),
            (
                self.price_decimals <= DECIMALS_MAX
                    && self.qty_decimals <= DECIMALS_MAX
                    && self.price_decimals + self.qty_decimals <= quote_decimals,
                InstrumentError::QuoteTooCoarse,
            ),
            (self.qty_decimals <= base_decimals, InstrumentError::BaseTooCoarse),
            (self.lot_size.0 > 0, InstrumentError::Lot),
            (
                ordered_qty
                    && self.min_qty.0 % lot == 0
                    && self.max_qty.0 % lot == 0
                    && self.max_qty.0 / lot <= LOTS_MAX,
                InstrumentError::QtyRange,
            ),
            (
                bounds_on_grid
                    && self.min_price < self.max_price
                    && self.min_price.0 >= -PRICE_MAX.0
                    && self.max_price <= PRICE_MAX
                    && (self.allow_negative || self.min_price.0 > 0),
                InstrumentError::PriceRange,
            ),
            (self.min_notional.0 >= 0 && self.min_notional <= self.max_notional, InstrumentError::NotionalRange),
            (self.largest_notional(quote_decimals).is_some_and(|n| n <= MONEY_MAX), InstrumentError::TooLarge),
            (self.max_slippage_bps <= 10_000 && share_bps <= 10_000, InstrumentError::BasisPoints),
            (
                self.previous_close.is_none_or(|p| self.ticks.is_on_grid(p) && self.in_bounds(p)),
                InstrumentError::PreviousClose,
            ),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    /// It with another grid: its bounds are the outermost prices of that grid within `bounds`.
    #[must_use]
    pub fn with_ticks(&self, ticks: TickTable, (min_price, max_price): (Price, Price)) -> Self {
        let (min_price, max_price) = (ticks.ceil(min_price), ticks.floor(max_price));
        Instrument { ticks, min_price, max_price, ..self.clone() }
    }

    fn largest_notional(&self, quote_decimals: u8) -> Option<Money> {
        let price = i128::from(self.max_price.0.unsigned_abs().max(self.min_price.0.unsigned_abs()));
        let scale = i128::from(self.notional_scale(quote_decimals)?);
        price.checked_mul(i128::from(self.max_qty.0))?.checked_mul(scale).map(Money)
    }

    /// `notional = price x qty x scale` in the quote asset's units: 10^(quote decimals - price decimals - quantity
    /// decimals). `None` where that exponent is negative or above 18.
    pub fn notional_scale(&self, quote_decimals: u8) -> Option<i64> {
        let exponent = quote_decimals.checked_sub(self.price_decimals)?.checked_sub(self.qty_decimals)?;
        10_i64.checked_pow(u32::from(exponent))
    }

    /// One unit of quantity mantissa in the base asset's units: 10^(base decimals - quantity decimals).
    pub fn base_scale(&self, base_decimals: u8) -> Option<i64> {
        10_i64.checked_pow(u32::from(base_decimals.checked_sub(self.qty_decimals)?))
    }

    /// Whether a price lies within the bounds.
    pub fn in_bounds(&self, price: Price) -> bool {
        (self.min_price..=self.max_price).contains(&price)
    }
}
