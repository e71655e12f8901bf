//! Order-flow imbalance: what the changes of the best quotes say about net demand, at the touch and per level.
//!
//! Source: Cont, Kukanov, Stoikov 2014 (OFI); Xu, Gould, Howison 2019, arXiv 1907.06230 (MLOFI: the same rule applied
//! to the m-th best price of each side). Exact integers, in the quantity unit.

use crate::level::{Level, Quote, Sides, Unavailable};

/// Contribution `e_n` of the step from `prev` to `cur`; positive is buying pressure.
#[must_use]
pub fn step(prev: &Quote, cur: &Quote) -> i128 {
    pressure(prev.bid, cur.bid, prev.ask, cur.ask)
}

/// Contribution of level `m` (0 = best) of each side.
///
/// # Errors
/// [`Unavailable::NoBids`] or [`Unavailable::NoAsks`] where one of the books is not that deep: a level that is not
/// shown has no flow, and calling it 0 would bias the sum.
pub fn step_at_level(prev: Sides<'_>, cur: Sides<'_>, m: usize) -> Result<i128, Unavailable> {
    let bid = |sides: Sides<'_>| sides.bids.get(m).copied().ok_or(Unavailable::NoBids);
    let ask = |sides: Sides<'_>| sides.asks.get(m).copied().ok_or(Unavailable::NoAsks);
    Ok(pressure(bid(prev)?, bid(cur)?, ask(prev)?, ask(cur)?))
}

fn pressure(bid_prev: Level, bid: Level, ask_prev: Level, ask: Level) -> i128 {
    let when = |is_counted: bool, level: Level| if is_counted { i128::from(level.qty.0) } else { 0 };
    when(bid.price >= bid_prev.price, bid)
        - when(bid.price <= bid_prev.price, bid_prev)
        - when(ask.price <= ask_prev.price, ask)
        + when(ask.price >= ask_prev.price, ask_prev)
}

/// Running OFI over a stretch of quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ofi {
    prev: Option<Quote>,
    sum: i128,
    steps: u64,
}

impl Ofi {
    /// Takes the next quote and returns its contribution; `None` for the first quote and for the first after a break.
    ///
    /// A quote that does not exist (`Err`) breaks the chain: the step across it is not counted, because the state in
    /// between is unknown.
    pub fn update(&mut self, quote: Result<Quote, Unavailable>) -> Option<i128> {
        let prev = std::mem::replace(&mut self.prev, quote.ok());
        let e = step(&prev?, &self.prev?);
        self.sum += e;
        self.steps += 1;
        Some(e)
    }

    /// OFI since the start, or `None` before the first counted step.
    #[must_use]
    pub fn sum(&self) -> Option<i128> {
        (self.steps > 0).then_some(self.sum)
    }

    /// Steps counted.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Starts the next interval; the last quote is kept, so no step is lost.
    pub fn restart(&mut self) {
        self.sum = 0;
        self.steps = 0;
    }
}

#[cfg(test)]
mod tests {
    use model::{Price, Qty};

    use super::*;

    fn level(price: i64, qty: i64) -> Level {
        Level::uncounted(Price(price), Qty(qty))
    }

    fn quote(bid: (i64, i64), ask: (i64, i64)) -> Quote {
        Quote::new(level(bid.0, bid.1), level(ask.0, ask.1)).unwrap()
    }

    #[test]
    fn a_quote_that_does_not_change_adds_nothing() {
        let same = quote((100, 5), (101, 7));

        assert_eq!(step(&same, &same), 0);
    }

    #[test]
    fn mirrored_books_give_the_opposite_flow() {
        let mirror = |q: &Quote| quote((-q.ask.price.0, q.ask.qty.0), (-q.bid.price.0, q.bid.qty.0));
        let quotes = [quote((100, 5), (101, 7)), quote((99, 4), (101, 9)), quote((100, 1), (103, 2))];

        for pair in quotes.windows(2) {
            let e = step(&pair[0], &pair[1]);
            assert_ne!(e, 0);
            assert_eq!(step(&mirror(&pair[0]), &mirror(&pair[1])), -e);
        }
    }

    #[test]
    fn a_missing_quote_breaks_the_chain_and_is_not_zero_flow() {
        let mut ofi = Ofi::default();

        assert_eq!(ofi.update(Ok(quote((100, 5), (101, 7)))), None);
        assert_eq!(ofi.update(Err(Unavailable::NoAsks)), None);
        assert_eq!(ofi.update(Ok(quote((100, 9), (101, 7)))), None);
        assert_eq!(ofi.sum(), None);
        assert_eq!(ofi.update(Ok(quote((100, 10), (101, 7)))), Some(1));
        assert_eq!((ofi.sum(), ofi.steps()), (Some(1), 1));
    }

    #[test]
    fn restart_keeps_the_last_quote() {
        let mut ofi = Ofi::default();
        ofi.update(Ok(quote((100, 5), (101, 7))));
        ofi.update(Ok(quote((100, 8), (101, 7))));

        ofi.restart();

        assert_eq!(ofi.sum(), None);
        assert_eq!(ofi.update(Ok(quote((100, 8), (101, 2)))), Some(5));
    }

    #[test]
    fn a_level_that_one_book_does_not_show_has_no_flow() {
        let deep = [level(100, 5), level(99, 5)];
        let asks = [level(101, 5), level(102, 5)];
        let full = Sides { bids: &deep, asks: &asks };
        let thin_bid = Sides { bids: &deep[..1], asks: &asks };
        let thin_ask = Sides { bids: &deep, asks: &asks[..1] };

        assert_eq!(step_at_level(full, thin_bid, 1), Err(Unavailable::NoBids));
        assert_eq!(step_at_level(thin_ask, full, 1), Err(Unavailable::NoAsks));
        assert_eq!(step_at_level(full, full, 1), Ok(0));
    }
}
