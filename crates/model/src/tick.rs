//! The price grid of an instrument: a tick size per price range (S-02).

use crate::ids::InstrumentId;
use crate::numbers::{PRICE_MAX, Price};

/// From a price on, prices move in steps of `tick`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TickBand {
    /// First price of the band, itself on the grid. The first band also holds everything below it.
    pub from: Price,
    /// Step in price mantissa units, positive.
    pub tick: i64,
}

/// Tick bands in ascending order, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TickTable {
    bands: Vec<TickBand>,
    base: i64,
}

impl TickTable {
    /// Most bands a table may have.
    pub const BANDS_MAX: usize = 64;

    /// A table of bands, or `None` where it is empty, longer than [`Self::BANDS_MAX`], out of order, has a tick that
    /// is not positive, a number beyond [`PRICE_MAX`], or a band that starts off its own grid.
    pub fn new(bands: Vec<TickBand>) -> Option<Self> {
        let ascending = bands.windows(2).all(|pair| pair[0].from < pair[1].from);
        let in_range = |band: &TickBand| {
            band.tick > 0 && band.tick <= PRICE_MAX.0 && band.from.0.unsigned_abs() <= PRICE_MAX.0.unsigned_abs()
        };
        let on_grid = bands.iter().all(|band| in_range(band) && band.from.0 % band.tick == 0);
        if bands.is_empty() || bands.len() > Self::BANDS_MAX || !ascending || !on_grid {
            return None;
        }
        let starts = bands.iter().skip(1).map(|band| band.from.0);
        let base = bands.iter().map(|band| band.tick).chain(starts).fold(0, gcd);
        Some(TickTable { bands, base })
    }

    /// One tick for all prices; `None` where it is not positive.
    pub fn uniform(tick: i64) -> Option<Self> {
        Self::new(vec![TickBand { from: Price(0), tick }])
    }

    /// The bands, ascending.
    pub fn bands(&self) -> &[TickBand] {
        &self.bands
    }

    /// The largest step that divides every price on the grid: the unit of tick indices.
    pub fn base_tick(&self) -> i64 {
        self.base
    }

    /// The largest step that divides `step` and every price on the grid.
    pub fn step_with(&self, step: i64) -> i64 {
        gcd(self.base, step)
    }

    fn band(&self, price: Price) -> usize {
        self.bands.iter().rposition(|band| band.from <= price).unwrap_or(0)
    }

    /// The step that applies at a price.
    pub fn tick_at(&self, price: Price) -> i64 {
        self.bands[self.band(price)].tick
    }

    /// Whether an order may be priced there.
    pub fn is_on_grid(&self, price: Price) -> bool {
        price.0 % self.bands[self.band(price)].tick == 0
    }

    /// The highest grid price at or below `price`.
    #[must_use]
    pub fn floor(&self, price: Price) -> Price {
        let tick = self.bands[self.band(price)].tick;
        Price(price.0 - price.0.rem_euclid(tick))
    }

    /// The lowest grid price at or above `price`.
    #[must_use]
    pub fn ceil(&self, price: Price) -> Price {
        let floor = self.floor(price);
        if floor == price { price } else { self.up(floor) }
    }

    /// The grid price nearest to `price`, the higher of two.
    #[must_use]
    pub fn nearest(&self, price: Price) -> Price {
        let (below, above) = (self.floor(price), self.ceil(price));
        if price.0 - below.0 < above.0 - price.0 { below } else { above }
    }

    /// The next grid price above a grid price.
    #[must_use]
    pub fn up(&self, price: Price) -> Price {
        let band = self.band(price);
        let next = Price(price.0 + self.bands[band].tick);
        match self.bands.get(band + 1) {
            Some(above) => next.min(above.from),
            None => next,
        }
    }

    /// The next grid price below a grid price.
    #[must_use]
    pub fn down(&self, price: Price) -> Price {
        self.floor(Price(price.0 - 1))
    }
}

/// Gives an instrument another grid (S-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetTicks {
    /// Which.
    pub instrument: InstrumentId,
    /// Its grid from now on.
    pub ticks: TickTable,
}

/// The greatest common divisor of two numbers, never negative.
fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_bands() -> TickTable {
        TickTable::new(vec![TickBand { from: Price(0), tick: 3 }, TickBand { from: Price(10), tick: 5 }]).unwrap()
    }

    #[test]
    fn each_range_has_its_own_step() {
        let table = two_bands();

        let mut grid = vec![Price(-3)];
        while grid[grid.len() - 1] < Price(20) {
            grid.push(table.up(grid[grid.len() - 1]));
        }

        assert_eq!(grid, [-3, 0, 3, 6, 9, 10, 15, 20].map(Price));
        assert!(grid.windows(2).all(|pair| table.down(pair[1]) == pair[0]));
        assert_eq!((table.base_tick(), table.step_with(6)), (1, 1));
        assert_eq!(TickTable::uniform(15).map(|table| table.step_with(10)), Some(5));
    }

    #[test]
    fn floor_and_ceil_bracket_a_price_off_the_grid() {
        let table = two_bands();

        assert_eq!((table.floor(Price(8)), table.ceil(Price(8))), (Price(6), Price(9)));
        assert_eq!((table.floor(Price(14)), table.ceil(Price(14))), (Price(10), Price(15)));
        assert_eq!((table.floor(Price(-1)), table.ceil(Price(-1))), (Price(-3), Price(0)));
        assert!(table.is_on_grid(Price(15)) && !table.is_on_grid(Price(12)));
        assert_eq!([8, 7, 12, 13].map(|price| table.nearest(Price(price)).0), [9, 6, 10, 15]);
        assert_eq!(TickTable::uniform(2).map(|table| table.nearest(Price(5))), Some(Price(6)));
    }

    #[test]
    fn a_malformed_table_is_refused() {
        let band = |from, tick| TickBand { from: Price(from), tick };

        assert_eq!(TickTable::new(vec![]), None);
        assert_eq!(TickTable::new(vec![band(0, 0)]), None);
        assert_eq!(TickTable::new(vec![band(0, 1), band(0, 2)]), None);
        assert_eq!(TickTable::new(vec![band(0, 1), band(7, 5)]), None);
        assert_eq!(TickTable::new(vec![band(i64::MIN, 1)]), None);
        assert_eq!(TickTable::new(vec![band(0, i64::MAX)]), None);
    }
}
