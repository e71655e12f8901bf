//! Events of triggers, groups, guards and breakers as the frozen objects of `fairlead.model`.

use model::{
    AuctionExtended, BandBroken, BreakerEvent, BreakerTripped, EventKind, GroupAccepted, GroupRejected, GuardEvent,
    InstrumentId, KillScope, OperatorId, OrderReleased, OrderSuspended, OrderTriggered, Symbol, TriggerRejected,
};
use pyo3::prelude::*;

use crate::decimals::decimal;
use crate::names::{Listed, Names};
use crate::objects::Fields;
use crate::words;

/// Adds the fields of one event and gives the name of its class.
///
/// # Errors
/// Where a value cannot be made.
#[expect(clippy::wildcard_enum_match_arm, reason = "the caller tells the other kinds")]
pub fn fill(fields: &Fields<'_>, names: &Names, kind: &EventKind) -> PyResult<&'static str> {
    let of = Of { fields, names };
    match kind {
        EventKind::OrderSuspended(event) => of.suspended(event),
        EventKind::OrderTriggered(event) => of.triggered(event),
        EventKind::TriggerRejected(event) => of.rejected(event),
        EventKind::OrderReleased(event) => of.released(event),
        EventKind::GroupAccepted(event) => of.group(event),
        EventKind::GroupRejected(event) => of.no_group(event),
        EventKind::Guard(event) => of.guard(event),
        EventKind::Breaker(event) => of.breaker(event),
        _ => Ok("TimePassed"),
    }
}

struct Of<'a, 'py> {
    fields: &'a Fields<'py>,
    names: &'a Names,
}

impl Of<'_, '_> {
    fn listed(&self, instrument: InstrumentId) -> Option<&Listed> {
        self.names.instrument(instrument).map(AsRef::as_ref)
    }

    fn suspended(&self, event: &OrderSuspended) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let f = self.fields;
        f.set("order_id", event.order_id.0)?.account("account", event.account, self.names)?;
        f.symbol(event.instrument, self.names)?.set("kind", event.kind.map(words::trigger_kind_word))?;
        f.set("source", words::source_word(event.source))?.price("trigger_price", event.trigger_price, listed)?;
        Ok("OrderSuspended")
    }

    fn triggered(&self, event: &OrderTriggered) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let decimals = listed.map_or(0, |listed| listed.def.price_decimals);
        let f = self.fields;
        f.set("order_id", event.order_id.0)?.account("account", event.account, self.names)?;
        f.symbol(event.instrument, self.names)?.set("source", words::source_word(event.source))?;
        f.price("trigger_price", Some(event.trigger_price), listed)?;
        f.set("observed", decimal(f.py(), i128::from(event.observed_halves) * 5, decimals + 1)?)?;
        Ok("OrderTriggered")
    }

    fn rejected(&self, event: &TriggerRejected) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let f = self.fields;
        f.set("order_id", event.order_id.0)?.account("account", event.account, self.names)?;
        f.symbol(event.instrument, self.names)?.qty("canceled_qty", event.canceled_qty, listed)?;
        f.set("reason", event.reason.name())?.set("value", event.value)?.set("limit", event.limit)?;
        Ok("TriggerRejected")
    }

    fn released(&self, event: &OrderReleased) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let f = self.fields;
        f.set("order_id", event.order_id.0)?.account("account", event.account, self.names)?;
        f.symbol(event.instrument, self.names)?.qty("order_qty", event.order_qty, listed)?;
        f.qty("leaves_qty", event.leaves_qty, listed)?;
        Ok("OrderReleased")
    }

    fn group(&self, event: &GroupAccepted) -> PyResult<&'static str> {
        let f = self.fields;
        f.set("group_id", event.group_id.0)?.account("account", event.account, self.names)?;
        f.symbol(event.instrument, self.names)?.set("kind", words::group_kind_word(event.kind))?;
        f.set("mode", words::group_mode_word(event.mode))?;
        let orders: Vec<u64> = (event.first_order_id.0..).take(event.kind.legs()).collect();
        f.set("order_ids", pyo3::types::PyTuple::new(f.py(), orders)?)?;
        Ok("GroupAccepted")
    }

    fn no_group(&self, event: &GroupRejected) -> PyResult<&'static str> {
        let f = self.fields;
        f.account("account", event.account, self.names)?;
        f.set("cl_ord_id", event.cl_ord_id.as_ref().map(model::ClOrdId::as_str))?.set("leg", event.leg)?;
        f.set("reason", event.reason.name())?.set("value", event.value)?.set("limit", event.limit)?;
        Ok("GroupRejected")
    }

    fn acted(&self, operator: OperatorId, note: &Symbol) -> PyResult<()> {
        self.fields.set("operator", operator.0)?.set("note", note.as_str())?;
        Ok(())
    }

    fn scope(&self, scope: KillScope) -> PyResult<()> {
        let symbol = |id| self.names.instrument(id).map_or("", |listed| listed.def.symbol.as_str());
        let (word, of) = match scope {
            KillScope::All => ("all", None),
            KillScope::Instrument(id) => ("instrument", Some(symbol(id).to_owned())),
            KillScope::Account(id) => ("account", Some(self.names.account(id).to_owned())),
            KillScope::Session(id) => ("session", Some(id.0.to_string())),
        };
        self.fields.set("scope", word)?.set("of", of)?;
        Ok(())
    }

    fn guard(&self, event: &GuardEvent) -> PyResult<&'static str> {
        let f = self.fields;
        let symbol = |id| self.names.instrument(id).map_or("", |listed| listed.def.symbol.as_str());
        match event {
            GuardEvent::LimitsSet { account, instrument } => {
                f.account("account", *account, self.names)?.set("symbol", instrument.map(symbol))?;
                Ok("LimitsSet")
            }
            GuardEvent::CreditLineSet { account, asset, amount } => {
                let (name, decimals) =
                    self.names.asset(*asset).map_or(("", 0), |asset| (asset.symbol.as_str(), asset.decimals));
                f.account("account", *account, self.names)?.set("asset", name)?.money("amount", *amount, decimals)?;
                Ok("CreditLineSet")
            }
            GuardEvent::KillSwitchSet { scope, operator, note, count } => {
                self.scope(*scope)?;
                self.acted(*operator, note)?;
                f.set("count", *count)?;
                Ok("KillSwitchSet")
            }
            GuardEvent::KillSwitchCleared { scope, operator, note } => {
                self.scope(*scope)?;
                self.acted(*operator, note)?;
                Ok("KillSwitchCleared")
            }
            GuardEvent::DisconnectRuleSet { session, grace_ns } => {
                f.set("session", session.0)?.set("grace_ns", *grace_ns)?;
                Ok("DisconnectRuleSet")
            }
            GuardEvent::SessionChanged { session, up, cancel_ns } => {
                f.set("session", session.0)?.set("up", *up)?.set("cancel_ns", *cancel_ns)?;
                Ok("SessionChanged")
            }
            GuardEvent::DeadManSet { account, at_ns } => {
                f.account("account", *account, self.names)?.set("at_ns", *at_ns)?;
                Ok("DeadManSet")
            }
        }
    }

    fn breaker(&self, event: &BreakerEvent) -> PyResult<&'static str> {
        let f = self.fields;
        match event {
            BreakerEvent::ReferenceSet { instrument, kind, price } => {
                f.symbol(*instrument, self.names)?.set("kind", words::reference_word(*kind))?;
                f.price("price", Some(*price), self.listed(*instrument))?;
                Ok("ReferenceSet")
            }
            BreakerEvent::ReferenceStale { instrument, kind } => {
                f.symbol(*instrument, self.names)?.set("kind", words::reference_word(*kind))?;
                Ok("ReferenceStale")
            }
            BreakerEvent::HaltOrdered { instrument, operator, note, until_ns } => {
                f.symbol(*instrument, self.names)?.set("until_ns", *until_ns)?;
                self.acted(*operator, note)?;
                Ok("HaltOrdered")
            }
            BreakerEvent::ResumeOrdered { instrument, operator, note } => {
                f.symbol(*instrument, self.names)?;
                self.acted(*operator, note)?;
                Ok("ResumeOrdered")
            }
            BreakerEvent::SessionStateSet { instrument, state } => {
                f.symbol(*instrument, self.names)?.set("state", words::state_word(*state))?;
                Ok("SessionStateSet")
            }
            BreakerEvent::BreakerSet { instrument } => {
                f.symbol(*instrument, self.names)?;
                Ok("BreakerSet")
            }
            BreakerEvent::BandsSet { instrument, low, high } => {
                let listed = self.listed(*instrument);
                f.symbol(*instrument, self.names)?.price("low", Some(*low), listed)?;
                f.price("high", Some(*high), listed)?;
                Ok("BandsSet")
            }
            BreakerEvent::BandBroken(event) => self.broken(event),
            BreakerEvent::BreakerTripped(event) => self.tripped(event),
            BreakerEvent::AuctionExtended(event) => self.extended(event),
            BreakerEvent::SpreadChanged { instrument, state } => {
                f.symbol(*instrument, self.names)?.set("state", words::spread_word(*state))?;
                Ok("SpreadChanged")
            }
        }
    }

    fn broken(&self, event: &BandBroken) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let f = self.fields;
        f.symbol(event.instrument, self.names)?.set("order_id", event.order_id.0)?;
        f.price("price", Some(event.price), listed)?.price("low", Some(event.low), listed)?;
        f.price("high", Some(event.high), listed)?.set("rule", words::breaker_rule_word(event.rule))?;
        Ok("BandBroken")
    }

    fn tripped(&self, event: &BreakerTripped) -> PyResult<&'static str> {
        self.fields.symbol(event.instrument, self.names)?.set("rule", words::breaker_rule_word(event.rule))?;
        self.fields.set("until_ns", event.until_ns)?;
        Ok("BreakerTripped")
    }

    fn extended(&self, event: &AuctionExtended) -> PyResult<&'static str> {
        let listed = self.listed(event.instrument);
        let f = self.fields;
        f.symbol(event.instrument, self.names)?.price("price", Some(event.price), listed)?;
        f.price("low", Some(event.low), listed)?.price("high", Some(event.high), listed)?;
        f.set("until_ns", event.until_ns)?;
        Ok("AuctionExtended")
    }
}
