//! Subscriptions: what a listener has had, and what it gets instead of what it missed.

use model::{Event, InstrumentId};
use wire::{Depth, Kind, RejectCode, Subscribe, SubscribeAction};

use super::Hub;
use super::conns::{Conn, Place};
use crate::feed::{Feed, Pictures, instrument_of};
use crate::host::{Host, Token};
use crate::limits::Limits;

impl Hub {
    /// Publishes the events of one command to whoever listens.
    pub(super) fn publish(&mut self, events: &[Event]) {
        let Self { feeds, conns, limits, .. } = self;
        for event in events {
            if let Some(feed) = instrument_of(&event.kind).and_then(|instrument| feeds.get_mut(&instrument)) {
                feed.note(event);
            }
        }
        for (instrument, feed) in feeds {
            feed.publish(&mut |token, depth, (seq, message)| {
                let Some(conn) = conns.touch(token) else { return };
                let Some(place) = conn.places.get_mut(&(*instrument, depth)) else { return };
                if !matches!(place, Place::Live) {
                    return;
                }
                if conn.session.pending_len() <= limits.outbox_high {
                    conn.session.send_shared(message);
                } else {
                    *place = Place::Behind(seq);
                }
            });
        }
    }

    /// Begins, ends or repeats a subscription.
    pub(super) fn subscribe(&mut self, token: Token, seq: u64, request: &Subscribe, host: &mut dyn Host) {
        let key = (request.instrument, request.depth);
        let Some(conn) = self.conns.get_mut(token) else { return };
        let refuse = |conn: &mut Conn, reason, value: i128, limit: i128| {
            conn.session.reject(seq, Kind::Subscribe.code(), reason, value, limit);
        };
        let number = i128::from(request.instrument.0);
        let is_there = conn.places.contains_key(&key);
        match request.action {
            SubscribeAction::Unsubscribe if is_there => return self.unsubscribe(token, key),
            SubscribeAction::Snapshot if is_there => {
                conn.places.insert(key, Place::Lost);
                return;
            }
            SubscribeAction::Unsubscribe | SubscribeAction::Snapshot => {
                return refuse(conn, RejectCode::NotSubscribed, number, 0);
            }
            SubscribeAction::Subscribe => {}
        }
        let (count, max) = (conn.places.len(), self.limits.subscriptions_max);
        if !is_there && count >= max {
            return refuse(conn, RejectCode::TooManySubscriptions, count as i128 + 1, max as i128);
        }
        let about = self.about.epoch;
        let Some(feed) = feed_of(&mut self.feeds, request.instrument, host, (&self.limits, about)) else {
            return refuse(conn, RejectCode::UnknownInstrument, number, i128::from(host.instruments()) - 1);
        };
        let epoch = feed.epoch;
        let channel = feed.channel(request.depth);
        if !is_there {
            channel.listeners.push(token);
        }
        let place = match request.resume {
            Some(at) if at.epoch == epoch && channel.ring.can_continue(at.seq.saturating_add(1)) => {
                Place::Behind(at.seq.saturating_add(1))
            }
            Some(_) | None => Place::Lost,
        };
        conn.places.insert(key, place);
        self.about.epoch = self.about.epoch.max(epoch);
    }

    fn unsubscribe(&mut self, token: Token, key: (InstrumentId, Depth)) {
        if let Some(conn) = self.conns.get_mut(token) {
            conn.places.remove(&key);
        }
        self.stop_listening(token, key);
    }

    fn stop_listening(&mut self, token: Token, (instrument, depth): (InstrumentId, Depth)) {
        let Some(feed) = self.feeds.get_mut(&instrument) else { return };
        feed.channel(depth).listeners.retain(|there| *there != token);
        if feed.is_idle() {
            self.feeds.remove(&instrument);
        }
    }

    /// Ends every subscription of a connection.
    pub(super) fn unsubscribe_all(&mut self, token: Token) {
        let Some(conn) = self.conns.get_mut(token) else { return };
        for key in std::mem::take(&mut conn.places).into_keys() {
            self.stop_listening(token, key);
        }
    }

    /// Sends a connection the market data it is behind with, as far as there is room.
    pub(super) fn pump_books(&mut self, token: Token) {
        let Self { conns, feeds, pictures, limits, .. } = self;
        let Some(conn) = conns.get_mut(token).filter(|conn| !conn.places.is_empty()) else { return };
        let mut ended = Vec::new();
        let mut places = std::mem::take(&mut conn.places);
        for (key, place) in &mut places {
            let Some(feed) = feeds.get_mut(&key.0) else { continue };
            if !advance(conn, feed, key.1, place, (pictures, limits)) {
                ended.push(*key);
            }
        }
        conn.places = places;
        for key in ended {
            if let Some(conn) = self.conns.get_mut(token) {
                conn.session.reject(0, Kind::Subscribe.code(), RejectCode::SlowReader, i128::from(key.0.0), 0);
            }
            self.unsubscribe(token, key);
        }
    }
}

/// The feed of an instrument; it begins where nobody listened until now.
fn feed_of<'a>(
    feeds: &'a mut std::collections::BTreeMap<InstrumentId, Feed>,
    instrument: InstrumentId,
    host: &dyn Host,
    (limits, epoch): (&Limits, u32),
) -> Option<&'a mut Feed> {
    match feeds.entry(instrument) {
        std::collections::btree_map::Entry::Occupied(entry) => Some(entry.into_mut()),
        std::collections::btree_map::Entry::Vacant(entry) => {
            let mut orders = Vec::new();
            let state = host.book(instrument, &mut orders)?;
            Some(entry.insert(Feed::new(instrument, epoch + 1, state, &orders, limits.channel_bytes_max)))
        }
    }
}

/// Moves a listener on as far as there is room; `false` where it has to end.
fn advance(
    conn: &mut Conn,
    feed: &mut Feed,
    depth: Depth,
    place: &mut Place,
    (pictures, limits): (&mut Pictures, &Limits),
) -> bool {
    loop {
        if conn.session.pending_len() > limits.outbox_high {
            return true;
        }
        match place {
            Place::Live => return true,
            Place::Lost => match feed.picture(depth, pictures) {
                Some(picture) => *place = Place::Picture(picture, 0),
                None => return true,
            },
            Place::Picture(picture, part) => match picture.parts.get(*part) {
                Some(message) => {
                    conn.session.send_shared(message);
                    *part += 1;
                }
                None => *place = Place::Behind(picture.seq + 1),
            },
            Place::Behind(next) => {
                let ring = &feed.channel(depth).ring;
                if !ring.can_continue(*next) {
                    if depth == Depth::L3 {
                        return false;
                    }
                    *place = Place::Lost;
                } else if let Some(message) = ring.get(*next) {
                    conn.session.send_shared(message);
                    *next += 1;
                } else {
                    *place = Place::Live;
                }
            }
        }
    }
}
