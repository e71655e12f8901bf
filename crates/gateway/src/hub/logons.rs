//! Sessions that begin and end.

use std::collections::BTreeMap;

use model::{AccountId, Command, SessionId, SetCancelOnDisconnect, Symbol};
use wire::{LogonAck, LogoutReason, Role};

use super::Hub;
use super::conns::{Hears, Reader};
use crate::host::{GATEWAY_ORIGIN, Host, Token};
use crate::keys::{Key, Keys};
use crate::own::{Owner, trades};
use crate::session::Session;

const MS_NS: i64 = 1_000_000;

/// Why a logon is refused, the value at fault and what it was measured against.
type Refusal = (LogoutReason, i64, i64);

impl Hub {
    /// A proven logon: lets it in, or ends it with a reason.
    pub(super) fn logon(&mut self, token: Token, owner: Owner, logon: &wire::Logon, host: &mut dyn Host) {
        let trades = trades(owner.role);
        let checked = self.check_resume(logon).and_then(|()| self.admit(&owner));
        if let Err((reason, value, limit)) = checked.and_then(|()| self.set_rule(&owner, logon, trades, host)) {
            if let Some(conn) = self.conns.get_mut(token) {
                conn.session.end_at(reason, value, limit);
            }
            return;
        }
        if let Some(older) = self.sessions.insert((owner.session, owner.role), token) {
            self.supersede(older);
        }
        let ack = self.ack(token, &owner, logon, trades);
        let Some(conn) = self.conns.get_mut(token) else { return };
        conn.session.accept(ack);
        if owner.role != Role::MarketData {
            self.listen(token, &owner, logon);
        }
    }

    /// Takes other keys. Sessions whose key is gone, speaks for another account or has another secret end at once, and their
    /// orders follow the rule for lost connections. Says how many those were.
    pub fn set_keys(&mut self, keys: Keys) -> usize {
        let of_session = |keys: &Keys| -> BTreeMap<SessionId, (Symbol, Key)> {
            keys.entries().map(|(id, key)| (key.session, (*id, key.clone()))).collect()
        };
        let (before, after) = (of_session(&self.keys), of_session(&keys));
        let stays = |(session, role): &(SessionId, Role)| match (before.get(session), after.get(session)) {
            (Some((id, key)), Some((new_id, new_key))) => id == new_id && new_key.is_same(key) && new_key.allows(*role),
            _ => false,
        };
        let ending: Vec<Token> = self.sessions.iter().filter(|(key, _)| !stays(key)).map(|(_, token)| *token).collect();
        for token in &ending {
            if let Some(conn) = self.conns.touch(*token) {
                conn.session.end(LogoutReason::NotAuthenticated);
            }
            self.leave(*token);
        }
        self.keys = keys;
        ending.len()
    }

    /// A client that has seen what this log does not hold is told so: one of the two lost something.
    fn check_resume(&self, logon: &wire::Logon) -> Result<(), Refusal> {
        let last = self.history.last();
        match logon.resume {
            Some(position) if position > last => {
                let number = |position: wire::Position| i64::try_from(position.event_seq).unwrap_or(i64::MAX);
                Err((LogoutReason::BadLogon, number(position), number(last)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the account has a session left; the one that is superseded does not count.
    fn admit(&self, owner: &Owner) -> Result<(), Refusal> {
        let superseded = usize::from(self.sessions.contains_key(&(owner.session, owner.role)));
        let of_account = |token: &&Token| {
            let there = self.conns.get(**token).and_then(|conn| conn.session.owner());
            there.is_some_and(|there| there.account == owner.account)
        };
        let count = self.sessions.values().filter(of_account).count() - superseded;
        let max = self.limits.sessions_per_account_max;
        if count < max {
            return Ok(());
        }
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Err((LogoutReason::TooManyConnections, number(count) + 1, number(max)))
    }

    /// Puts the rule for a lost connection and its return into the log before anything of the session is.
    fn set_rule(
        &mut self,
        owner: &Owner,
        logon: &wire::Logon,
        trades: bool,
        host: &mut dyn Host,
    ) -> Result<(), Refusal> {
        if !trades {
            return Ok(());
        }
        self.submit_own(host);
        let session = owner.session;
        let rule = logon.cancel_on_disconnect_ms;
        if self.rules.get(&session) != Some(&rule) {
            let grace_ns = rule.map(|grace_ms| i64::from(grace_ms) * MS_NS);
            let set = Command::SetCancelOnDisconnect(SetCancelOnDisconnect { session, grace_ns });
            self.submit_first(&set, host)?;
            self.rules.insert(session, rule);
        }
        self.submit_first(&Command::SessionUp(session), host)
    }

    fn submit_first(&mut self, command: &Command, host: &mut dyn Host) -> Result<(), Refusal> {
        if !self.own.is_empty() {
            return Err((LogoutReason::Busy, 0, 0));
        }
        host.submit(GATEWAY_ORIGIN, command).map_err(|_| (LogoutReason::Busy, 0, 0))
    }

    /// The older connection of a key ends; its orders are the new one's.
    fn supersede(&mut self, older: Token) {
        if let Some(conn) = self.conns.touch(older) {
            conn.session.end(LogoutReason::Superseded);
        }
        self.forget(older);
    }

    fn ack(&self, token: Token, owner: &Owner, logon: &wire::Logon, trades: bool) -> LogonAck {
        let session = self.conns.get(token).map(|conn| &conn.session);
        let (next_in, next_out) = session.map_or((1, 1), Session::next_numbers);
        let (orders_per_s, cancels_per_s) = session.map_or((0, 0), Session::rates);
        LogonAck {
            session: owner.session.0,
            account: owner.account,
            role: owner.role,
            heartbeat_ms: session.map_or(0, Session::heartbeat_ms),
            next_in,
            next_out,
            position: self.history.last(),
            cancel_on_disconnect_ms: logon.cancel_on_disconnect_ms.filter(|_| trades),
            epoch: self.about.epoch,
            orders_per_s,
            cancels_per_s,
            frame_max: u16::try_from(self.limits.frame_max).unwrap_or(u16::MAX),
            durability: self.about.durability,
        }
    }

    /// Begins the private stream, where the client left off or at the present.
    fn listen(&mut self, token: Token, owner: &Owner, logon: &wire::Logon) {
        let many = owner.role == Role::FrontEnd || owner.role == Role::DropCopy && owner.account == AccountId::VENUE;
        let hears = if many { Hears::From(owner.account) } else { Hears::One(owner.account) };
        let audience = if many { &mut self.many } else { self.audiences.entry(owner.account).or_default() };
        audience.push(token);
        if let Some(conn) = self.conns.get_mut(token) {
            let resent_before = self.history.next();
            conn.reader = Some(Reader { hears, behind: None, resent_before, tells_end: false });
        }
        if let Some(position) = logon.resume {
            self.replay_after(token, position);
        }
    }

    /// A session has ended, for whatever reason: its orders follow the rule for lost connections.
    pub(super) fn leave(&mut self, token: Token) {
        let Some(key) = self.sessions.iter().find(|(_, there)| **there == token).map(|(key, _)| *key) else { return };
        self.sessions.remove(&key);
        self.forget(token);
        let (session, role) = key;
        if trades(role) {
            self.own.push_back(Command::SessionDown(session));
        }
    }

    /// Nobody tells this connection anything any more.
    fn forget(&mut self, token: Token) {
        self.many.retain(|there| *there != token);
        self.audiences.retain(|_, audience| {
            audience.retain(|there| *there != token);
            !audience.is_empty()
        });
        self.unsubscribe_all(token);
    }
}
