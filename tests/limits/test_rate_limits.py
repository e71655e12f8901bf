"""Which buckets a request takes from, by who asks and what for."""

import asyncio
import dataclasses

import pytest
from tests.limits.plans import wide_plan

from fairlead.domain.access.roles import Principal, Role, Scope
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import Plan, Policy, RouteClass, address_key
from fairlead.services.rate_limits import PAID_BYTES, RateLimitedError, RateLimits
from fairlead.services.rate_windows import OwnWindows

ANN = Principal(user_id="usr_ann", account=1, role=Role.TRADER, scopes=frozenset(Scope), key_id="key_1")


def _limits(plan: Plan) -> RateLimits:
    return RateLimits(OwnWindows(plan, now_ns=lambda: 0))


def test_an_api_key_has_a_bucket_of_its_own_and_cancels_take_none_of_it() -> None:
    limits = _limits(wide_plan(key=Rate(count=1, burst=1)))
    other = dataclasses.replace(ANN, key_id="key_2")

    async def story() -> None:
        assert [one.policy for one in await limits.act(ANN, RouteClass.READS)] == [Policy.KEY, Policy.READS]
        with pytest.raises(RateLimitedError, match="policy=key"):
            await limits.act(ANN, RouteClass.ORDERS)
        assert [one.policy for one in await limits.act(ANN, RouteClass.CANCELS)] == [Policy.CANCELS]
        assert [one.policy for one in await limits.act(other, RouteClass.READS)] == [Policy.KEY, Policy.READS]

    asyncio.run(story())


def test_an_account_has_one_bucket_through_all_its_keys() -> None:
    limits = _limits(wide_plan(orders=Rate(count=1, burst=2)))

    async def story() -> None:
        for key in ("key_1", "key_2"):
            await limits.act(dataclasses.replace(ANN, key_id=key), RouteClass.ORDERS)
        with pytest.raises(RateLimitedError, match="policy=orders"):
            await limits.act(dataclasses.replace(ANN, key_id=None, session_id="ses_1"), RouteClass.ORDERS)

    asyncio.run(story())


def test_each_order_of_a_batch_costs_a_token_or_the_batch_does_nothing() -> None:
    limits = _limits(wide_plan(orders=Rate(count=1, burst=10)))

    async def story() -> None:
        await limits.act(ANN, RouteClass.ORDERS)
        await limits.more_orders(ANN, 4)
        with pytest.raises(RateLimitedError, match="wanted=6 left=5"):
            await limits.more_orders(ANN, 6)
        assert (await limits.act(ANN, RouteClass.ORDERS))[-1].grant.remaining == 4

    asyncio.run(story())


def test_large_bodies_are_paid_for_by_the_byte_and_those_of_cancels_are_not() -> None:
    limits = _limits(wide_plan(ip_bytes=Rate(count=1, burst=5_000), bytes=Rate(count=1, burst=1_500)))

    async def story() -> None:
        for route_class, size, policy in (
            (RouteClass.ORDERS, 2_000, "ip"),
            (RouteClass.ORDERS, PAID_BYTES, "ip"),
            (RouteClass.ORDERS, 0, "ip"),
            (RouteClass.CANCELS, 50_000, "ip-cancels"),
        ):
            taken = await limits.arrive("10.0.0.1", route_class, size=size)
            assert [str(it.policy) for it in taken] == [policy]
        assert await limits.arrive("10.0.0.1", RouteClass.UPKEEP, size=50_000) == []
        with pytest.raises(RateLimitedError, match="too many bytes: policy=ip-bytes wanted=3001 left=3000"):
            await limits.arrive("10.0.0.1", RouteClass.READS, size=3_001)
        await limits.arrive("10.0.0.2", RouteClass.READS, size=3_001)

        taken = await limits.act(ANN, RouteClass.ORDERS, size=PAID_BYTES + 1)
        assert [str(it.policy) for it in taken] == ["key", "orders"]
        with pytest.raises(RateLimitedError, match="policy=bytes wanted=1025 left=475"):
            await limits.act(ANN, RouteClass.READS, size=PAID_BYTES + 1)
        await limits.act(ANN, RouteClass.READS, size=PAID_BYTES)
        assert [str(it.policy) for it in await limits.act(ANN, RouteClass.CANCELS, size=9_999)] == ["cancels"]

    asyncio.run(story())


def test_a_body_whose_length_is_not_said_counts_as_the_longest() -> None:
    plan = wide_plan(ip_bytes=Rate(count=1, burst=10_000))
    limits = RateLimits(OwnWindows(plan, now_ns=lambda: 0), body_bytes_max=3_000)

    async def story() -> None:
        for size in (None, 2_999, 10**12):
            await limits.arrive("10.0.0.1", RouteClass.ORDERS, size=size)
        with pytest.raises(RateLimitedError, match="wanted=3000 left=1001"):
            await limits.arrive("10.0.0.1", RouteClass.ORDERS, size=None)

    asyncio.run(story())


def test_addresses_without_end_are_kept_up_to_the_bound() -> None:
    limits = _limits(dataclasses.replace(wide_plan(), keys_max=100))

    async def story() -> None:
        for number in range(10_000):
            await limits.arrive(f"10.0.{number >> 8}.{number & 255}", RouteClass.READS)

    asyncio.run(story())
    assert limits.kept()[Policy.IP] == 100


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "20010db800000001::/64"),
        ("fe80::1%eth0", "fe80000000000000::/64"),
        ("", ""),
        ("x" * 100, "x" * 64),
    ],
)
def test_an_address_counts_as(host: str, key: str) -> None:
    assert address_key(host) == key
