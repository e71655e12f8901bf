//! What a command costs beside many resting groups: who is in no group must not pay for those who are.

use crate::beside::{Costs, FAIR, compare, order};
use crate::driver::Driver;
use model::{
    AccountId, Activation, Command, GroupKind, GroupLeg, GroupMode, NewGroup, NewOrder, OrdType, Price, Trigger,
    TriggerKind,
};

/// Groups rest at least so far from where the orders that are measured trade.
const FAR: i64 = 10_000;

/// Runs the same commands through an exchange without groups and one with `groups` of them, in turn.
pub fn run(groups: u64) -> Costs {
    compare(|engine| {
        let mut taken = 0;
        for number in 0..groups {
            let group = group(number);
            taken += group.legs.len() as u64;
            engine.apply(&Command::NewGroup(Box::new(group)), &mut Vec::new());
        }
        taken
    })
}

/// By turns a bracket whose entry rests far away and an OCO of a target and an armed stop.
fn group(number: u64) -> NewGroup {
    let spread = i64::try_from(number % 9_000).expect("below 9,000");
    let account = AccountId(1 + u32::try_from(number % 1_000).expect("below 1,000"));
    let limit = |leg: &str, side, px| order(account, &format!("{leg}-{number}"), side, px);
    let stop = NewOrder { ord_type: OrdType::Market, price: None, ..limit("s", model::Side::Sell, 1) };
    let stop = GroupLeg { order: stop, trigger: Some(Trigger::at(TriggerKind::StopLoss, Price(1 + spread))) };
    let target = GroupLeg { order: limit("t", model::Side::Sell, FAIR + FAR + spread), trigger: None };
    let entry = GroupLeg { order: limit("e", model::Side::Buy, FAIR - FAR - spread), trigger: None };
    let (kind, legs) = if number.is_multiple_of(2) {
        (GroupKind::Otoco, vec![entry, target, stop])
    } else {
        (GroupKind::Oco, vec![target, stop])
    };
    NewGroup { kind, mode: GroupMode::Reduce, activation: Activation::Partial, legs }
}
