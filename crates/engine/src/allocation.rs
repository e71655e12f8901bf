//! Sharing an incoming order among the displayed orders of one price by size (rule R-48).

use book::{Maker, Slot};
use model::{Allocation, Events, StpMode};

use crate::market::{Market, book_side};
use crate::matching::{Incoming, Stop, affordable, prevent, trade};
use crate::shared::Shared;

/// Trades one pass over the displayed orders at `ticks`. `Some` where the incoming order stops.
pub(crate) fn level(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &mut Incoming,
    ticks: i64,
    out: &mut Events,
) -> Option<Stop> {
    if incoming.stp != StpMode::None
        && let Some(own) = first_own(shared, market, incoming, ticks)
    {
        let wanted = affordable(shared, market, incoming, ticks);
        return prevent(shared, market, incoming, &own, wanted, out);
    }
    let tips: Vec<(Slot, i64)> =
        displayed(shared, market, incoming, ticks).map(|maker| (maker.slot, maker.qty)).collect();
    let wanted = affordable(shared, market, incoming, ticks);
    let sizes: Vec<i64> = tips.iter().map(|(_, tip)| *tip).collect();
    let parts = share_out(&sizes, wanted, fifo_bps(market.def.allocation));
    for ((slot, _), part) in tips.iter().zip(parts).filter(|(_, part)| *part > 0) {
        trade(shared, market, incoming, *slot, ticks, part, out);
        if incoming.leaves > 0 && incoming.trades_left == 0 {
            return Some(Stop::TradesMax);
        }
    }
    None
}

fn displayed<'a>(
    shared: &'a Shared,
    market: &Market,
    incoming: &Incoming,
    ticks: i64,
) -> impl Iterator<Item = Maker> + 'a {
    let side = book_side(incoming.side.opposite());
    market.book.level_orders(&shared.arena, side, ticks).take_while(|maker| !maker.hidden)
}

fn first_own(shared: &Shared, market: &Market, incoming: &Incoming, ticks: i64) -> Option<Maker> {
    displayed(shared, market, incoming, ticks).find(|maker| maker.owner == incoming.owner)
}

fn fifo_bps(allocation: Allocation) -> i64 {
    match allocation {
        Allocation::Fifo => 10_000,
        Allocation::ProRata => 0,
        Allocation::FifoThenProRata { fifo_bps } => i64::from(fifo_bps),
    }
}

/// How many lots each of `sizes` (in queue order) gets of `wanted`: a share by time, the rest by size, what rounding
/// leaves by time again.
fn share_out(sizes: &[i64], wanted: i64, fifo_bps: i64) -> Vec<i64> {
    let total: i64 = sizes.iter().sum();
    let wanted = wanted.min(total);
    let mut shares = vec![0; sizes.len()];
    let by_time = if wanted == total { wanted } else { portion(wanted, fifo_bps, 10_000) };
    give_by_time(&mut shares, sizes, by_time);
    let (rest, open) = (wanted - by_time, total - by_time);
    let mut given = 0;
    if open > 0 {
        for (share, size) in shares.iter_mut().zip(sizes) {
            let part = portion(rest, size - *share, open);
            *share += part;
            given += part;
        }
    }
    give_by_time(&mut shares, sizes, rest - given);
    shares
}

fn give_by_time(shares: &mut [i64], sizes: &[i64], mut lots: i64) {
    for (share, size) in shares.iter_mut().zip(sizes) {
        let part = lots.min(size - *share);
        *share += part;
        lots -= part;
    }
    debug_assert_eq!(lots, 0, "no more is shared than there is");
}

/// `floor(lots * part / whole)`.
fn portion(lots: i64, part: i64, whole: i64) -> i64 {
    i64::try_from(i128::from(lots) * i128::from(part) / i128::from(whole)).expect("a part of 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_level_is_taken_in_full() {
        assert_eq!(share_out(&[3, 5, 2], 10, 0), [3, 5, 2]);
        assert_eq!(share_out(&[3, 5, 2], 99, 4_000), [3, 5, 2]);
    }

    #[test]
    fn size_decides_and_rounding_goes_by_time() {
        // 7 of 10: 2.1, 3.5, 1.4 floored are 2, 3, 1; the lot left goes to the first.
        assert_eq!(share_out(&[3, 5, 2], 7, 0), [3, 3, 1]);
    }

    #[test]
    fn a_share_goes_by_time_first() {
        // 40 % of 5 = 2 lots to the first; 3 of the 8 open lots by size 1, 5, 2: 0.375, 1.875, 0.75; 2 left by time.
        assert_eq!(share_out(&[3, 5, 2], 5, 4_000), [3, 2, 0]);
    }

    #[test]
    fn an_order_too_small_for_a_share_gets_nothing() {
        assert_eq!(share_out(&[1, 99], 10, 0), [1, 9]);
        assert_eq!(share_out(&[99, 1], 10, 0), [10, 0]);
    }
}
