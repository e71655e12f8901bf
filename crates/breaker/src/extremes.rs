//! The lowest and the highest print of a sliding window, in constant time per print.
//!
//! Each print waits in a queue until a later one is at least as extreme or it is too old, so a queue is monotone in
//! price and its front is the extreme. A queue is as long as there are different prices in the window, at most.

use model::image;
use std::collections::VecDeque;

use model::Price;

/// One executed price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print {
    /// When, in nanoseconds.
    pub ts_ns: i64,
    /// At what price.
    pub price: Price,
}

/// The extremes of what printed less than `length_ns` ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extremes {
    length_ns: i64,
    newest_ns: i64,
    lows: VecDeque<Print>,
    highs: VecDeque<Print>,
}

image!(Print { ts_ns: i64, price: Price });
image!(Extremes { length_ns: i64, newest_ns: i64, lows: VecDeque<Print>, highs: VecDeque<Print> });

impl Extremes {
    /// An empty window; one of length 0 stays empty.
    pub fn new(length_ns: i64) -> Self {
        Extremes { length_ns, newest_ns: i64::MIN, lows: VecDeque::new(), highs: VecDeque::new() }
    }

    /// Takes an executed price. One that is older than the newest counts as printed with it.
    pub fn observe(&mut self, ts_ns: i64, price: Price) {
        if self.length_ns <= 0 {
            return;
        }
        self.newest_ns = self.newest_ns.max(ts_ns);
        let print = Print { ts_ns: self.newest_ns, price };
        while self.lows.back().is_some_and(|back| back.price >= price) {
            self.lows.pop_back();
        }
        self.lows.push_back(print);
        while self.highs.back().is_some_and(|back| back.price <= price) {
            self.highs.pop_back();
        }
        self.highs.push_back(print);
        self.forget();
    }

    /// The lowest and the highest price at `now_ns`; `None` where nothing printed.
    ///
    /// Constant time while the market trades; after a pause the first that still counts is found by bisection.
    pub fn at(&self, now_ns: i64) -> Option<(Price, Price)> {
        let oldest = now_ns.saturating_sub(self.length_ns);
        let first = |queue: &VecDeque<Print>| {
            let front = queue.front().filter(|print| print.ts_ns > oldest);
            front.or_else(|| queue.get(queue.partition_point(|print| print.ts_ns <= oldest))).map(|print| print.price)
        };
        Some((first(&self.lows)?, first(&self.highs)?))
    }

    /// Forgets every print: the look-back starts again.
    pub fn clear(&mut self) {
        self.lows.clear();
        self.highs.clear();
    }

    fn forget(&mut self) {
        let oldest = self.newest_ns.saturating_sub(self.length_ns);
        for queue in [&mut self.lows, &mut self.highs] {
            while queue.front().is_some_and(|front| front.ts_ns <= oldest) {
                queue.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length_ns: i64, prints: &[(i64, i64)]) -> Extremes {
        let mut extremes = Extremes::new(length_ns);
        for (ts_ns, price) in prints {
            extremes.observe(*ts_ns, Price(*price));
        }
        extremes
    }

    #[test]
    fn a_print_counts_until_it_is_as_old_as_the_window() {
        let extremes = of(10, &[(0, 5), (4, 7)]);

        assert_eq!(extremes.at(9), Some((Price(5), Price(7))));
        assert_eq!(extremes.at(10), Some((Price(7), Price(7))));
        assert_eq!(extremes.at(14), None);
    }

    #[test]
    fn a_print_that_arrives_late_counts_as_printed_with_the_newest() {
        let extremes = of(10, &[(20, 5), (3, 9)]);

        assert_eq!(extremes.at(29), Some((Price(5), Price(9))));
        assert_eq!(extremes.at(30), None);
    }

    #[test]
    fn a_window_of_no_length_and_a_cleared_one_are_empty() {
        assert_eq!(of(0, &[(1, 5)]).at(1), None);

        let mut cleared = of(10, &[(1, 5)]);
        cleared.clear();

        assert_eq!(cleared.at(1), None);
    }

    #[test]
    fn a_question_does_not_change_a_window() {
        let extremes = of(4, &[(0, 5), (1, 3), (2, 4), (5, 4)]);

        assert_eq!(extremes.at(8), Some((Price(4), Price(4))));
        assert_eq!(extremes.at(5), Some((Price(4), Price(4))));
        assert_eq!(of(4, &[(0, 5), (1, 3), (2, 4)]).at(4), Some((Price(3), Price(4))));
    }
}
