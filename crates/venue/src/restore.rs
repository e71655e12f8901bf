//! The gateway's memory, derived again while the log is replayed: open orders, and the reports of the tail.

use engine::Exchange;
use gateway::host::{GATEWAY_ORIGIN, Outcome, Sink as _};
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::Limits;
use model::{Event, Stamp};
use sequencer::Watch;
use wire::{Durability, Position};

use crate::seat::open_order;

/// Builds a hub while a data directory is opened.
#[derive(Debug)]
pub struct Restore {
    limits: Limits,
    keys: Keys,
    durability: Durability,
    epoch: u32,
    hub: Hub,
}

impl Restore {
    /// Begins with nothing. `epoch` is a number that no earlier run of the venue used for its market data.
    #[must_use]
    pub fn new(limits: Limits, keys: Keys, durability: Durability, epoch: u32) -> Self {
        let hub = hub(limits, &keys, durability, epoch, Position::default());
        Self { limits, keys, durability, epoch, hub }
    }

    /// The hub of the recovered venue.
    #[must_use]
    pub fn into_hub(self) -> Hub {
        self.hub
    }
}

fn hub(limits: Limits, keys: &Keys, durability: Durability, epoch: u32, position: Position) -> Hub {
    Hub::new(limits, keys.clone(), About { durability, position, epoch })
}

impl Watch for Restore {
    fn begin(&mut self, at: Stamp, exchange: &Exchange) {
        // Every report of the snapshot's commands is before this position.
        let position = Position { event_seq: at.seq, sub: u32::MAX, leg: u8::MAX };
        let position = if at.seq == 0 { Position::default() } else { position };
        self.hub = hub(self.limits, &self.keys, self.durability, self.epoch, position);
        for order in exchange.every_open_order() {
            self.hub.restore(open_order(&order));
        }
    }

    fn replayed(&mut self, stamp: Stamp, _origin: u64, events: &[Event]) {
        // Whoever asked then is not there any more.
        self.hub.released(Outcome { stamp, origin: GATEWAY_ORIGIN, events, times: None });
    }
}
