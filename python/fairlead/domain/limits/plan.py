"""Which buckets a request takes from: those of its address, its key and its account, by what its route is for."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from fairlead.domain.limits.bucket import Rate

__all__ = ["Plan", "Policy", "RouteClass", "account_policy", "address_key", "address_policy", "counts_bytes", "part_of"]

_PREFIX_BITS: Final = 64
_TEXT_MAX: Final = 64
_ADDRESSES_MAX: Final = 4_096


class RouteClass(StrEnum):
    """What a route is for."""

    # Looked at by who keeps the service running; cheap, and refusing it would look like a fault.
    UPKEEP = "upkeep"
    LOGINS = "logins"
    MARKET_DATA = "market_data"
    # Reads of an account, and what is neither order nor cancel.
    READS = "reads"
    ORDERS = "orders"
    # Cancels, and what stops a market: nothing else may use up their tokens.
    CANCELS = "cancels"


class Policy(StrEnum):
    """The buckets, by the names that answers call them."""

    IP = "ip"
    IP_BYTES = "ip-bytes"
    IP_CANCELS = "ip-cancels"
    IP_LOGINS = "ip-logins"
    IP_MARKET_DATA = "ip-market-data"
    KEY = "key"
    READS = "reads"
    ORDERS = "orders"
    CANCELS = "cancels"
    # Bytes of bodies, of an account.
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The rate of each bucket, and how many of each kind are kept at a time.

    Attributes:
        rates: by policy, every one of them.
        keys_max: buckets of one policy that are kept.
    """

    rates: dict[Policy, Rate]
    keys_max: int = 65_536


def part_of(plan: Plan, processes: int) -> Plan:
    """Return the rates of one of so many processes that share nothing: together they let through what one would.

    A burst is at least one token, so that whoever asks seldom is let in everywhere.
    """
    return replace(
        plan,
        rates={
            policy: Rate(count=rate.count, period_s=rate.period_s * processes, burst=max(1, rate.burst // processes))
            for policy, rate in plan.rates.items()
        },
    )


_WITHOUT_BYTES: Final = frozenset({RouteClass.CANCELS, RouteClass.UPKEEP})
_OF_ADDRESS: Final = {
    RouteClass.UPKEEP: None,
    RouteClass.CANCELS: Policy.IP_CANCELS,
    RouteClass.MARKET_DATA: Policy.IP_MARKET_DATA,
}
_OF_ACCOUNT: Final = {
    RouteClass.READS: Policy.READS,
    RouteClass.MARKET_DATA: Policy.READS,
    RouteClass.ORDERS: Policy.ORDERS,
    RouteClass.CANCELS: Policy.CANCELS,
}


def counts_bytes(route_class: RouteClass) -> bool:
    """Whether the bytes of a request count: never those of what must not be refused for them."""
    return route_class not in _WITHOUT_BYTES


def address_policy(route_class: RouteClass) -> Policy | None:
    """Return the bucket of the address that a request takes from, before anything is known of who asks."""
    return _OF_ADDRESS.get(route_class, Policy.IP)


def account_policy(route_class: RouteClass) -> Policy | None:
    """Return the bucket of the account, where a route of this class has one."""
    return _OF_ACCOUNT.get(route_class)


def address_key(host: str) -> str:
    """Return what an address counts as: an IPv6 address as its network of 64 bits, which is what one customer has."""
    # No more is remembered than this many short texts.
    return _remembered_key(host) if len(host) <= _TEXT_MAX else _key(host)


def _key(host: str) -> str:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:_TEXT_MAX]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{int(address) >> _PREFIX_BITS:x}::/{_PREFIX_BITS}"
    return str(address)


_remembered_key: Final = lru_cache(maxsize=_ADDRESSES_MAX)(_key)
