//! The outcome of one sequenced command: `apply(stamp, command) -> events`.
//!
//! The engine is a function of the commands it was given. It reads no clock, draws no random number, does no I/O and
//! never fails: a business "no" is an event, a broken invariant is a panic. What every command does is written in
//! `docs/reference/rules.md`; R-numbers in this crate point there.
//!
//! Data flows one way through `apply`: forget old ids, run timers, execute the command (`admit`, then change), then
//! settle what the change caused (reduce-only cuts, pegs, breakers, indicative prices).
//!
//! Invariants are numbered in `invariants.rs`.

mod accounts;
mod admin;
mod admit;
mod allocation;
mod amend;
mod amendments;
mod auction;
mod bands;
mod blotter;
mod buckets;
mod cancel;
mod clients;
mod drain;
mod due;
mod exchange;
mod feasibility;
mod fees;
mod groups;
mod guard;
mod halts;
mod hash;
mod heap;
mod image;
mod invariants;
mod look_ahead;
mod market;
mod matching;
mod outcomes;
mod passed;
mod pegs;
mod phases;
mod place;
mod record;
mod reducing;
mod references;
mod regrid;
mod request;
mod roster;
mod runs;
mod session;
mod shared;
mod slope;
mod stop_checks;
mod stopped;
mod stops;
mod tags;
mod timers;
mod trigger_book;
mod views;
mod waits;
mod watch;
mod work;

pub use accounts::Balance;
pub use blotter::{Blotter, OrderHistory, OrderStatus, Quality};
pub use exchange::Exchange;
pub use model::image::ImageError;
pub use views::{LevelView, OrderView};
