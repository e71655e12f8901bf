//! The state hash of limits, emergencies and breakers.

use model::{Digest, InstrumentId, InstrumentLimits, KillScope, Price};

use super::NaiveExchange;
use super::phases::Breaker;

fn write_flag(digest: &mut Digest, flag: bool) {
    digest.write_u64(u64::from(flag));
}

fn write_time(digest: &mut Digest, time: Option<i64>) {
    write_flag(digest, time.is_some());
    digest.write_i64(time.unwrap_or(0));
}

fn write_band(digest: &mut Digest, band: Option<(Price, Price)>) {
    write_flag(digest, band.is_some());
    let (low, high) = band.unwrap_or_default();
    digest.write_price(low);
    digest.write_price(high);
}

fn write_limits(digest: &mut Digest, limits: &InstrumentLimits) {
    let InstrumentLimits { max_qty, max_value, collar_bps, position_max, restricted } = *limits;
    write_flag(digest, max_qty.is_some());
    digest.write_qty(max_qty.unwrap_or_default());
    write_flag(digest, max_value.is_some());
    digest.write_money(max_value.unwrap_or_default());
    write_flag(digest, collar_bps.is_some());
    digest.write_u64(collar_bps.unwrap_or_default().into());
    write_flag(digest, position_max.is_some());
    digest.write_qty(position_max.unwrap_or_default());
    write_flag(digest, restricted);
}

impl NaiveExchange {
    pub(super) fn hash_risk(&self) -> u64 {
        let mut digest = Digest::new();
        let guards = &self.guards;
        for (account, guard) in &guards.accounts {
            let limits = &guard.limits;
            digest.write_u64(account.0.into());
            for rate in [limits.orders, limits.cancels] {
                digest.write_u64(rate.per_second.into());
                digest.write_u64(rate.burst.into());
            }
            digest.write_u64(limits.open_orders_max.into());
            digest.write_i64(limits.duplicate_ns);
            for bucket in [&guard.orders, &guard.cancels] {
                let (level, last_ns) = bucket.after_last_message();
                digest.write_i64(i64::try_from(level).expect("2^32 messages at most"));
                digest.write_i64(last_ns);
            }
            digest.write_u64(guard.accepted.len() as u64);
        }
        for ((account, instrument), limits) in &guards.instruments {
            digest.write_u64(account.0.into());
            digest.write_u64(instrument.0.into());
            write_limits(&mut digest, limits);
        }
        for ((account, asset), amount) in guards.credit.iter().filter(|(_, amount)| **amount != 0) {
            digest.write_u64(account.0.into());
            digest.write_u64(asset.0.into());
            digest.write_i128(*amount);
        }
        for (scope, switch) in &guards.switches {
            let (kind, id) = match *scope {
                KillScope::All => (0, 0),
                KillScope::Instrument(instrument) => (1, instrument.0),
                KillScope::Account(account) => (2, account.0),
                KillScope::Session(session) => (3, session.0),
            };
            digest.write_u64(kind);
            digest.write_u64(id.into());
            write_flag(&mut digest, switch.reducing);
            digest.write_u64(switch.operator.0.into());
        }
        for (session, rule) in &guards.sessions {
            digest.write_u64(session.0.into());
            digest.write_i64(rule.grace_ns);
            digest.write_i64(rule.deadline.unwrap_or(0));
        }
        for (account, deadline) in &guards.dead_men {
            digest.write_u64(account.0.into());
            digest.write_i64(*deadline);
        }
        digest.finish()
    }

    pub(super) fn hash_breakers(&self) -> u64 {
        let mut digest = Digest::new();
        for instrument in self.instrument_ids() {
            let breaker = self.breaker(instrument);
            self.write_phase(breaker, &mut digest);
            digest.write_u64(u64::from(breaker.spread as u8));
            write_time(&mut digest, breaker.spread_deadline);
            write_band(&mut digest, breaker.external);
            write_band(&mut digest, breaker.stored);
            self.write_windows(instrument, &mut digest);
            self.write_recent(instrument, &mut digest);
        }
        digest.finish()
    }

    fn write_phase(&self, breaker: &Breaker, digest: &mut Digest) {
        write_flag(digest, breaker.rules.is_some());
        digest.write_u64(u64::from(breaker.session as u8));
        digest.write_u64(breaker.phase as u64);
        write_time(digest, breaker.deadline);
        write_flag(digest, breaker.by_hand);
        write_flag(digest, breaker.two_person);
        digest.write_u64(breaker.operator.0.into());
        digest.write_u64(breaker.extensions.into());
        digest.write_u64(breaker.calls);
        write_flag(digest, breaker.armed);
        digest.write_u64(breaker.good_samples.into());
        digest.write_i64(breaker.next_sample);
        digest.write_i64(breaker.earliest);
        let trips = breaker.recent_trips(self.stamp.ts_ns);
        digest.write_u64(trips.len() as u64);
        for trip in trips {
            digest.write_i64(trip);
        }
    }

    fn write_windows(&self, instrument: InstrumentId, digest: &mut Digest) {
        let windows = self.breaker(instrument).rules.map(|rules| rules.windows);
        for index in 0..2 {
            let extremes = windows.and_then(|windows| self.extremes(instrument, windows[index]));
            write_band(digest, extremes);
        }
    }
}
