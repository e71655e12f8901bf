"""Rates that no test empties, but for those a test is about."""

from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import Plan, Policy


def wide_plan(**narrow: Rate) -> Plan:
    """Return buckets that no test empties, but for those that are named, as in ``ip_logins``."""
    given = {Policy(name.replace("_", "-")): rate for name, rate in narrow.items()}
    return Plan(rates={policy: Rate(count=1_000, burst=100_000) for policy in Policy} | given)
