//! What a breaker does to a market, sentence by sentence of section 15 of the rules.

mod arming;
mod bands;
mod desk;
mod halts;
mod known_mistakes;
mod limit_state;
mod paths;
mod permitted_actions;
mod phases;
mod setting_up;
mod spread;
mod states;
mod vectors;
