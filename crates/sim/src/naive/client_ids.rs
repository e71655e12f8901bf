//! Client order ids: exactly once per account, and how orders are found by them.

use model::{
    AccountId, AmendOrder, ClOrdId, EventKind, Events, GroupLeg, Limits, NewGroup, NewOrder, NewStop, OrderId,
    OrderRef, RejectReason, SessionId,
};

use super::NaiveExchange;
use super::checks::Refusal;
use super::risk::Message;

/// A request that used a client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    New(NewOrder),
    Stop(Box<NewStop>),
    Amend(AmendOrder),
    /// A group, by the id of its first leg.
    Group(NewGroup),
    /// The id of a further leg: nothing asked for under it is the same.
    Leg,
}

impl Request {
    /// The request without what may differ when it is repeated.
    pub fn new_order(request: &NewOrder) -> Self {
        Request::New(NewOrder { session: SessionId(0), ..*request })
    }

    pub fn new_stop(request: &NewStop) -> Self {
        let order = NewOrder { session: SessionId(0), ..request.order };
        Request::Stop(Box::new(NewStop { order, trigger: request.trigger }))
    }

    pub fn new_group(request: &NewGroup) -> Self {
        let mut group = request.clone();
        for GroupLeg { order, .. } in &mut group.legs {
            order.session = SessionId(0);
        }
        Request::Group(group)
    }
}

/// What is remembered about a request.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub request: Request,
    pub outcome: Result<OrderId, RejectReason>,
}

/// The ids of one ended order, or the one id of a rejected request.
#[derive(Clone, Debug)]
pub(super) struct RetiredChain {
    pub retired_ns: i64,
    pub account: AccountId,
    pub ids: Vec<ClOrdId>,
}

/// What to do with a request after a look at its id.
pub(super) enum IdCheck {
    /// It was answered already.
    Answered,
    /// It is refused and nothing is remembered.
    Refused(Refusal),
    /// Its id is free and there is room to remember it.
    Free,
}

impl NaiveExchange {
    /// forgets retired chains whose time is over.
    pub(super) fn forget_old_ids(&mut self) {
        for _ in 0..Limits::RETIRE_MAX {
            let Some(oldest) = self.retired.first() else { return };
            let is_over = oldest.retired_ns.saturating_add(self.limits.client_id_retention_ns) <= self.stamp.ts_ns;
            if !is_over {
                return;
            }
            self.forget_oldest_chain();
        }
    }

    fn forget_oldest_chain(&mut self) {
        let chain = self.retired.remove(0);
        for id in chain.ids {
            self.client_ids.remove(&(chain.account, id));
        }
    }

    /// a repeated request is answered, another use of its id refused, room is made for a new id.
    pub(super) fn check_id(
        &mut self,
        account: AccountId,
        id: ClOrdId,
        request: &Request,
        is_killed: bool,
        out: &mut Events,
    ) -> IdCheck {
        match self.check_known(account, id, request, out) {
            IdCheck::Free if is_killed => IdCheck::Refused(Refusal::plain(RejectReason::KillSwitch)),
            IdCheck::Free => self.make_room(1),
            answer @ (IdCheck::Answered | IdCheck::Refused(_)) => answer,
        }
    }

    /// 101, 110 and R-20: whether the id was used before.
    pub(super) fn check_known(
        &mut self,
        account: AccountId,
        id: ClOrdId,
        request: &Request,
        out: &mut Events,
    ) -> IdCheck {
        if self.customer(account).is_none() {
            return IdCheck::Refused(Refusal::plain(RejectReason::UnknownAccount));
        }
        if let Err(refusal) = self.take_message(account, Message::Order) {
            return IdCheck::Refused(refusal);
        }
        if let Some(known) = self.client_ids.get(&(account, id)) {
            if known.request != *request {
                return IdCheck::Refused(Refusal::plain(RejectReason::DuplicateClOrdId));
            }
            let order_id = known.outcome.unwrap_or(OrderId(0));
            out.push(EventKind::Repeated { account, cl_ord_id: id, order_id, reason: known.outcome.err() });
            return IdCheck::Answered;
        }
        IdCheck::Free
    }

    /// room for so many more ids.
    pub(super) fn make_room(&mut self, ids: usize) -> IdCheck {
        while self.client_ids.len() + ids > self.limits.client_ids_max {
            if self.retired.is_empty() {
                let most = i128::try_from(self.limits.client_ids_max).unwrap_or(i128::MAX);
                return IdCheck::Refused(Refusal { reason: RejectReason::Capacity, value: most, limit: most });
            }
            self.forget_oldest_chain();
        }
        IdCheck::Free
    }

    /// Remembers an accepted request; its id joins the order's chain.
    pub(super) fn remember_accepted(&mut self, id: ClOrdId, request: Request, order_id: OrderId) {
        let account = self.order(order_id).account;
        self.order_mut(order_id).chain.push(id);
        let remembered = Remembered { request, outcome: Ok(order_id) };
        self.client_ids.insert((account, id), remembered);
    }

    /// Remembers a rejected request; its id retires at the end of the command.
    pub(super) fn remember_rejected(
        &mut self,
        account: AccountId,
        id: ClOrdId,
        request: Request,
        reason: RejectReason,
    ) {
        let remembered = Remembered { request, outcome: Err(reason) };
        self.client_ids.insert((account, id), remembered);
        self.rejected_id = Some((account, id));
    }

    pub(super) fn retire_rejected_id(&mut self) {
        if let Some((account, id)) = self.rejected_id.take() {
            self.retire_chain(account, vec![id]);
        }
    }

    /// an order ended or a request was rejected.
    pub(super) fn retire_chain(&mut self, account: AccountId, ids: Vec<ClOrdId>) {
        self.retired.push(RetiredChain { retired_ns: self.stamp.ts_ns, account, ids });
    }

    /// the open order a request names.
    pub(super) fn find_order(&self, account: AccountId, target: OrderRef) -> Result<OrderId, RejectReason> {
        match target {
            OrderRef::Order(id) => match self.orders.get(&id) {
                Some(order) if order.account == account => Ok(id),
                Some(_) | None => Err(RejectReason::UnknownOrder),
            },
            OrderRef::Client(id) => match self.client_ids.get(&(account, id)).map(|known| known.outcome) {
                Some(Ok(order)) if self.orders.contains_key(&order) => Ok(order),
                Some(Ok(_)) => Err(RejectReason::OrderFinished),
                Some(Err(_)) | None => Err(RejectReason::UnknownOrder),
            },
        }
    }
}
