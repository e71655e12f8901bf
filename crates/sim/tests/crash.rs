//! A slice of the simulated crashes, the seeds that once failed, and what the runs themselves must keep to.

use sim::crash::character::Plan;
use sim::crash::faults::Fault;
use sim::crash::verdict::Totals;
use sim::crash::world::run;

/// Crashes of the slice (RELIABILITY 1.3).
const CRASHES_MIN: u64 = 20_000;
const REGRESS: &str = include_str!("../seeds/regress.txt");

#[test]
fn a_plan_always_does_the_same() {
    for seed in 1..=10 {
        let plan = Plan::new(seed);

        assert_eq!(run(&plan), run(&plan), "seed {seed}");
    }
}

/// INV-15, INV-16, INV-17, INV-18.
#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_invented() {
    let mut totals = Totals::default();
    for seed in 1.. {
        let verdict = run(&Plan::new(seed));
        totals.see(&verdict.tally);
        assert_eq!(verdict.failure, None, "repeat with: make soak ARGS=\"crash --seed {seed}\"");
        if totals.tally.crashes >= CRASHES_MIN {
            break;
        }
    }

    assert!(totals.mean_between() >= 30, "{totals}");
    assert_eq!(totals.missing(), [], "{totals}");
}

#[test]
fn seeds_that_once_failed_pass() {
    for line in REGRESS.lines().filter(|line| !line.starts_with('#')) {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(seed)), Some(Ok(commands))) = (numbers.next(), numbers.next()) else {
            panic!("{line}: a seed and a number of commands are wanted");
        };
        let plan = Plan { commands: usize::try_from(commands).expect("a small number"), ..Plan::new(seed) };

        assert_eq!(run(&plan).failure, None, "seed {seed}");
    }
}

/// INV-23: what is refused on a full disk comes through once there is space; INV-15 after a sync that failed.
#[test]
fn full_disks_and_failing_syncs_lose_nothing() {
    for focus in [Fault::Full, Fault::SyncError] {
        let mut totals = Totals::default();
        for seed in 1..=60 {
            let verdict = run(&Plan { focus: Some(focus), ..Plan::new(seed) });
            totals.see(&verdict.tally);
            assert_eq!(
                verdict.failure,
                None,
                "repeat with: make soak ARGS=\"crash --seed {seed} --focus {}\"",
                focus.name()
            );
        }

        assert!(totals.tally.counts.of(focus) >= 60, "{totals}");
    }
}
