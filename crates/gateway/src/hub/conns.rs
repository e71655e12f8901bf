//! The connections: a slot each, used again with another generation so that an old name never means a new connection.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use model::{AccountId, InstrumentId};

use crate::channel::Picture;
use crate::host::Token;
use crate::session::Session;

/// Whose reports a private stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    /// Those of one account.
    One(AccountId),
    /// Those of every account from this one on, and the venue's own.
    From(AccountId),
}

impl Hears {
    /// Whether a report is for it; `caused`: by a command of its own.
    pub(crate) fn includes(self, account: AccountId, caused: bool) -> bool {
        match self {
            Hears::One(own) => account == own,
            Hears::From(first) => caused || account >= first || account == AccountId::VENUE,
        }
    }
}

/// Where a private stream stands.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Whose reports are for it.
    pub(crate) hears: Hears,
    /// The next report it has not had, where it is behind.
    pub(crate) behind: Option<u64>,
    /// Reports with lower numbers were there before it asked.
    pub(crate) resent_before: u64,
    /// It asked for a resend and is told when it is complete.
    pub(crate) tells_end: bool,
}

/// Where a subscriber stands.
#[derive(Debug)]
pub(crate) enum Place {
    /// It has had everything.
    Live,
    /// The next message it has not had.
    Behind(u64),
    /// It needs the book as it is.
    Lost,
    /// It is being sent a picture, from this part on.
    Picture(Arc<Picture>, usize),
}

/// A list of instruments that is being sent.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) request_id: u32,
    pub(crate) next: u32,
    pub(crate) end: u32,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) session: Session,
    pub(crate) address: IpAddr,
    pub(crate) reader: Option<Reader>,
    pub(crate) places: BTreeMap<(InstrumentId, wire::Depth), Place>,
    pub(crate) listing: Option<Listing>,
    /// Instruments that have changed since it was told of them.
    pub(crate) redefined: BTreeSet<InstrumentId>,
    /// It is on the list of connections that have something to do.
    pub(crate) is_listed: bool,
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Conns {
    slots: Vec<(u16, Option<Conn>)>,
    free: Vec<u16>,
    busy: Vec<Token>,
}

impl Conns {
    /// No connections, of at most `max`.
    pub(crate) fn new(max: usize) -> Self {
        let count = u16::try_from(max).unwrap_or(u16::MAX);
        let slots = (0..count).map(|_| (1, None)).collect();
        Self { slots, free: (0..count).rev().collect(), busy: Vec::new() }
    }

    /// Adds a connection; `None` where there are as many as may.
    pub(crate) fn add(&mut self, session: Session, address: IpAddr) -> Option<Token> {
        let slot = self.free.pop()?;
        let (generation, place) = self.slots.get_mut(usize::from(slot))?;
        let places = BTreeMap::new();
        let redefined = BTreeSet::new();
        *place = Some(Conn { session, address, reader: None, places, listing: None, redefined, is_listed: false });
        Some(Token { slot, generation: *generation })
    }

    /// Takes a connection away.
    pub(crate) fn remove(&mut self, token: Token) -> Option<Conn> {
        let (generation, place) = self.slots.get_mut(usize::from(token.slot))?;
        if *generation != token.generation {
            return None;
        }
        let conn = place.take()?;
        // Generation 0 is left out: no origin is the gateway's own.
        *generation = generation.checked_add(1).unwrap_or(1);
        self.free.push(token.slot);
        Some(conn)
    }

    /// A connection that is still there.
    #[inline]
    pub(crate) fn get(&self, token: Token) -> Option<&Conn> {
        let (generation, place) = self.slots.get(usize::from(token.slot))?;
        if *generation == token.generation { place.as_ref() } else { None }
    }

    /// A connection that is still there, to be changed.
    #[inline]
    pub(crate) fn get_mut(&mut self, token: Token) -> Option<&mut Conn> {
        let (generation, place) = self.slots.get_mut(usize::from(token.slot))?;
        if *generation == token.generation { place.as_mut() } else { None }
    }

    /// A connection that will have something to write or to catch up with.
    #[inline]
    pub(crate) fn touch(&mut self, token: Token) -> Option<&mut Conn> {
        let (generation, place) = self.slots.get_mut(usize::from(token.slot))?;
        let conn = if *generation == token.generation { place.as_mut()? } else { return None };
        if !conn.is_listed {
            conn.is_listed = true;
            self.busy.push(token);
        }
        Some(conn)
    }

    /// Moves the connections that have something to do to `out`.
    pub(crate) fn take_busy(&mut self, out: &mut Vec<Token>) {
        out.clear();
        std::mem::swap(&mut self.busy, out);
        for token in out.iter() {
            if let Some(conn) = self.get_mut(*token) {
                conn.is_listed = false;
            }
        }
    }

    /// Names of all connections.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        let named = self.slots.iter().zip(0_u16..);
        named
            .filter(|((_, conn), _)| conn.is_some())
            .map(|((generation, _), slot)| Token { slot, generation: *generation })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn session() -> Session {
        Session::new(&Limits::default(), [0; 32], 0)
    }

    #[test]
    fn a_slot_is_used_again_under_another_name() {
        let mut conns = Conns::new(2);
        let first = conns.add(session(), HOME).unwrap();
        conns.add(session(), HOME).unwrap();
        assert!(conns.add(session(), HOME).is_none());

        assert!(conns.remove(first).is_some());
        assert!(conns.remove(first).is_none());
        let again = conns.add(session(), HOME).unwrap();

        assert_eq!((again.slot, conns.len()), (first.slot, 2));
        assert!(conns.get(first).is_none() && conns.get_mut(first).is_none() && conns.touch(first).is_none());
        assert!(conns.get(again).is_some());
    }

    #[test]
    fn what_has_something_to_do_is_listed_once() {
        let mut conns = Conns::new(4);
        let [a, b, c] = [0; 3].map(|_| conns.add(session(), HOME).unwrap());
        conns.touch(a);
        conns.touch(c);
        conns.touch(a);
        conns.remove(c);

        let mut busy = vec![b];
        conns.take_busy(&mut busy);

        assert_eq!(busy, [a, c]);
        conns.touch(a);
        conns.take_busy(&mut busy);
        assert_eq!(busy, [a]);
    }
}
