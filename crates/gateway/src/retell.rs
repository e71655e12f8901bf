//! The reports of a gateway without one: outcomes of a log that is executed again, as the messages that were sent.

use model::Event;
pub use wire::Position;

use crate::host::OpenOrder;
use crate::ledger::Ledger;
use crate::reports::{self, Report};

/// Tells again what sessions were told: the same messages, which answer nobody.
#[derive(Debug, Default)]
pub struct Retell {
    ledger: Ledger,
    reports: Vec<Report>,
}

impl Retell {
    /// An order that was open before the first outcome.
    pub fn restore(&mut self, order: OpenOrder) {
        self.ledger.restore(order);
    }

    /// Gives each report of the events, in ascending order of position, with its bytes.
    pub fn tell(&mut self, events: &[Event], mut give: impl FnMut(Position, &[u8])) {
        for event in events {
            reports::absorb(event, &mut self.ledger, &mut self.reports);
        }
        let mut bytes = Vec::new();
        for report in self.reports.drain(..) {
            bytes.clear();
            let written = report.message.encode(0, 0, &mut bytes);
            debug_assert!(written.is_ok(), "a report can be written: {written:?}");
            give(report.position, &bytes);
        }
    }
}
