//! Reports on their way to the sessions of an account: at once where there is room, else later from the ring.

use model::AccountId;
use wire::{Kind, LogoutReason, Message, Position, RejectCode, Role, SequenceReset};

use super::conns::{Conn, Conns};
use super::{Hub, resent};
use crate::history::History;
use crate::host::{Origin, Token};
use crate::limits::Limits;
use crate::reports::Report;

/// Reports looked at for one connection before the others have their turn.
const LOOKED_AT_MAX: u64 = 4_096;

impl Hub {
    /// Keeps a report and gives it to whom it concerns.
    pub(super) fn tell(&mut self, report: &Report, origin: Origin) {
        let Self { conns, history, limits, scratch, audiences, many, .. } = self;
        scratch.clear();
        let written = report.message.encode(0, 0, scratch);
        debug_assert!(written.is_ok(), "a report can be written: {written:?}");
        let number = history.next();
        history.push(report.position, report.account, origin.pack(), scratch);
        let audience = audiences.get(&report.account).map_or(&[][..], Vec::as_slice);
        for token in audience.iter().chain(many.iter()) {
            let Some(conn) = conns.touch(*token) else { continue };
            if !hears(conn, *token, report.account, origin) {
                continue;
            }
            if !take_turn(conn, number, scratch.len(), limits) {
                continue;
            }
            conn.session.send_copy(scratch, answered(conn, *token, origin));
        }
        if !audience.contains(&origin.token) && !many.contains(&origin.token) {
            answer(conns, report, scratch, origin);
        }
    }

    /// Begins to send again what comes after a position.
    pub(super) fn resend(&mut self, token: Token, seq: u64, request: &wire::ResendRequest) {
        let Some(conn) = self.conns.get_mut(token) else { return };
        let Some(reader) = conn.reader.as_mut() else { return };
        if reader.tells_end {
            return conn.session.reject(seq, Kind::ResendRequest.code(), RejectCode::ResendRunning, 0, 0);
        }
        reader.tells_end = true;
        self.replay_after(token, request.after);
    }

    /// Sets a private stream back to what comes after a position, and says where there is a hole.
    pub(super) fn replay_after(&mut self, token: Token, position: Position) {
        let floor = self.history.floor();
        let (from, next) = (self.history.after(position), self.history.next());
        let Some(conn) = self.conns.touch(token) else { return };
        if position < floor {
            let next_out = conn.session.next_numbers().1 + 1;
            conn.session.send(&Message::SequenceReset(SequenceReset { position: floor, next_out }));
        }
        if let Some(reader) = conn.reader.as_mut() {
            reader.behind = (from < next || reader.tells_end).then_some(from);
            reader.resent_before = next;
        }
    }

    /// Sends a connection what it is behind with, as far as there is room.
    pub(super) fn pump_reports(&mut self, token: Token) {
        let Self { conns, history, limits, .. } = self;
        let Some(conn) = conns.get_mut(token) else { return };
        let Some(mut number) = conn.reader.as_ref().and_then(|reader| reader.behind) else { return };
        if history.has_lost(number) {
            conn.session.end(LogoutReason::SlowReader);
            return self.leave(token);
        }
        let until = number.saturating_add(LOOKED_AT_MAX).min(history.next());
        while number < until && conn.session.pending_len() <= limits.outbox_high {
            send_again(conn, token, (history, number));
            number += 1;
        }
        caught_up(conn, history, number);
    }
}

/// Whether a report can be given to a connection now; otherwise it is behind from this one on.
fn take_turn(conn: &mut Conn, number: u64, len: usize, limits: &Limits) -> bool {
    let Some(reader) = conn.reader.as_mut() else { return false };
    if reader.behind.is_none() && conn.session.pending_len() + wire::PREFIX_SIZE + len > limits.outbox_max {
        reader.behind = Some(number);
    }
    reader.behind.is_none()
}

/// What a report answers, said to a connection: the number of its own command, or nothing.
fn answered(conn: &Conn, token: Token, origin: Origin) -> u64 {
    if token == origin.token { origin.whole_seq(conn.session.next_numbers().0) } else { 0 }
}

/// Answers a command of somebody who does not hear the venue's reports.
fn answer(conns: &mut Conns, report: &Report, encoded: &[u8], origin: Origin) {
    let Message::CommandReport(told) = &report.message else { return };
    if report.account != AccountId::VENUE || !report.is_direct {
        return;
    }
    let Some(conn) = conns.touch(origin.token) else { return };
    let Some(owner) = conn.session.owner() else { return };
    // An account that is named has heard it as its own.
    let heard = told.account == Some(owner.account);
    let may = told.account.is_none() || owner.role == Role::Operator;
    if may && !heard {
        conn.session.send_copy(encoded, answered(conn, origin.token, origin));
    }
}

fn hears(conn: &Conn, token: Token, account: AccountId, origin: Origin) -> bool {
    conn.reader.as_ref().is_some_and(|reader| reader.hears.includes(account, token == origin.token))
}

fn send_again(conn: &mut Conn, token: Token, (history, number): (&History, u64)) {
    let (Some(reader), Some(kept)) = (conn.reader.as_ref(), history.get(number)) else { return };
    let origin = Origin::unpack(kept.origin);
    if !reader.hears.includes(kept.account, token == origin.token) {
        return;
    }
    if number >= reader.resent_before {
        conn.session.send_copy(kept.message, answered(conn, token, origin));
    } else if let Some(message) = resent(kept.message) {
        conn.session.send(&message);
    }
}

fn caught_up(conn: &mut Conn, history: &History, number: u64) {
    let Some(reader) = conn.reader.as_mut() else { return };
    let is_done = number >= history.next();
    reader.behind = (!is_done).then_some(number);
    if is_done && std::mem::take(&mut reader.tells_end) {
        let next_out = conn.session.next_numbers().1 + 1;
        conn.session.send(&Message::SequenceReset(SequenceReset { position: history.last(), next_out }));
    }
}
