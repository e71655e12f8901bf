//! Many sessions and one engine: who hears what, once, in order, whatever the others do.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod amendments;
mod redefinitions;
mod reports;
mod sessions;
#[path = "../support/mod.rs"]
mod support;
mod world;
