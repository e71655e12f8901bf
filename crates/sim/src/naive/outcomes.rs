//! Markets of an event: pairs, what is held back, the end.

use model::{
    AccountId, AssetId, Cause, EventKind, Events, InstrumentId, Money, MovePairs, NewOrder, OrdType, OrderId,
    OutcomeEvent, OutcomeRequest, Price, Qty, RejectReason, ResolveOutcome, SetOutcome, Side, TradingState,
};

use super::checks::{Checks, Refusal};
use super::definitions::command_rejected;
use super::phases::Phase;
use super::{Listed, NaiveExchange, Order};

/// The market of an event besides its orders.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub no: AssetId,
    /// Everything that was paid in, negative where it was paid out, one by one.
    pub flows: Vec<(AccountId, i128)>,
}

/// 211.
pub(super) fn check_taken(request: &NewOrder, listed: &Listed, checks: &mut Checks) {
    let is_simple = match request.ord_type {
        OrdType::Limit => true,
        OrdType::Market => !request.tif.is_auction() && request.quote_qty.is_none(),
        OrdType::MarketToLimit | OrdType::Pegged => false,
    };
    let is_taken = is_simple && !request.reduce_only;
    checks.plain(listed.outcome.is_some() && !is_taken, RejectReason::OutcomeOrder);
}

/// What a pair is worth, as a price.
pub(super) fn one(listed: &Listed) -> Option<i64> {
    10_i64.checked_pow(listed.definition.price_decimals.into())
}

impl NaiveExchange {
    pub(super) fn outcome_request(&mut self, request: &OutcomeRequest, out: &mut Events) {
        let done = match request {
            OutcomeRequest::Set(request) => self.set_outcome(*request, out),
            OutcomeRequest::MovePairs(request) => self.move_pairs_asked(*request, out),
            OutcomeRequest::Resolve(request) => self.resolve_outcome(*request, out),
        };
        if let Err(refusal) = done {
            out.push(command_rejected(refusal));
        }
    }

    ///
    fn set_outcome(&mut self, request: SetOutcome, out: &mut Events) -> Result<(), Refusal> {
        let SetOutcome { instrument, no } = request;
        let mut checks = Checks::default();
        checks.plain(self.listed(instrument).is_none(), RejectReason::UnknownInstrument);
        checks.plain(self.asset(no).is_none(), RejectReason::UnknownAsset);
        if let (Some(listed), Some(asset)) = (self.listed(instrument), self.asset(no)) {
            let definition = &listed.definition;
            let base = self.asset(definition.base).expect("a listed asset");
            let top = one(listed).filter(|one| *one > definition.max_price.0);
            let on_grid = top.is_some_and(|one| one % definition.ticks.base_tick() == 0);
            let is_good = listed.outcome.is_none()
                && on_grid
                && !definition.allow_negative
                && base.decimals == asset.decimals
                && no != definition.base
                && self.is_unused(definition.base, instrument)
                && self.is_unused(no, instrument);
            checks.plain(!is_good, RejectReason::InvalidDefinition);
            checks.plain(listed.state != TradingState::PreListed, RejectReason::StateTransition);
        }
        checks.result()?;
        self.instrument_mut(instrument).outcome = Some(Outcome { no, flows: Vec::new() });
        out.push(EventKind::Outcome(OutcomeEvent::OutcomeSet { instrument, no }));
        Ok(())
    }

    fn is_unused(&self, asset: AssetId, by: InstrumentId) -> bool {
        let uses = |id: InstrumentId| {
            let definition = &self.instrument(id).definition;
            (id != by && definition.base == asset) || definition.quote == asset
        };
        let is_owned = self.outside.get(&asset).is_some_and(|amount| *amount != 0);
        let has_line = self.guards.credit.keys().any(|(_, of)| *of == asset);
        !self.instrument_ids().any(uses) && !self.is_token(asset) && !is_owned && !has_line
    }

    /// It pays on an event.
    pub(super) fn is_token(&self, asset: AssetId) -> bool {
        self.instruments.iter().any(|listed| {
            listed.outcome.as_ref().is_some_and(|outcome| outcome.no == asset || listed.definition.base == asset)
        })
    }

    ///
    fn move_pairs_asked(&mut self, request: MovePairs, out: &mut Events) -> Result<(), Refusal> {
        let MovePairs { account, instrument, qty, merge } = request;
        let mut checks = Checks::default();
        checks.plain(self.customer(account).is_none(), RejectReason::UnknownAccount);
        checks.plain(self.listed(instrument).is_none(), RejectReason::UnknownInstrument);
        checks.result()?;
        let listed = self.instrument(instrument);
        let Some(outcome) = &listed.outcome else { return Err(Refusal::plain(RejectReason::NotOutcome)) };
        let is_killed = !merge && self.is_minting_killed(account, instrument);
        checks.plain(is_killed, RejectReason::KillSwitch);
        checks.measured(qty.0 <= 0, RejectReason::QtyNotPositive, qty.0.into(), 0);
        checks.quantity(qty.0, &listed.definition);
        checks.plain(listed.state == TradingState::PreListed, RejectReason::NotListed);
        checks.plain(listed.state == TradingState::Delisted, RejectReason::Delisted);
        checks.result()?;
        if merge {
            let needed = i128::from(qty.0) * listed.base_scale;
            for asset in [listed.definition.base, outcome.no] {
                let available = self.available(account, asset);
                checks.measured(needed > available, RejectReason::InsufficientFunds, needed, available);
            }
        } else if self.is_cash(account) {
            let worth = self.worth(instrument, qty.0);
            self.check_funds(account, listed.definition.quote, worth, &mut checks);
        }
        checks.result()?;
        self.move_pairs(instrument, account, if merge { -qty.0 } else { qty.0 }, out);
        Ok(())
    }

    /// What pairs are worth.
    pub(super) fn worth(&self, instrument: InstrumentId, qty: i64) -> i128 {
        let one = one(self.instrument(instrument)).expect("checked when it was set");
        self.notional(instrument, Price(one), qty)
    }

    /// Makes pairs, or takes them back where `qty` is negative.
    fn move_pairs(&mut self, instrument: InstrumentId, account: AccountId, qty: i64, out: &mut Events) {
        let (worth, tokens) = (self.worth(instrument, qty), i128::from(qty) * self.instrument(instrument).base_scale);
        self.exchange(instrument, account, [-worth, tokens, tokens]);
        self.flow(instrument, account, worth);
        let pairs = Qty(qty.abs());
        out.push(EventKind::Outcome(if qty < 0 {
            OutcomeEvent::PairsMerged { instrument, account, qty: pairs }
        } else {
            OutcomeEvent::PairsMinted { instrument, account, qty: pairs }
        }));
    }

    fn exchange(&mut self, instrument: InstrumentId, account: AccountId, amounts: [i128; 3]) {
        let listed = self.instrument(instrument);
        let no = listed.outcome.as_ref().expect("the market of an event").no;
        let assets = [listed.definition.quote, listed.definition.base, no];
        for (asset, amount) in assets.into_iter().zip(amounts) {
            self.move_funds(account, asset, amount);
            *self.escrow.entry(asset).or_default() -= amount;
        }
    }

    fn paid(&self, instrument: InstrumentId, account: AccountId) -> i128 {
        let flows = self.instrument(instrument).outcome.iter().flat_map(|outcome| &outcome.flows);
        flows.filter(|(of, _)| *of == account).map(|(_, amount)| amount).sum()
    }

    /// what a cash account got beyond what it paid.
    fn held_in(&self, instrument: InstrumentId, account: AccountId) -> i128 {
        if self.is_cash(account) { (-self.paid(instrument, account)).max(0) } else { 0 }
    }

    /// What markets of events hold back of an account's money.
    pub fn held_back(&self, account: AccountId, asset: AssetId) -> i128 {
        let here = self.instrument_ids().filter(|id| self.instrument(*id).definition.quote == asset);
        here.map(|id| self.held_in(id, account)).sum()
    }

    fn flow(&mut self, instrument: InstrumentId, account: AccountId, amount: i128) {
        let before = self.held_in(instrument, account);
        let listed = self.instrument_mut(instrument);
        listed.outcome.as_mut().expect("the market of an event").flows.push((account, amount));
        let change = self.held_in(instrument, account) - before;
        let quote = self.instrument(instrument).definition.quote;
        self.funds.entry((account, quote)).or_default().reserved += change;
    }

    /// The order gives what its account has.
    pub(super) fn would_close(&self, order: &Order) -> bool {
        let listed = self.instrument(order.instrument);
        let Some(outcome) = &listed.outcome else { return false };
        let token = if order.side == Side::Buy { outcome.no } else { listed.definition.base };
        let needed = i128::from(order.leaves) * listed.base_scale;
        self.is_cash(order.account) && needed <= self.available(order.account, token)
    }

    /// Whole mantissas that an account has of a token.
    fn tokens(&self, instrument: InstrumentId, account: AccountId, asset: AssetId) -> i64 {
        let held = self.balance(account, asset).0 / self.instrument(instrument).base_scale;
        i64::try_from(held).expect("a quantity")
    }

    /// R-173, before a trade: the seller's pairs.
    pub(super) fn mint_for_seller(&mut self, ask: OrderId, qty: i64, out: &mut Events) {
        let order = self.order(ask);
        let (instrument, account, closes) = (order.instrument, order.account, order.closes);
        let listed = self.instrument(instrument);
        if listed.outcome.is_none() {
            return;
        }
        let missing = match (self.is_cash(account), closes) {
            (true, true) => 0,
            (true, false) => qty,
            (false, _) => qty - self.tokens(instrument, account, listed.definition.base),
        };
        if missing > 0 {
            self.move_pairs(instrument, account, missing, out);
        }
    }

    /// R-173, after a trade: what both paid, then the buyer's pairs.
    pub(super) fn merge_for_buyer(
        &mut self,
        (instrument, qty, notional): (InstrumentId, i64, i128),
        [(buyer, buy_fee), (seller, sell_fee)]: [(AccountId, i128); 2],
        closes: bool,
        out: &mut Events,
    ) {
        let Some(outcome) = &self.instrument(instrument).outcome else { return };
        let no = outcome.no;
        self.flow(instrument, buyer, notional + buy_fee);
        self.flow(instrument, seller, sell_fee - notional);
        self.flow(instrument, AccountId::VENUE, -buy_fee - sell_fee);
        let complete = match (self.is_cash(buyer), closes) {
            (true, true) => qty,
            (true, false) => 0,
            (false, _) => qty.min(self.tokens(instrument, buyer, no)),
        };
        if complete > 0 {
            self.move_pairs(instrument, buyer, -complete, out);
        }
    }

    ///
    fn resolve_outcome(&mut self, request: ResolveOutcome, out: &mut Events) -> Result<(), Refusal> {
        let ResolveOutcome { instrument, weight } = request;
        let Some(listed) = self.listed(instrument) else {
            return Err(Refusal::plain(RejectReason::UnknownInstrument));
        };
        let mut checks = Checks::default();
        checks.plain(listed.outcome.is_none(), RejectReason::NotOutcome);
        if let (Some(Price(weight)), Some(one), Some(_)) = (weight, one(listed), &listed.outcome) {
            let tick = listed.definition.ticks.base_tick();
            checks.measured(weight % tick != 0, RejectReason::PriceTick, weight.into(), tick.into());
            checks.measured(weight < 0, RejectReason::PriceBounds, weight.into(), 0);
            checks.measured(weight > one, RejectReason::PriceBounds, weight.into(), one.into());
        }
        checks.plain(listed.state == TradingState::Delisted, RejectReason::Delisted);
        checks.result()?;
        let now = self.stamp.ts_ns;
        let breaker = self.breaker_mut(instrument);
        breaker.session = TradingState::Delisted;
        breaker.enter(Phase::None, None, now);
        breaker.spread_deadline = None;
        self.with_cause(Cause::Command, out, |this, out| this.follow_effective_state(instrument, out));
        let accounts: Vec<AccountId> =
            (0_u32..).take(self.accounts.len()).map(AccountId).filter(|of| self.has_traded(instrument, *of)).collect();
        for account in accounts {
            self.pay_outcome(instrument, account, weight, out);
        }
        self.instrument_mut(instrument).outcome.as_mut().expect("the market of an event").flows.clear();
        out.push(EventKind::Outcome(OutcomeEvent::OutcomeResolved { instrument, weight }));
        Ok(())
    }

    fn has_traded(&self, instrument: InstrumentId, account: AccountId) -> bool {
        let mut flows = self.instrument(instrument).outcome.iter().flat_map(|outcome| &outcome.flows);
        flows.any(|(of, _)| *of == account)
    }

    fn pay_outcome(&mut self, instrument: InstrumentId, account: AccountId, weight: Option<Price>, out: &mut Events) {
        let listed = self.instrument(instrument);
        let (base, quote) = (listed.definition.base, listed.definition.quote);
        let (no, scale) = (listed.outcome.as_ref().expect("the market of an event").no, listed.base_scale);
        let held = self.held_in(instrument, account);
        self.funds.entry((account, quote)).or_default().reserved -= held;
        let tokens = [base, no].map(|asset| self.tokens(instrument, account, asset));
        let [yes, no] = if account == AccountId::VENUE { [0, 0] } else { tokens };
        let amount = match weight {
            None => self.paid(instrument, account),
            Some(weight) => {
                let of_no = self.worth(instrument, no) - self.notional(instrument, weight, no);
                self.notional(instrument, weight, yes) + of_no
            }
        };
        if yes == 0 && no == 0 && amount == 0 {
            return;
        }
        self.exchange(instrument, account, [amount, -i128::from(yes) * scale, -i128::from(no) * scale]);
        let (yes, no, amount) = (Qty(yes), Qty(no), Money(amount));
        out.push(EventKind::Outcome(OutcomeEvent::OutcomePaid { instrument, account, yes, no, amount }));
    }
}
