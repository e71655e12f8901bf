//! How a halt ends: when the call begins, when it uncrosses, and which prices its auction and the time after allow.

use model::{Price, Reopening};

use crate::band::Band;

/// The moments of one halt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Orders are collected from here on.
    pub call_ns: i64,
    /// The auction, if its price is inside the collar.
    pub uncross_ns: i64,
    /// Trading is normal again, cooling is over.
    pub normal_ns: i64,
}

impl Schedule {
    /// The moments of a halt that begins at `halted_ns`, with a drawn random end and so many extensions.
    pub fn new(reopening: &Reopening, halted_ns: i64, random_ns: i64, extensions: u32) -> Self {
        let call_ns = halted_ns.saturating_add(reopening.halt_ns);
        let extended = reopening.extend_ns.saturating_mul(i64::from(extensions));
        let uncross_ns = call_ns.saturating_add(reopening.call_ns).saturating_add(random_ns).saturating_add(extended);
        Schedule { call_ns, uncross_ns, normal_ns: uncross_ns.saturating_add(reopening.cooling_ns) }
    }

    /// What the auction may print after so many extensions; `last` is the last executed price before the halt.
    pub fn collar(reopening: &Reopening, last: Price, extensions: u32) -> Band {
        let bps = reopening.widen_bps.saturating_mul(extensions).saturating_add(reopening.collar_bps);
        Band::around(last, bps)
    }

    /// What may print while the market cools; `auction` is the price it reopened at.
    pub fn cooling(reopening: &Reopening, auction: Price) -> Band {
        Band::around(auction, reopening.cooling_bps)
    }
}

#[cfg(test)]
mod tests {
    use model::BreakerRules;

    use super::*;

    #[test]
    fn each_extension_adds_its_time_and_widens_the_collar() {
        let reopening = BreakerRules::default().reopening;
        let second = 1_000_000_000;

        let plain = Schedule::new(&reopening, 0, 0, 0);
        let twice = Schedule::new(&reopening, 0, 7 * second, 2);

        assert_eq!((plain.call_ns, plain.uncross_ns, plain.normal_ns), (240 * second, 300 * second, 360 * second));
        assert_eq!((twice.call_ns, twice.uncross_ns, twice.normal_ns), (240 * second, 907 * second, 967 * second));
        assert_eq!(Schedule::collar(&reopening, Price(9_000), 0), Band { low: Price(8_100), high: Price(9_900) });
        assert_eq!(Schedule::collar(&reopening, Price(9_000), 2), Band { low: Price(6_300), high: Price(11_700) });
        assert_eq!(Schedule::cooling(&reopening, Price(9_400)), Band { low: Price(8_930), high: Price(9_870) });
    }
}
