//! Orders that depend on each other: OCO, OTO, brackets (rules, S-60).
//!
//! An order that belongs to a group has a mark in its record, so that all others pay one predictable branch. What
//! happens to a marked order is noted in the order in which it happens; its effects on the others follow in the drain
//! each at its turn.

mod holds;
mod store;

pub(crate) use store::Groups;
