//! Orders that depend on each other: OCO, OTO, brackets (rules, S-60).
//!
//! An order that belongs to a group has a mark in its record, so that all others pay one predictable branch. What
//! happens to a marked order is noted in the order in which it happens; its effects on the others follow in the drain
//! each at its turn.

mod amends;
mod check;
mod effects;
mod enter;
mod hash;
mod holds;
mod invariants;
mod release;
mod store;

pub(crate) use amends::check as check_amend;
pub(crate) use effects::{Alone, alone, begins, fired, follow_timers, run};
pub(crate) use enter::{cancel_group, forget_finished, new_group};
pub(crate) use hash::write as write_hash;
pub(crate) use invariants::check as check_invariants;
pub(crate) use store::Groups;
