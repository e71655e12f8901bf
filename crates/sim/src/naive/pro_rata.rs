//! Sharing one price level among its displayed orders.

use model::{Allocation, Events, OrderId, Price, StpMode};

use super::NaiveExchange;
use super::matching::Stop;

/// What each tip gets of `wanted`, in queue order; `wanted` is below the sum of the tips.
fn shares(tips: &[i64], wanted: i64, fifo_bps: u16, lot: i64) -> Vec<i64> {
    let floor_lot = |qty: i128| qty - qty % i128::from(lot);
    let mut shares = vec![0; tips.len()];
    let by_time = floor_lot(i128::from(wanted) * i128::from(fifo_bps) / 10_000);
    let by_time = i64::try_from(by_time).expect("a share of the whole");
    give_by_time(&mut shares, tips, by_time);
    let left: Vec<i64> = tips.iter().zip(&shares).map(|(tip, share)| tip - share).collect();
    let sum: i128 = left.iter().copied().map(i128::from).sum();
    let rest = wanted - by_time;
    let mut given = by_time;
    for (share, left) in shares.iter_mut().zip(&left) {
        let part = floor_lot(i128::from(rest) * i128::from(*left) / sum);
        let part = i64::try_from(part).expect("a share of the whole");
        *share += part;
        given += part;
    }
    give_by_time(&mut shares, tips, wanted - given);
    shares
}

/// Fills up shares in queue order, each to its tip at most.
fn give_by_time(shares: &mut [i64], tips: &[i64], mut qty: i64) {
    for (share, tip) in shares.iter_mut().zip(tips) {
        let part = qty.min(tip - *share);
        *share += part;
        qty -= part;
    }
}

impl NaiveExchange {
    /// One look at a level: prevention first, then one allocation. `None` where matching goes on.
    pub(super) fn share_level(
        &mut self,
        id: OrderId,
        price: Price,
        trades_left: u64,
        out: &mut Events,
    ) -> Option<Stop> {
        let taker = self.order(id);
        let lot = self.instrument(taker.instrument).definition.lot_size.0;
        if self.affordable(taker, price, lot) == 0 {
            return Some(Stop::Budget);
        }
        let level = self.displayed_at(id, price);
        let is_own = |maker: &&OrderId| self.owner(self.order(**maker).account) == self.owner(taker.account);
        if taker.stp != StpMode::None
            && let Some(own) = level.iter().find(is_own)
        {
            return self.prevent(id, *own, price, out);
        }
        let tips: Vec<i64> = level.iter().map(|maker| self.order(*maker).tip).collect();
        let sum = tips.iter().sum();
        let wanted = self.affordable(taker, price, sum);
        let shares = match self.instrument(taker.instrument).definition.allocation {
            _ if wanted == sum => tips,
            Allocation::Fifo | Allocation::ProRata => shares(&tips, wanted, 0, lot),
            Allocation::FifoThenProRata { fifo_bps } => shares(&tips, wanted, fifo_bps, lot),
        };
        let fills = level.into_iter().zip(shares).filter(|(_, share)| *share > 0);
        for (count, (maker, share)) in (0_u64..).zip(fills) {
            if count == trades_left {
                return Some(Stop::TradesMax);
            }
            self.trade_with_maker(id, maker, price, share, out);
        }
        None
    }

    /// The displayed orders that a taker meets at a price, in queue order.
    fn displayed_at(&self, id: OrderId, price: Price) -> Vec<OrderId> {
        let taker = self.order(id);
        let queue = self.queue(taker.instrument, taker.side.opposite());
        let level = queue.into_iter().filter(|maker| maker.book_price() == Some(price) && !maker.is_hidden());
        level.map(|maker| maker.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn each_gets_its_share_in_whole_lots_and_the_rest_goes_by_time() {
        // 7 of 20 over tips 10, 6, 4: 3.5, 2.1, 1.4 floored are 3, 2, 1; the one left goes to the first.
        assert_eq!(shares(&[10, 6, 4], 7, 0, 1), [4, 2, 1]);
    }

    #[test]
    fn a_share_by_time_comes_first() {
        // Half of 8 is 4, all to the first; 4 of the remaining 6 + 6 + 4: 1.5, 1.5, 1 floored; 1 left by time.
        assert_eq!(shares(&[10, 6, 4], 8, 5_000, 1), [6, 1, 1]);
    }
}
