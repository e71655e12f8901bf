//! Groups of orders through the engine's own door (rules ).

#[cfg(test)]
mod desk;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod entry;
#[cfg(test)]
#[path = "../floor/mod.rs"]
mod floor;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod random;
