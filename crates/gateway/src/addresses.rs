//! Who is connected from where: connections and failed proofs, counted by address.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::limits::{Limits, SECOND_NS};

const WINDOW_NS: u64 = 60 * SECOND_NS;
/// Addresses remembered for failures alone; the one whose minute began first is forgotten for a new one.
const REMEMBERED_MAX: usize = 4_096;

#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: u32,
    since_ns: u64,
}

/// Counts by address.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    open: BTreeMap<IpAddr, usize>,
    failures: BTreeMap<IpAddr, Failures>,
}

impl Addresses {
    /// Counts a new connection; `false` where the address has too many or failed too often.
    pub(crate) fn open(&mut self, address: IpAddr, limits: &Limits, now_ns: u64) -> bool {
        if self.failed_too_often(address, limits, now_ns) {
            return false;
        }
        let count = self.open.entry(address).or_default();
        let fits = *count < limits.connections_per_address_max;
        if fits {
            *count += 1;
        }
        fits
    }

    /// Forgets a connection that was counted.
    pub(crate) fn close(&mut self, address: IpAddr) {
        if let Some(count) = self.open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&address);
            }
        }
    }

    /// Counts a failed proof.
    pub(crate) fn failed(&mut self, address: IpAddr, now_ns: u64) {
        if self.failures.len() >= REMEMBERED_MAX && !self.failures.contains_key(&address) {
            let oldest =
                self.failures.iter().min_by_key(|(_, failures)| failures.since_ns).map(|(address, _)| *address);
            oldest.map(|address| self.failures.remove(&address));
        }
        let failures = self.failures.entry(address).or_insert(Failures { count: 0, since_ns: now_ns });
        if now_ns.saturating_sub(failures.since_ns) >= WINDOW_NS {
            *failures = Failures { count: 0, since_ns: now_ns };
        }
        failures.count += 1;
    }

    fn failed_too_often(&mut self, address: IpAddr, limits: &Limits, now_ns: u64) -> bool {
        let Some(failures) = self.failures.get(&address) else { return false };
        if now_ns.saturating_sub(failures.since_ns) >= WINDOW_NS {
            self.failures.remove(&address);
            return false;
        }
        failures.count >= limits.logon_failures_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn an_address_has_so_many_connections_and_gets_them_back() {
        let limits = Limits { connections_per_address_max: 2, ..Limits::default() };
        let mut addresses = Addresses::default();

        assert_eq!([HOME, HOME, HOME, OTHER].map(|a| addresses.open(a, &limits, 0)), [true, true, false, true]);
        addresses.close(HOME);
        assert!(addresses.open(HOME, &limits, 0));
        assert!(!addresses.open(HOME, &limits, 0));
    }

    #[test]
    fn failures_shut_an_address_out_for_the_rest_of_the_minute() {
        let limits = Limits { logon_failures_max: 2, ..Limits::default() };
        let mut addresses = Addresses::default();
        addresses.failed(HOME, 5);
        assert!(addresses.open(HOME, &limits, 6));
        addresses.failed(HOME, 7);

        assert!(!addresses.open(HOME, &limits, 8));
        assert!(addresses.open(OTHER, &limits, 8));
        assert!(!addresses.open(HOME, &limits, WINDOW_NS + 4));
        assert!(addresses.open(HOME, &limits, WINDOW_NS + 5));
    }

    #[test]
    fn memory_for_failures_is_bounded() {
        let mut addresses = Addresses::default();
        for n in 0..10_000_u32 {
            addresses.failed(IpAddr::V4(n.into()), u64::from(n));
        }

        assert_eq!(addresses.failures.len(), REMEMBERED_MAX);
    }
}
