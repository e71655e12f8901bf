//! At which price an auction would cross.

use model::Price;

/// One order as the auction sees it. `limit` is empty for a market order without protection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interest {
    pub limit: Option<Price>,
    pub qty: i64,
}

/// A price with what would be bought and sold at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub price: Price,
    pub demand: i128,
    pub supply: i128,
}

impl Candidate {
    pub fn at(price: Price, buys: &[Interest], sells: &[Interest]) -> Self {
        let sum = |orders: &[Interest], accepts: fn(Price, Price) -> bool| -> i128 {
            let willing = orders.iter().filter(|order| order.limit.is_none_or(|limit| accepts(limit, price)));
            willing.map(|order| i128::from(order.qty)).sum()
        };
        let demand = sum(buys, |limit, price| limit >= price);
        let supply = sum(sells, |limit, price| limit <= price);
        Candidate { price, demand, supply }
    }

    pub fn volume(&self) -> i128 {
        self.demand.min(self.supply)
    }

    pub fn surplus(&self) -> i128 {
        self.demand - self.supply
    }
}

/// The best of all candidates (ascending by price), by the four steps of R-84. Empty where nothing would trade.
pub(super) fn best(mut candidates: Vec<Candidate>, reference: Option<Price>) -> Option<Candidate> {
    let most = candidates.iter().map(Candidate::volume).max().filter(|volume| *volume > 0)?;
    candidates.retain(|candidate| candidate.volume() == most);
    let balance = candidates.iter().map(|candidate| candidate.surplus().abs()).min()?;
    candidates.retain(|candidate| candidate.surplus().abs() == balance);
    let (lowest, highest) = (*candidates.first()?, *candidates.last()?);
    if candidates.iter().all(|candidate| candidate.surplus() > 0) {
        return Some(highest);
    }
    if candidates.iter().all(|candidate| candidate.surplus() < 0) {
        return Some(lowest);
    }
    let low = candidates.iter().rev().find(|candidate| candidate.surplus() > 0).map_or(lowest.price, |c| c.price);
    let high = candidates.iter().find(|candidate| candidate.surplus() < 0).map_or(highest.price, |c| c.price);
    candidates.retain(|candidate| (low..=high).contains(&candidate.price));
    match reference {
        None => candidates.last().copied(),
        Some(reference) => candidates.into_iter().min_by_key(|c| ((c.price.0 - reference.0).abs(), -c.price.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(buys: &[(i64, i64)], sells: &[(i64, i64)], reference: i64) -> Option<Candidate> {
        let interest = |orders: &[(i64, i64)]| -> Vec<Interest> {
            orders.iter().map(|(price, qty)| Interest { limit: Some(Price(*price)), qty: *qty }).collect()
        };
        let (buys, sells) = (interest(buys), interest(sells));
        let grid = (90..=110).map(|price| Candidate::at(Price(price), &buys, &sells)).collect();
        best(grid, Some(Price(reference)))
    }

    #[test]
    fn without_a_surplus_the_price_nearest_to_the_reference_wins() {
        assert_eq!(crossing(&[(101, 10)], &[(99, 10)], 95).map(|c| c.price), Some(Price(99)));
        assert_eq!(crossing(&[(101, 10)], &[(99, 10)], 100).map(|c| c.price), Some(Price(100)));
        assert_eq!(crossing(&[(101, 10)], &[(99, 10)], 105).map(|c| c.price), Some(Price(101)));
    }

    #[test]
    fn of_two_prices_equally_near_the_reference_the_higher_wins() {
        let at = |price, demand, supply| Candidate { price: Price(price), demand, supply };
        let candidates = vec![at(199, 10, 5), at(201, 5, 10)];

        assert_eq!(best(candidates, Some(Price(200))).map(|c| c.price), Some(Price(201)));
    }

    #[test]
    fn a_surplus_on_one_side_moves_the_price_to_its_end() {
        assert_eq!(crossing(&[(101, 15)], &[(99, 10)], 95).map(|c| c.price), Some(Price(101)));
        assert_eq!(crossing(&[(101, 10)], &[(99, 15)], 105).map(|c| c.price), Some(Price(99)));
    }

    #[test]
    fn nothing_crosses_where_no_price_suits_both() {
        assert_eq!(crossing(&[(99, 10)], &[(101, 10)], 100), None);
    }
}
