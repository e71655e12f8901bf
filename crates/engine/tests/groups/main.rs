//! Groups of orders through the engine's own door (rules ).

mod desk;
mod effects;
mod entry;
mod random;
