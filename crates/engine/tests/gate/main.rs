//! The order gate, kill switches, lost connections and dead-man timers, sentence by sentence (rules ).

mod credit;
mod emergencies;
mod finding;
mod limits;
mod rates;
mod sessions;
mod settings;
mod vector;
mod venue;
mod working;
