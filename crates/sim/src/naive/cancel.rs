//! Cancels, one or many.

use model::{CancelOrder, EndReason, EventKind, Events, MassCancel, OrderId, RejectReason};

use super::NaiveExchange;
use super::checks::Refusal;
use super::definitions::command_rejected;
use super::risk::Message;

impl NaiveExchange {
    pub(super) fn cancel(&mut self, request: &CancelOrder, out: &mut Events) {
        let account = request.account;
        let found = match self.customer(account) {
            Some(_) => match self.take_message(account, Message::Cancel) {
                Ok(()) => self.find_order(account, request.target),
                Err(refusal) => Err(refusal.reason),
            },
            None => Err(RejectReason::UnknownAccount),
        };
        match found {
            Ok(id) => {
                if request.unlink {
                    self.unlink(id);
                }
                self.cancel_order(id, EndReason::User, out);
            }
            Err(reason) => out.push(EventKind::CancelRejected { account, reason }),
        }
    }

    pub(super) fn mass_cancel(&mut self, request: &MassCancel, out: &mut Events) {
        let MassCancel { account, session, instrument, side } = *request;
        let is_unknown_account = account.is_some_and(|account| self.customer(account).is_none());
        let is_unknown_instrument = instrument.is_some_and(|instrument| self.listed(instrument).is_none());
        if is_unknown_account {
            out.push(command_rejected(Refusal::plain(RejectReason::UnknownAccount)));
            return;
        }
        if is_unknown_instrument {
            out.push(command_rejected(Refusal::plain(RejectReason::UnknownInstrument)));
            return;
        }
        let meant = self.orders.values().filter(|order| {
            account.is_none_or(|account| order.account == account)
                && session.is_none_or(|session| order.session == session)
                && instrument.is_none_or(|instrument| order.instrument == instrument)
                && side.is_none_or(|side| order.side == side)
        });
        let meant: Vec<OrderId> = meant.map(|order| order.id).collect();
        for id in &meant {
            self.cancel_order(*id, EndReason::Mass, out);
        }
        out.push(EventKind::MassCanceled { count: u64::try_from(meant.len()).unwrap_or(u64::MAX) });
    }
}
