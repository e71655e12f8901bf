//! Markets of events: the cases `pm-*` of `vectors/expected/prediction_assessment.json`, and that nothing is lost.

#[cfg(test)]
mod conservation;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod venue;
