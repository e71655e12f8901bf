//! Makes a failing plan as small as it can be: fewer commands, fewer kinds of faults.

use super::character::Plan;
use super::faults::Fault;
use super::verdict::Failure;
use super::world::run;

/// The smallest plan found that fails by the same rule.
pub fn shrink(plan: &Plan, failure: &Failure) -> (Plan, Failure) {
    shrink_by(plan, failure, |plan| run(plan).failure)
}

/// The same with another way to try a plan.
fn shrink_by(plan: &Plan, failure: &Failure, check: impl Fn(&Plan) -> Option<Failure>) -> (Plan, Failure) {
    let mut best = (*plan, failure.clone());
    let try_plan = |best: &mut (Plan, Failure), plan: Plan| {
        let same = check(&plan).filter(|found| found.kind() == failure.kind());
        if let Some(found) = same {
            *best = (plan, found);
        }
    };
    for fault in Fault::ALL {
        let fewer = Plan { without: best.0.without.with(*fault), ..best.0 };
        try_plan(&mut best, fewer);
    }
    let mut step = best.0.commands / 2;
    while step > 0 {
        let before = best.0.commands;
        if before > step {
            let shorter = Plan { commands: before - step, ..best.0 };
            try_plan(&mut best, shorter);
        }
        if best.0.commands == before {
            step /= 2;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::faults::FaultSet;
    use super::*;

    #[test]
    fn only_what_matters_is_left() {
        let fails = |plan: &Plan| {
            let is_bad = plan.commands >= 37 && !plan.without.has(Fault::TornWrite) && !plan.without.has(Fault::Kill);
            is_bad.then(|| Failure { event: 1, what: "lost: x".to_owned() })
        };
        let whole = Plan::new(1);
        let found = fails(&whole).expect("it fails");

        let (small, _) = shrink_by(&whole, &found, fails);

        assert_eq!(small.commands, 37);
        let left: Vec<Fault> = Fault::ALL.iter().copied().filter(|fault| !small.without.has(*fault)).collect();
        assert_eq!(left, [Fault::Kill, Fault::TornWrite]);
        assert_eq!(FaultSet::parse(&small.without.to_string()), Ok(small.without));
    }
}
