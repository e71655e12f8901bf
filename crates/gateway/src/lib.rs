//! Client sessions: who is there, what may be said, who hears what, over sockets that nobody has to trust.
//!
//! [`session::Session`] is one connection without I/O, [`hub::Hub`] all of them and what they share, [`server::Server`] the
//! sockets and the loop around an engine. The engine is whoever implements [`host::Engine`]. The protocol is written down in
//! `docs/reference/gateway.md`, the bytes of its messages are those of crate `wire`.
//!
//! Invariants:
//! 1. (INV-21) Memory is bounded by the limits, whatever peers send or do not read; every queue has a name and a maximum.
//! 2. A report is never dropped: it is sent, or the session ends with a reason and resumes by position.
//! 3. (INV-15) Only outcomes of durable commands get here, so nothing is told that a crash could take back.
//! 4. (INV-26) Session and account of a command are the key's, never the client's word.

mod addresses;
mod amendments;
mod bucket;
mod changes;
mod channel;
pub mod clock;
mod commands;
mod exec;
mod feed;
mod history;
pub mod host;
pub mod hub;
pub mod keys;
mod ledger;
pub mod limits;
mod line;
mod market;
mod outbox;
pub mod own;
mod rates;
mod reports;
pub mod retell;
mod room;
pub mod secrets;
pub mod server;
pub mod session;
pub mod stamps;
pub mod tls;
