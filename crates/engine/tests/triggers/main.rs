//! Orders that wait for a trigger: sources, direction, trailing, what fires in which order, and what they become.

mod desk;
mod firing;
#[path = "../floor/mod.rs"]
mod floor;
mod refusals;
mod trailing;
mod work;
