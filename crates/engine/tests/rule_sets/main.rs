//! Rule sets at work on the real engine: the cases of `vectors/expected/circuit_breakers.json`, and what goes wrong.

#[cfg(test)]
mod dynamic;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod luld;
#[cfg(test)]
mod market_wide;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
