//! What the public knows of instruments: the list for who asks, and news for every session of what is new or changes.

use model::{Event, EventKind, InstrumentId, OutcomeEvent};
use wire::{Kind, Message, RejectCode};

use super::Hub;
use super::conns::Listing;
use crate::host::{Host, Token};

impl Hub {
    /// Begins to send the list of instruments.
    pub(super) fn list(&mut self, token: Token, seq: u64, request: &wire::SecurityListRequest, host: &dyn Host) {
        let count = host.instruments();
        let Some(conn) = self.conns.touch(token) else { return };
        let (next, end) = match request.instrument {
            None if count > 0 => (0, count),
            Some(instrument) if instrument.0 < count => (instrument.0, instrument.0 + 1),
            None | Some(_) => {
                let kind = Kind::SecurityListRequest.code();
                let asked = request.instrument.map_or(0, |instrument| instrument.0);
                let (value, limit) = (i128::from(asked), i128::from(count) - 1);
                return conn.session.reject(seq, kind, RejectCode::UnknownInstrument, value, limit);
            }
        };
        conn.listing = Some(Listing { request_id: request.request_id, next, end });
    }

    /// Sends a connection the instruments that are left of its list, as far as there is room.
    pub(super) fn pump_listing(&mut self, token: Token, host: &dyn Host) {
        let Some(conn) = self.conns.get_mut(token) else { return };
        let Some(listing) = conn.listing.as_mut() else { return };
        while listing.next < listing.end && conn.session.pending_len() <= self.limits.outbox_high {
            let instrument = InstrumentId(listing.next);
            listing.next += 1;
            let (request_id, remaining) = (listing.request_id, listing.end - listing.next);
            if let Some(security) = host.security(instrument) {
                let security = wire::SecurityDefinition { request_id, remaining, ..security };
                conn.session.send(&Message::SecurityDefinition(security));
            }
        }
        if listing.next >= listing.end {
            conn.listing = None;
        }
    }

    /// Notes for every session where an event makes an instrument, or another one of it.
    pub(super) fn redefine(&mut self, event: &Event) {
        let Some(instrument) = redefined(event) else { return };
        for token in self.sessions.values() {
            if let Some(conn) = self.conns.touch(*token) {
                conn.redefined.insert(instrument);
            }
        }
    }

    /// Sends a connection the instruments that are new or have changed, as they are now, as far as there is room. A list that is being
    /// sent goes first: what it counts down are its own.
    pub(super) fn pump_redefined(&mut self, token: Token, host: &dyn Host) {
        let Some(conn) = self.conns.get_mut(token).filter(|conn| conn.listing.is_none()) else { return };
        while conn.session.pending_len() <= self.limits.outbox_high {
            let Some(instrument) = conn.redefined.pop_first() else { break };
            if let Some(security) = host.security(instrument) {
                conn.session.send(&Message::SecurityDefinition(security));
            }
        }
    }
}

/// The instrument that is new or whose definition an event changes.
fn redefined(event: &Event) -> Option<InstrumentId> {
    if let EventKind::InstrumentListed { instrument, .. }
    | EventKind::TicksSet { instrument }
    | EventKind::Outcome(OutcomeEvent::OutcomeSet { instrument, .. }) = event.kind
    {
        Some(instrument)
    } else {
        None
    }
}
