//! The order gate, kill switches, lost connections and dead-man timers, sentence by sentence (rules ).

#[cfg(test)]
mod credit;
#[cfg(test)]
mod emergencies;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod vector;
#[cfg(test)]
mod venue;
#[cfg(test)]
mod working;
