//! Orders that wait for a trigger: sources, direction, trailing, what fires in which order, and what they become.

mod desk;
mod firing;
mod refusals;
mod trailing;
mod work;
