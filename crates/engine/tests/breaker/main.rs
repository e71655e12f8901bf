//! What a breaker does to a market, sentence by sentence of section 15 of the rules.

mod arming;
mod bands;
mod cascades;
#[cfg(test)]
mod desk;
mod halts;
mod known_mistakes;
mod limit_state;
mod paths;
#[cfg(test)]
mod permitted_actions;
#[cfg(test)]
mod phases;
mod setting_up;
mod spread;
mod states;
#[cfg(test)]
mod vectors;
