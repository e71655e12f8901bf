//! The measures of one instrument over time: smoothed imbalance, order-flow imbalance, predicted move (F-087, F-088).
#![allow(clippy::float_arithmetic, reason = "analytics: nothing here changes a balance")]

use model::InstrumentId;

use crate::ewma::{EwmaError, Start, TimeEwma};
use crate::l2::Levels;
use crate::level::Unavailable;
use crate::measures::{DepthWeights, Measures};
use crate::ofi::Ofi;
use crate::predict::MoveModel;

/// What there is to say about an instrument at one moment. Throttling is the sender's business.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MicrostructureUpdate {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// When, in nanoseconds since the Unix epoch.
    pub ts_ns: i64,
    /// The measures of the book, or why it has none.
    pub measures: Result<Measures, Unavailable>,
    /// Mean of the weighted imbalance by half-life, in (-1, 1); `None` before the first open book. It keeps its last
    /// value while the book is not open.
    pub imbalance_smoothed: Option<f64>,
    /// Order-flow imbalance since the tracker began or was restarted, in the quantity unit.
    pub ofi: Option<i128>,
    /// Predicted move of the mid in the price unit; `None` without a model or without an open book.
    pub predicted_move: Option<f64>,
}

/// Follows one instrument.
#[derive(Debug, Clone)]
pub struct Tracker {
    instrument: InstrumentId,
    weights: DepthWeights,
    imbalance: TimeEwma,
    ofi: Ofi,
    model: Option<MoveModel>,
}

impl Tracker {
    /// `half_life_ns` > 0 is that of the smoothed imbalance, in nanoseconds; without a fitted `model` nothing is
    /// predicted.
    ///
    /// # Errors
    /// [`EwmaError::BadHalfLife`].
    pub fn new(
        instrument: InstrumentId,
        weights: DepthWeights,
        half_life_ns: i64,
        model: Option<MoveModel>,
    ) -> Result<Self, EwmaError> {
        let imbalance = TimeEwma::new(half_life_ns, Start::Normalised)?;
        Ok(Self { instrument, weights, imbalance, ofi: Ofi::default(), model })
    }

    /// Takes the book as it is at `ts_ns`.
    ///
    /// # Errors
    /// [`EwmaError::TimeWentBack`]; nothing is counted then.
    pub fn observe(&mut self, ts_ns: i64, levels: &Levels) -> Result<MicrostructureUpdate, EwmaError> {
        let measures = levels.measures(self.weights);
        if let Ok(measures) = &measures {
            self.imbalance.update(ts_ns, measures.imbalance_weighted)?;
        }
        self.ofi.update(measures.map(|measures| measures.quote));
        let predict = |model: MoveModel| measures.ok().map(|measures| model.predicted_move(&measures));
        Ok(MicrostructureUpdate {
            instrument: self.instrument,
            ts_ns,
            measures,
            imbalance_smoothed: self.imbalance.value(),
            ofi: self.ofi.sum(),
            predicted_move: self.model.and_then(predict),
        })
    }

    /// Starts the next interval of the order-flow imbalance.
    pub fn restart_ofi(&mut self) {
        self.ofi.restart();
    }
}

#[cfg(test)]
mod tests {
    use model::{Price, Qty, Side};

    use super::*;
    use crate::feed::{Delta, LevelChange, View};
    use crate::level::Level;

    fn tracker(model: Option<MoveModel>) -> Tracker {
        Tracker::new(InstrumentId(3), DepthWeights::new(1.0, 5).unwrap(), 10, model).unwrap()
    }

    fn set(levels: &mut Levels, side: Side, price: i64, qty: i64) {
        let level = Level { price: Price(price), qty: Qty(qty), order_count: u32::from(qty > 0) };
        levels.apply(&Delta::Level(LevelChange { side, level })).unwrap();
    }

    #[test]
    fn an_open_book_is_measured_smoothed_and_predicted() {
        let mut tracker = tracker(Some(MoveModel::new(0.5).unwrap()));
        let mut levels = Levels::default();
        set(&mut levels, Side::Buy, 100, 3);
        set(&mut levels, Side::Sell, 104, 1);
        tracker.observe(0, &levels).unwrap();
        set(&mut levels, Side::Buy, 100, 1);

        let update = tracker.observe(10, &levels).unwrap();

        // The first observation (imbalance 1/2) weighs 1/2 after one half-life, the second (0) weighs 1.
        assert!((update.imbalance_smoothed.unwrap() - 0.25 / 1.5).abs() < 1e-12);
        assert_eq!(update.ofi, Some(-2));
        assert!(update.predicted_move.unwrap().abs() < 1e-12);
        assert_eq!((update.instrument, update.ts_ns), (InstrumentId(3), 10));
    }

    #[test]
    fn a_book_that_is_not_open_has_a_reason_and_no_prediction() {
        let mut tracker = tracker(Some(MoveModel::new(0.5).unwrap()));
        let mut levels = Levels::default();

        let update = tracker.observe(0, &levels).unwrap();
        assert_eq!(update.measures, Err(Unavailable::EmptyBook));
        assert_eq!((update.imbalance_smoothed, update.ofi, update.predicted_move), (None, None, None));

        set(&mut levels, Side::Buy, 100, 3);
        assert_eq!(tracker.observe(1, &levels).unwrap().measures, Err(Unavailable::NoAsks));
    }

    #[test]
    fn without_a_model_nothing_is_predicted_and_time_does_not_go_back() {
        let mut tracker = tracker(None);
        let mut levels = Levels::default();
        set(&mut levels, Side::Buy, 100, 3);
        set(&mut levels, Side::Sell, 101, 1);

        assert_eq!(tracker.observe(5, &levels).unwrap().predicted_move, None);
        assert_eq!(tracker.observe(4, &levels), Err(EwmaError::TimeWentBack { last_ts_ns: 5, ts_ns: 4 }));
    }
}
