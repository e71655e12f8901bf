//! What every number and word of the exchange means.
