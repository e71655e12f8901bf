//! The potential price against what traded in a short and in a long window, before it prints (S-90).

use model::{BreakerRule, Price, Window};

use crate::band::Band;
use crate::extremes::Extremes;

/// The rule each window is known by.
const RULES: [BreakerRule; 2] = [BreakerRule::Short, BreakerRule::Long];

/// Two look-backs over executed prices.
///
/// A sweep never moves the limit ahead of it: prints on the way down leave the highest print, and so the low end, as it
/// was, and the other way round. One band per command and direction is therefore enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volatility {
    rules: [Window; 2],
    windows: [Extremes; 2],
}

impl Volatility {
    /// Empty windows of the given lengths and shares; a length of 0 is no window.
    pub fn new(rules: [Window; 2]) -> Self {
        Volatility { rules, windows: rules.map(|rule| Extremes::new(rule.length_ns)) }
    }

    /// Takes an executed price; a potential one that was refused is never given.
    pub fn observe(&mut self, ts_ns: i64, price: Price) {
        for window in &mut self.windows {
            window.observe(ts_ns, price);
        }
    }

    /// The lowest and the highest price each window holds at `now_ns`, the short one first: all of its state that matters.
    pub fn extremes(&self, now_ns: i64) -> [Option<(Price, Price)>; 2] {
        [self.windows[0].at(now_ns), self.windows[1].at(now_ns)]
    }

    /// What each window allows at `now_ns`, the short one first; an empty window allows every price.
    ///
    /// `opposite` counts as printed where anything else did: the best opposite price when a sweep starts.
    pub fn bands(&self, now_ns: i64, opposite: Option<Price>) -> [Band; 2] {
        let band = |extremes: Option<(Price, Price)>, bps| {
            extremes.map_or(Band::ANY, |(lowest, highest)| {
                let (low, high) = opposite.map_or((lowest, highest), |price| (lowest.min(price), highest.max(price)));
                Band::between(low, high, bps)
            })
        };
        let [short, long] = self.extremes(now_ns);
        [band(short, self.rules[0].bps), band(long, self.rules[1].bps)]
    }

    /// What both windows allow at `now_ns`.
    pub fn band(&self, now_ns: i64) -> Band {
        let [short, long] = self.bands(now_ns, None);
        short.and(long)
    }

    /// The first window, short before long, that does not let `price` print at `now_ns`, and its band.
    pub fn refusal(&self, now_ns: i64, price: Price) -> Option<(BreakerRule, Band)> {
        let mut bands = RULES.into_iter().zip(self.bands(now_ns, None));
        bands.find(|(_, band)| !band.allows(price))
    }

    /// Whether `last` is at most half of what each window allows away from both its ends.
    pub fn is_calm(&self, now_ns: i64, last: Price) -> bool {
        let within = |far: i128, base: Price, bps: u32| far * 20_000 <= i128::from(base.0).abs() * i128::from(bps);
        self.extremes(now_ns).into_iter().zip(self.rules).all(|(extremes, rule)| {
            extremes.is_none_or(|(lowest, highest)| {
                let (low, high, last) = (i128::from(lowest.0), i128::from(highest.0), i128::from(last.0));
                within(last - low, lowest, rule.bps) && within(high - last, highest, rule.bps)
            })
        })
    }

    /// Starts both look-backs again, after a halt.
    pub fn clear(&mut self) {
        for window in &mut self.windows {
            window.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(short: (i64, u32), long: (i64, u32)) -> Volatility {
        Volatility::new([short, long].map(|(length_ns, bps)| Window { length_ns, bps }))
    }

    #[test]
    fn the_window_that_refuses_is_named_and_the_short_one_first() {
        let mut both = windows((10, 300), (100, 1_000));
        both.observe(0, Price(1_000));

        assert_eq!(both.refusal(5, Price(1_030)), None);
        assert_eq!(both.refusal(5, Price(1_031)).map(|(rule, _)| rule), Some(BreakerRule::Short));
        assert_eq!(both.refusal(10, Price(1_101)).map(|(rule, _)| rule), Some(BreakerRule::Long));
        assert_eq!(
            both.refusal(10, Price(899)),
            Some((BreakerRule::Long, Band { low: Price(900), high: Price(1_100) }))
        );
        assert_eq!(both.band(5), Band { low: Price(970), high: Price(1_030) });
    }

    #[test]
    fn a_sweep_does_not_move_the_limit_ahead_of_it() {
        let mut both = windows((10, 1_000), (100, 1_000));
        both.observe(0, Price(1_000));
        for price in (900..1_000).rev() {
            assert_eq!(both.band(1).low, Price(900));
            both.observe(1, Price(price));
        }

        assert_eq!(both.refusal(1, Price(899)).map(|(rule, _)| rule), Some(BreakerRule::Short));
    }

    #[test]
    fn no_window_and_a_cleared_one_allow_every_price() {
        let mut none = windows((0, 0), (0, 0));
        none.observe(0, Price(1));
        let mut cleared = windows((10, 100), (100, 100));
        cleared.observe(0, Price(1));
        cleared.clear();

        assert_eq!((none.band(0), cleared.band(0)), (Band::ANY, Band::ANY));
    }

    #[test]
    fn an_opposite_price_widens_a_window_that_holds_something_only() {
        let mut both = windows((10, 1_000), (100, 1_000));
        assert_eq!(both.bands(0, Some(Price(1_000))), [Band::ANY; 2]);

        both.observe(0, Price(1_000));

        let wider = Band { low: Price(990), high: Price(1_100) };
        assert_eq!(both.bands(0, Some(Price(1_100))), [wider; 2]);
        assert_eq!(both.bands(10, Some(Price(1_100))), [Band::ANY, wider]);
    }

    #[test]
    fn half_of_the_share_is_calm_and_a_unit_more_is_not() {
        let mut both = windows((10, 1_000), (100, 2_000));
        both.observe(0, Price(10_000));

        assert!(both.is_calm(5, Price(10_500)) && both.is_calm(5, Price(9_500)));
        assert!(!both.is_calm(5, Price(10_501)) && !both.is_calm(5, Price(9_499)));
        assert!(both.is_calm(10, Price(11_000)) && !both.is_calm(10, Price(11_001)));
        assert!(both.is_calm(100, Price(1)));
    }
}
