//! Exponentially weighted mean with a real half-life, per observation or by time.
//!
//! After one half-life an observation weighs one half: `alpha = 1 - 2^(-1/h)`, or `2^(-dt/h)` on irregular times.
//! (`1 - exp(-1/h)` is a time constant, not a half-life.) A mean that starts at 0 is biased to 0, so there are only two
//! starts. Oracle: pandas `Series.ewm(halflife=..., adjust=...)`.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "analytics: nothing here changes a balance")]

use std::fmt;

/// How the first observations count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The first value is the first mean (pandas `adjust=False`).
    FirstValue,
    /// Weights are normalised by their sum (pandas `adjust=True`). On irregular times prefer this: two observations at
    /// one instant then count alike.
    Normalised,
}

/// Why an observation or a parameter was refused; the mean is unchanged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EwmaError {
    /// The half-life is not a finite number above zero.
    BadHalfLife,
    /// The observation is not finite.
    BadValue,
    /// The observation is older than the one before it.
    TimeWentBack {
        /// Time of the observation before, in nanoseconds.
        last_ts_ns: i64,
        /// Time of the refused observation, in nanoseconds.
        ts_ns: i64,
    },
}

impl fmt::Display for EwmaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadHalfLife => f.write_str("half-life must be finite and above zero"),
            Self::BadValue => f.write_str("observation is not finite"),
            Self::TimeWentBack { last_ts_ns, ts_ns } => {
                write!(f, "time went back: ts_ns={ts_ns} last_ts_ns={last_ts_ns}")
            }
        }
    }
}

impl std::error::Error for EwmaError {}

/// Weighted sum of the observations and sum of their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mean {
    start: Start,
    weighted_sum: f64,
    weight_sum: f64,
}

impl Mean {
    const fn new(start: Start) -> Self {
        Self { start, weighted_sum: 0.0, weight_sum: 0.0 }
    }

    /// Ages everything seen so far by `kept`, in (0, 1], and adds `value`.
    fn add(&mut self, value: f64, kept: f64) -> f64 {
        let weight = match self.start {
            Start::Normalised => 1.0,
            Start::FirstValue if self.weight_sum == 0.0 => 1.0,
            Start::FirstValue => 1.0 - kept,
        };
        self.weighted_sum = self.weighted_sum * kept + value * weight;
        self.weight_sum = match self.start {
            Start::Normalised => self.weight_sum * kept + weight,
            // Exactly one by construction; adding rounded parts would only drift.
            Start::FirstValue => 1.0,
        };
        self.weighted_sum / self.weight_sum
    }

    fn value(&self) -> Option<f64> {
        (self.weight_sum > 0.0).then(|| self.weighted_sum / self.weight_sum)
    }
}

/// Mean whose weights halve every `half_life` observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ewma {
    kept: f64,
    mean: Mean,
}

impl Ewma {
    /// `half_life` in observations.
    ///
    /// # Errors
    /// [`EwmaError::BadHalfLife`] unless finite and > 0.
    pub fn new(half_life: f64, start: Start) -> Result<Self, EwmaError> {
        if !(half_life.is_finite() && half_life > 0.0) {
            return Err(EwmaError::BadHalfLife);
        }
        Ok(Self { kept: (-1.0 / half_life).exp2(), mean: Mean::new(start) })
    }

    /// Share of the newest observation, in (0, 1): `1 - 2^(-1/half_life)`.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        1.0 - self.kept
    }

    /// Adds an observation and returns the mean.
    ///
    /// # Errors
    /// [`EwmaError::BadValue`] where `value` is not finite.
    pub fn update(&mut self, value: f64) -> Result<f64, EwmaError> {
        if !value.is_finite() {
            return Err(EwmaError::BadValue);
        }
        Ok(self.mean.add(value, self.kept))
    }

    /// The mean, or `None` before the first observation.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.mean.value()
    }
}

/// Mean whose weights halve every `half_life_ns` nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeEwma {
    half_life_ns: i64,
    last_ts_ns: Option<i64>,
    mean: Mean,
}

impl TimeEwma {
    /// `half_life_ns` in nanoseconds.
    ///
    /// # Errors
    /// [`EwmaError::BadHalfLife`] where it is not above zero.
    pub fn new(half_life_ns: i64, start: Start) -> Result<Self, EwmaError> {
        if half_life_ns <= 0 {
            return Err(EwmaError::BadHalfLife);
        }
        Ok(Self { half_life_ns, last_ts_ns: None, mean: Mean::new(start) })
    }

    /// Adds an observation at `ts_ns` and returns the mean.
    ///
    /// # Errors
    /// [`EwmaError::BadValue`] or [`EwmaError::TimeWentBack`].
    pub fn update(&mut self, ts_ns: i64, value: f64) -> Result<f64, EwmaError> {
        if !value.is_finite() {
            return Err(EwmaError::BadValue);
        }
        let last_ts_ns = self.last_ts_ns.unwrap_or(ts_ns);
        if ts_ns < last_ts_ns {
            return Err(EwmaError::TimeWentBack { last_ts_ns, ts_ns });
        }
        let elapsed_ns = ts_ns.abs_diff(last_ts_ns);
        let kept = (-(elapsed_ns as f64) / self.half_life_ns as f64).exp2();
        self.last_ts_ns = Some(ts_ns);
        Ok(self.mean.add(value, kept))
    }

    /// The mean, or `None` before the first observation.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.mean.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_one_half_life_the_first_value_weighs_one_half() {
        let mut ewma = Ewma::new(10.0, Start::FirstValue).unwrap();
        let mut timed = TimeEwma::new(10, Start::FirstValue).unwrap();
        ewma.update(1.0).unwrap();
        timed.update(0, 1.0).unwrap();

        for _ in 0..10 {
            ewma.update(0.0).unwrap();
        }
        timed.update(10, 0.0).unwrap();

        assert!((ewma.value().unwrap() - 0.5).abs() < 1e-12);
        assert!((timed.value().unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_constant_is_its_own_mean_from_the_first_value_on() {
        for start in [Start::FirstValue, Start::Normalised] {
            let mut ewma = Ewma::new(3.0, start).unwrap();
            assert_eq!(ewma.value(), None);
            for _ in 0..5 {
                assert!((ewma.update(1.0).unwrap() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn observations_at_one_instant_count_alike_when_normalised() {
        let mut timed = TimeEwma::new(1_000, Start::Normalised).unwrap();
        timed.update(5, 1.0).unwrap();

        assert!((timed.update(5, 3.0).unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_long_silence_forgets_the_past_without_losing_the_mean() {
        let mut timed = TimeEwma::new(1, Start::Normalised).unwrap();
        timed.update(0, 7.0).unwrap();

        assert!((timed.update(1_000_000, 2.0).unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut ewma = Ewma::new(2.0, Start::Normalised).unwrap();
        ewma.update(1.0).unwrap();
        let mut timed = TimeEwma::new(2, Start::Normalised).unwrap();
        timed.update(10, 1.0).unwrap();
        let before = (ewma, timed);

        assert_eq!(ewma.update(f64::NAN), Err(EwmaError::BadValue));
        assert_eq!(timed.update(11, f64::INFINITY), Err(EwmaError::BadValue));
        assert_eq!(timed.update(9, 1.0), Err(EwmaError::TimeWentBack { last_ts_ns: 10, ts_ns: 9 }));
        assert_eq!((ewma, timed), before);
    }

    #[test]
    fn a_half_life_must_be_above_zero() {
        for half_life in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Ewma::new(half_life, Start::FirstValue), Err(EwmaError::BadHalfLife));
        }
        assert_eq!(TimeEwma::new(0, Start::FirstValue), Err(EwmaError::BadHalfLife));
        assert_eq!(TimeEwma::new(-1, Start::FirstValue), Err(EwmaError::BadHalfLife));
    }
}
