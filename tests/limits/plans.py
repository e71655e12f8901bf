"""Rates that no test empties, but for those a test is about."""

from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import Plan, Policy

_BYTES = frozenset({Policy.IP_BYTES, Policy.BYTES})


def wide_plan(**narrow: Rate) -> Plan:
    """Return buckets that no test empties, but for those that are named, as in ``ip_logins``."""
    given = {Policy(name.replace("_", "-")): rate for name, rate in narrow.items()}
    rates = {policy: Rate(count=1_000, burst=2**40 if policy in _BYTES else 100_000) for policy in Policy}
    return Plan(rates=rates | given)
