//! `pm-conservation`: whoever trades what, money is neither made nor lost, whatever the outcome.

use model::{AccountId, Command, MovePairs, OutcomeRequest, Qty, Side, SplitMix64};

use crate::venue::{MAKER, NO, RAIN, START, TAKER, USD, Venue, YES};

const THIRD: AccountId = AccountId(3);
const EVERYBODY: [AccountId; 4] = [AccountId::VENUE, MAKER, TAKER, THIRD];

fn below(rng: &mut SplitMix64, bound: u64) -> i64 {
    i64::try_from(rng.below(bound)).unwrap()
}

fn anybody(rng: &mut SplitMix64) -> AccountId {
    [MAKER, TAKER, THIRD][usize::try_from(rng.below(3)).unwrap()]
}

fn step(venue: &mut Venue, rng: &mut SplitMix64) {
    let (account, qty) = (anybody(rng), 1 + below(rng, 40));
    if rng.below(8) == 0 {
        let merge = rng.below(2) == 0;
        let pairs = MovePairs { account, instrument: RAIN, qty: Qty(qty), merge };
        venue.send(&Command::Outcome(OutcomeRequest::MovePairs(pairs)));
        return;
    }
    let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
    venue.order(account, side, qty, 40 + below(rng, 20));
}

/// What everybody has in an asset, in its units.
fn all(venue: &Venue, asset: model::AssetId) -> i128 {
    EVERYBODY.iter().map(|account| venue.has(*account, asset)).sum()
}

#[test]
fn what_all_have_and_the_pairs_are_worth_what_they_brought() {
    for (seed, weight) in (1..).zip([None, Some(0), Some(100), Some(50), Some(37), None]) {
        let (mut venue, mut rng) = (Venue::new(), SplitMix64::new(seed));
        venue.set_fee(2_345);
        for _ in 0..300 {
            step(&mut venue, &mut rng);
            let pairs = all(&venue, YES);
            assert_eq!(all(&venue, NO), pairs);
            assert_eq!(venue.exchange.open_interest(RAIN).map(|qty| i128::from(qty.0)), Some(pairs));
            assert_eq!(all(&venue, USD) + 100 * pairs, 3 * START);
        }
        assert!(all(&venue, YES) > 0, "nothing happened with seed {seed}");
        venue.resolve(weight);
        assert_eq!((all(&venue, YES), all(&venue, NO)), (0, 0));
        assert_eq!(all(&venue, USD), 3 * START);
        if weight.is_none() {
            assert!(EVERYBODY[1..].iter().all(|account| venue.gain(*account) == 0));
            assert_eq!(venue.has(AccountId::VENUE, USD), 0);
        }
    }
}
