//! One instrument's market: its grid in ticks and lots, its book, its state.

use crate::admin::Names;
use model::image;
use std::collections::BTreeMap;

use book::{Arena, Book, Slot};
use breaker::RecentTrades;
use model::{AssetId, FeeBase, Instrument, InstrumentId, Money, Peg, Price, Qty, Side, TradingState};

use crate::auction::Cross;
use crate::fees;
use crate::outcomes::Outcome;
use crate::phases::Breaker;
use crate::references::Reference;
use crate::trigger_book::TriggerBook;

/// A market. Inside the engine prices are counted in grains and quantities in lots.
#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) id: InstrumentId,
    pub(crate) def: Instrument,
    /// Divides every price that is or was on the grid; the base tick of the grid while it never changed.
    pub(crate) grain: i64,
    /// Price bounds as listed, where the grid was changed since.
    pub(crate) listed_bounds: Option<(Price, Price)>,
    pub(crate) lot: i64,
    /// One grain times one lot in units of the quote asset.
    unit: i128,
    /// The same, where it fits 64 bits; otherwise 0.
    unit_small: i64,
    /// One lot in units of the base asset.
    pub(crate) base_unit: i128,
    pub(crate) book: Book,
    /// The state in force: the more restrictive of the session's and the breaker's.
    pub(crate) state: TradingState,
    /// What the session asks for.
    pub(crate) session: TradingState,
    pub(crate) breaker: Box<Breaker>,
    /// Some band may forbid a price.
    pub(crate) banded: bool,
    /// Largest order quantity in the state in force.
    pub(crate) max_qty: Qty,
    /// Last trade price in ticks.
    pub(crate) last_trade: Option<i64>,
    /// Last auction price in ticks.
    pub(crate) last_auction: Option<i64>,
    /// When that was, in nanoseconds.
    pub(crate) auction_ns: i64,
    /// What traded lately, auctions apart, in ticks.
    pub(crate) recent: RecentTrades,
    /// Market orders waiting for an auction, by side and public id.
    pub(crate) waiting: [BTreeMap<u64, Slot>; 2],
    /// Pegged orders by order id, on the book or parked.
    pub(crate) pegs: BTreeMap<u64, (Slot, Peg)>,
    /// What was last published in the running call, and when.
    pub(crate) published: Option<(i64, Cross)>,
    pub(crate) due: Due,
    /// Orders that wait for a price.
    pub(crate) triggers: TriggerBook,
    /// Mark and index price, once given.
    pub(crate) references: [Option<Reference>; 2],
    /// First and last print of each run of matching that triggers have not seen, where orders wait here.
    pub(crate) runs: Vec<(i64, i64)>,
    /// When something last printed: the number of observations before it.
    pub(crate) printed: u64,
    /// The last print that triggers could not see, for when they can.
    pub(crate) kept: Option<i64>,
    /// It is among the markets to be observed.
    pub(crate) noted: bool,
    /// It is the market of an event.
    pub(crate) outcome: Option<Box<Outcome>>,
}

/// What the book has changed since.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Due {
    /// Pegs were last repriced.
    pub(crate) reprice: bool,
    /// The indicative price was last computed.
    pub(crate) indicative: bool,
    /// The breaker last looked.
    pub(crate) watch: bool,
}

image!(Market {
    id: InstrumentId,
    def: Instrument,
    grain: i64,
    listed_bounds: Option<(Price, Price)>,
    lot: i64,
    unit: i128,
    unit_small: i64,
    base_unit: i128,
    book: Book,
    state: TradingState,
    session: TradingState,
    breaker: Box<Breaker>,
    banded: bool,
    max_qty: Qty,
    last_trade: Option<i64>,
    last_auction: Option<i64>,
    auction_ns: i64,
    recent: RecentTrades,
    waiting: [BTreeMap<u64, Slot>; 2],
    pegs: BTreeMap<u64, (Slot, Peg)>,
    published: Option<(i64, Cross)>,
    due: Due,
    triggers: TriggerBook,
    references: [Option<Reference>; 2],
    runs: Vec<(i64, i64)>,
    printed: u64,
    kept: Option<i64>,
    noted: bool,
    outcome: Option<Box<Outcome>>,
});
image!(Due { reprice: bool, indicative: bool, watch: bool });

impl Market {
    /// A market of a checked definition.
    pub(crate) fn new(id: InstrumentId, def: Instrument, base_decimals: u8, quote_decimals: u8) -> Self {
        let (grain, lot) = (def.ticks.base_tick(), def.lot_size.0);
        let scale = def.notional_scale(quote_decimals).expect("checked by Instrument::check");
        let unit = i128::from(grain) * i128::from(lot) * i128::from(scale);
        let base_scale = def.base_scale(base_decimals).expect("checked by Instrument::check");
        Market {
            id,
            grain,
            listed_bounds: None,
            lot,
            unit,
            unit_small: i64::try_from(unit).unwrap_or(0),
            base_unit: i128::from(lot) * i128::from(base_scale),
            book: Book::new(),
            state: TradingState::PreListed,
            session: TradingState::PreListed,
            breaker: Box::default(),
            banded: false,
            max_qty: def.max_qty,
            last_trade: None,
            last_auction: None,
            auction_ns: i64::MIN,
            recent: RecentTrades::new(),
            waiting: [BTreeMap::new(), BTreeMap::new()],
            pegs: BTreeMap::new(),
            published: None,
            due: Due::default(),
            triggers: TriggerBook::default(),
            references: [None; 2],
            runs: Vec::new(),
            printed: 0,
            kept: None,
            noted: false,
            outcome: None,
            def,
        }
    }

    /// Its definition is one that could be listed and its units are those of it: for a market just loaded.
    pub(crate) fn is_sound(&self, names: &Names) -> bool {
        let Market { def, grain, lot, .. } = self;
        if !names.fit(def) || *grain <= 0 || def.ticks.step_with(*grain) != *grain {
            return false;
        }
        let new = Market::new(self.id, def.clone(), names.decimals(def.base), names.decimals(def.quote));
        let whole = self.unit.checked_mul(i128::from(def.ticks.base_tick() / grain));
        let small = i64::try_from(self.unit).unwrap_or(0);
        (*lot, whole, self.unit_small, self.base_unit) == (new.lot, Some(new.unit), small, new.base_unit)
    }

    /// Counts prices in grains that are so many times smaller. The book and the orders are the caller's to count anew.
    pub(crate) fn split_grain(&mut self, parts: i64) {
        self.grain /= parts;
        self.unit /= i128::from(parts);
        self.unit_small = i64::try_from(self.unit).unwrap_or(0);
        let prices = [&mut self.last_trade, &mut self.last_auction, &mut self.kept];
        prices.into_iter().flatten().for_each(|price| *price *= parts);
        self.recent.scale(parts);
        if let Some(outcome) = &mut self.outcome {
            outcome.one *= parts;
        }
    }

    /// `ticks x lots` in units of the quote asset.
    #[inline]
    pub(crate) fn notional(&self, ticks: i64, lots: i64) -> i128 {
        if self.unit_small != 0
            && let Some(units) = lots.checked_mul(self.unit_small)
        {
            return i128::from(ticks) * i128::from(units);
        }
        i128::from(ticks) * i128::from(lots) * self.unit
    }

    /// What fees are parts of here.
    #[inline]
    pub(crate) fn fee_base(&self) -> FeeBase {
        if self.outcome.is_none() { FeeBase::Notional } else { FeeBase::Variance }
    }

    /// What a fill at `ticks` costs, and the new `prepaid` of the order.
    #[inline]
    pub(crate) fn fee_of_fill(&self, ticks: i64, notional: i128, rate_ppm: i32, prepaid: u32) -> (i128, u32) {
        match self.outcome.as_deref() {
            None => fees::of_notional(notional, rate_ppm, prepaid),
            Some(outcome) => fees::of_variance(notional, (outcome.one - ticks, outcome.one), rate_ppm, prepaid),
        }
    }

    #[inline]
    pub(crate) fn price(&self, ticks: i64) -> Price {
        Price(ticks * self.grain)
    }

    #[inline]
    pub(crate) fn qty(&self, lots: i64) -> Qty {
        Qty(lots * self.lot)
    }

    /// The price in ticks; it must lie on the grid.
    #[inline]
    pub(crate) fn ticks(&self, price: Price) -> i64 {
        if self.grain == 1 { price.0 } else { price.0 / self.grain }
    }

    /// The quantity in lots; it must lie on the grid.
    #[inline]
    pub(crate) fn lots(&self, qty: Qty) -> i64 {
        if self.lot == 1 { qty.0 } else { qty.0 / self.lot }
    }

    /// The asset an order of `side` gives away.
    #[inline]
    pub(crate) fn paid_in(&self, side: Side) -> AssetId {
        match side {
            Side::Buy => self.def.quote,
            Side::Sell => self.def.base,
        }
    }

    /// The asset an order of `side` gives away, where it may close what its account has in the market of an event.
    #[inline]
    pub(crate) fn paid_by(&self, side: Side, closes: bool) -> AssetId {
        match self.outcome.as_deref() {
            None => self.paid_in(side),
            Some(outcome) => outcome.paid_in(self, side, closes),
        }
    }

    /// The passive direction for an order of `side`: down for a buy, up for a sell, to a valid price.
    pub(crate) fn round_passive(&self, side: Side, price: Price) -> Price {
        match side {
            Side::Buy => self.def.ticks.floor(price),
            Side::Sell => self.def.ticks.ceil(price),
        }
    }

    /// The price auctions and market orders refer to: last trade, else previous close, in ticks.
    pub(crate) fn reference(&self) -> Option<i64> {
        self.last_trade.or_else(|| self.def.previous_close.map(|price| self.ticks(price)))
    }

    /// The same on the grid of now and within its bounds, where market orders alone would trade.
    pub(crate) fn reference_on_grid(&self) -> Option<i64> {
        let nearest = |ticks| self.def.ticks.nearest(self.price(ticks)).clamp(self.def.min_price, self.def.max_price);
        self.reference().map(|ticks| self.ticks(nearest(ticks)))
    }

    /// The best price that orders other than `but` offer on a side, in ticks.
    pub(crate) fn best_of_others(&self, arena: &Arena, side: Side, but: Option<Slot>) -> Option<i64> {
        let side = book_side(side);
        let best = self.book.best(side)?;
        let Some(but) = but else { return Some(best) };
        let others = self.book.level_orders(arena, side, best).any(|maker| maker.slot != but);
        if others { Some(best) } else { self.book.next_tick(side, best) }
    }

    /// Lots of the base asset in `total` units, rounded toward zero; more than any order can have where money is at its
    /// bounds.
    pub(crate) fn position(&self, total: Money) -> i128 {
        total.0 / self.base_unit
    }
}

/// The book's word for a side.
#[inline]
pub(crate) fn book_side(side: Side) -> book::Side {
    match side {
        Side::Buy => book::Side::Bid,
        Side::Sell => book::Side::Ask,
    }
}
