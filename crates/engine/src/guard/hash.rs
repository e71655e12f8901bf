//! The section of the state hash (rule R-92).

use model::{Digest, InstrumentLimits, KillScope, Qty, Rate};

use crate::guard::{Guard, Guards};

fn write_rate(digest: &mut Digest, rate: Rate) {
    digest.write_u64(u64::from(rate.per_second));
    digest.write_u64(u64::from(rate.burst));
}

fn write_quantity(digest: &mut Digest, qty: Option<Qty>) {
    digest.write_u64(u64::from(qty.is_some()));
    digest.write_qty(qty.unwrap_or_default());
}

/// Kind and id of a scope.
fn scope(scope: KillScope) -> (u64, u32) {
    match scope {
        KillScope::All => (0, 0),
        KillScope::Instrument(instrument) => (1, instrument.0),
        KillScope::Account(account) => (2, account.0),
        KillScope::Session(session) => (3, session.0),
    }
}

impl Guard {
    fn write_limits(&self, account: u32, digest: &mut Digest) {
        let Some(limits) = self.limits else { return };
        digest.write_u64(u64::from(account));
        write_rate(digest, limits.orders);
        write_rate(digest, limits.cancels);
        digest.write_u64(u64::from(limits.open_orders_max));
        digest.write_i64(limits.duplicate_ns);
        for bucket in [self.orders, self.cancels] {
            let (level, at_ns) = bucket.words();
            digest.write_u64(level);
            digest.write_i64(at_ns);
        }
        digest.write_u64(self.duplicates.len() as u64);
    }

    fn write_desks(&self, account: u32, digest: &mut Digest) {
        for (instrument, desk) in &self.desks {
            digest.write_u64(u64::from(account));
            digest.write_u64(u64::from(instrument.0));
            let InstrumentLimits { max_qty, max_value, collar_bps, position_max, restricted } = desk.limits;
            write_quantity(digest, max_qty);
            digest.write_u64(u64::from(max_value.is_some()));
            digest.write_money(max_value.unwrap_or_default());
            digest.write_u64(u64::from(collar_bps.is_some()));
            digest.write_u64(u64::from(collar_bps.unwrap_or_default()));
            write_quantity(digest, position_max);
            digest.write_u64(u64::from(restricted));
        }
    }

    fn write_lines(&self, account: u32, digest: &mut Digest) {
        for (asset, line) in self.lines.iter().filter(|(_, line)| line.amount.0 != 0) {
            digest.write_u64(u64::from(account));
            digest.write_u64(u64::from(asset.0));
            digest.write_money(line.amount);
        }
    }
}

impl Guards {
    /// The section `risk`.
    pub(crate) fn hash(&self) -> u64 {
        let mut digest = Digest::new();
        for write in [Guard::write_limits, Guard::write_desks, Guard::write_lines] {
            for (account, guard) in self.all() {
                write(guard, account.0, &mut digest);
            }
        }
        for (on, switch) in self.switches.all() {
            let (kind, id) = scope(*on);
            for word in [kind, u64::from(id), u64::from(switch.reducing), u64::from(switch.operator.0)] {
                digest.write_u64(word);
            }
        }
        for (session, rule) in self.timers.rules() {
            digest.write_u64(u64::from(session.0));
            digest.write_i64(rule.grace_ns);
            digest.write_i64(rule.deadline_ns.unwrap_or(0));
        }
        for (account, deadline_ns) in self.timers.dead_men() {
            digest.write_u64(u64::from(account.0));
            digest.write_i64(*deadline_ns);
        }
        digest.finish()
    }
}
