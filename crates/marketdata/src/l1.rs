//! The L1 view: best bid and ask as displayed.

use model::Qty;

use crate::checksum::crc32;
use crate::feed::{Delta, Depth, Inconsistent, View};
use crate::level::{Level, Quote, Sides, Unavailable};

/// Best level of each side; empty where the side shows nothing. May be locked or crossed in an auction call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Top {
    /// Highest displayed bid.
    pub bid: Option<Level>,
    /// Lowest displayed ask.
    pub ask: Option<Level>,
}

impl Top {
    /// The quote, where the book is open on both sides.
    ///
    /// # Errors
    /// As [`Sides::quote`].
    pub fn quote(&self) -> Result<Quote, Unavailable> {
        Sides { bids: self.bid.as_slice(), asks: self.ask.as_slice() }.quote()
    }
}

impl View for Top {
    const DEPTH: Depth = Depth::L1;

    fn apply(&mut self, delta: &Delta) -> Result<(), Inconsistent> {
        match delta {
            Delta::Top(top) => {
                let shows_nothing = |level: Option<Level>| level.is_some_and(|level| level.qty <= Qty(0));
                if shows_nothing(top.bid) || shows_nothing(top.ask) {
                    return Err(Inconsistent::BadQty);
                }
                *self = *top;
                Ok(())
            }
            Delta::Level(_) | Delta::Order(_) => Err(Inconsistent::WrongDepth),
        }
    }

    fn checksum(&self) -> u32 {
        crc32(self.bid.into_iter(), self.ask.into_iter())
    }
}
