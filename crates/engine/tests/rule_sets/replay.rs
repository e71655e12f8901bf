//! The state of rule sets follows from the sequence: a replay gives the same, and nothing is asked for twice.

use breaker::{DynamicRules, Hours, LuldRules, LuldTerms, MarketWideRules, RuleSet, Tier, Venue, Watchers};
use model::{Command, OperatorId, Price, ReferenceKind, SetReference, SplitMix64};

use crate::floor::{ABC, BUY, DEF, Desk, Floor, MINUTE, SECOND, SELL};

fn sets() -> [RuleSet; 3] {
    let (tier, leverage, price_decimals) = (Tier::One, 1, 2);
    let terms = LuldTerms { tier, prev_close: Price(1_000), leverage, price_decimals, hours: Hours::default() };
    let (operator, midnight_ns) = (OperatorId(9), 0);
    let dynamic = DynamicRules { window_ns: 60 * SECOND, ..DynamicRules::new(DEF, Price(1_000), 300, 1) };
    let halted = vec![DEF];
    let (prev_close, taken, hours) = (Price(1_000), [false; 3], Hours::default());
    [
        RuleSet::Luld(LuldRules { instrument: ABC, terms, midnight_ns, operator }),
        RuleSet::Dynamic(dynamic),
        RuleSet::MarketWide(MarketWideRules { index: ABC, prev_close, taken, halted, hours, midnight_ns, operator }),
    ]
}

/// Random orders around a wandering price, with index prices and silences between.
fn live(seed: u64) -> (Desk, Vec<usize>) {
    let mut rng = SplitMix64::new(seed);
    let mut draw = |bound: u64| i64::try_from(rng.below(bound)).unwrap();
    let mut desk = Desk::open(|_| {});
    let (mut now, mut middle) = (930 * MINUTE, 1_000);
    let mut attached = Vec::new();
    for set in sets() {
        desk.at(now);
        attached.push(desk.floor.log.len());
        desk.attach(set).unwrap();
        now += SECOND;
    }
    for _ in 0..400 {
        now += if draw(30) == 0 { draw(200) * SECOND } else { draw(SECOND.unsigned_abs()) };
        middle = (middle + draw(25) - 12).max(100);
        desk.at(now);
        match draw(40) {
            0 => {
                let price = Price(1_000 - draw(250));
                let reference = SetReference { instrument: ABC, kind: ReferenceKind::Index, price, max_age_ns: SECOND };
                desk.send(&Command::SetReference(reference));
            }
            1 => desk.mass_cancel(),
            2 => desk.tick(),
            _ => {
                let instrument = if draw(2) == 0 { ABC } else { DEF };
                let side = if draw(2) == 0 { BUY } else { SELL };
                desk.limit(instrument, side, middle + draw(21) - 10, 1 + draw(5));
            }
        }
    }
    (desk, attached)
}

#[test]
fn a_replay_gives_the_same_state_and_wants_nothing_new() {
    let (mut bands, mut halts) = (0, 0);
    for seed in 0..20 {
        let (desk, attached) = live(seed);
        let (mut floor, mut watchers, mut sets) = (Floor::empty(), Watchers::new(), sets().into_iter());
        for (at, (stamp, command)) in desk.floor.log.iter().enumerate() {
            floor.at_ns = stamp.ts_ns;
            assert_eq!(floor.next_ns(), stamp.ts_ns);
            while attached.get(watchers.sets().len()) == Some(&at) {
                watchers.attach_replayed(&floor, sets.next().unwrap()).unwrap();
            }
            watchers.replay(&mut floor, command);
            bands += usize::from(matches!(command, Command::SetBands(_)));
            halts += usize::from(matches!(command, Command::Halt(_)));
        }
        // One that wants nothing first is attached without a command.
        for set in sets {
            watchers.attach_replayed(&floor, set).unwrap();
        }

        assert_eq!(watchers, desk.watchers, "seed {seed}");
        assert_eq!(floor.exchange.state_hash(), desk.floor.exchange.state_hash(), "seed {seed}");
        assert_eq!(floor.log.len(), desk.floor.log.len());
        let log = floor.log.len();
        watchers.before(&mut floor);
        assert!(floor.log.len() <= log + 3, "seed {seed}: at most what is due since then");
    }
    assert!(bands > 500 && halts > 5, "{bands} {halts}");
}
