"""What every cache does: in the process and in Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from tests.contract.buses import at
from tests.services.redis_server import RedisServer

from fairlead.adapters.cache import MemoryCache
from fairlead.domain.limits.bucket import Rate
from fairlead.ports.cache import Cache, CachedTrade, Taken

HISTORY_MAX = 5
Told = Callable[[Callable[[Cache], Awaitable[None]]], None]


@pytest.fixture(params=["memory", "redis"])
def told(request: pytest.FixtureRequest) -> Told:
    """Return what tells a story to an empty cache."""
    server: RedisServer | None = request.getfixturevalue("redis_server") if request.param == "redis" else None

    def tell(story: Callable[[Cache], Awaitable[None]]) -> None:
        async def run() -> None:
            cache = await _empty(server)
            try:
                await story(cache)
            finally:
                await cache.close()

        asyncio.run(run())

    return tell


async def _empty(server: RedisServer | None) -> Cache:
    if server is None:
        return MemoryCache(history_max=HISTORY_MAX)
    from redis.asyncio import Redis

    from fairlead.adapters.cache.redis_cache import RedisCache

    async with Redis.from_url(server.url) as direct:
        await direct.flushall()
    return RedisCache(server.url, timeout_ms=5_000, history_max=HISTORY_MAX)


def _trade(number: int, *, symbol: str = "ABC-USD", price: str = "100.50") -> CachedTrade:
    return CachedTrade(
        symbol=symbol, trade_id=number, price=Decimal(price), quantity=Decimal("0.00000001"), ts_ns=10**18 + number
    )


def test_an_empty_cache_has_nothing(told: Told) -> None:
    async def story(cache: Cache) -> None:
        assert await cache.reached() is None
        assert await cache.last("ABC-USD") is None
        assert await cache.history("ABC-USD", count_max=3) == []

    told(story)


def test_trades_come_back_exactly_and_newest_first(told: Told) -> None:
    async def story(cache: Cache) -> None:
        mine, other = [_trade(1), _trade(2, price="99")], _trade(3, symbol="XYZ-USD")
        await cache.put_trades([*mine, other], reached=at(7))
        assert await cache.last("ABC-USD") == mine[1]
        assert await cache.history("ABC-USD", count_max=10) == mine[::-1]
        assert await cache.history("ABC-USD", count_max=1) == mine[1:]
        assert await cache.last("XYZ-USD") == other
        assert await cache.reached() == at(7)

    told(story)


def test_the_same_again_and_the_older_change_nothing(told: Told) -> None:
    async def story(cache: Cache) -> None:
        await cache.put_trades([_trade(1), _trade(3)], reached=at(3))
        await cache.put_trades([_trade(1), _trade(3)], reached=at(3))
        await cache.put_trades([_trade(2)], reached=at(4))
        assert await cache.history("ABC-USD", count_max=10) == [_trade(3), _trade(2), _trade(1)]
        assert await cache.last("ABC-USD") == _trade(3)

    told(story)


def test_history_is_bounded(told: Told) -> None:
    async def story(cache: Cache) -> None:
        await cache.put_trades([_trade(number) for number in range(1, 4)], reached=at(3))
        await cache.put_trades([_trade(number) for number in range(4, 9)], reached=at(8))
        kept = await cache.history("ABC-USD", count_max=100)
        assert [trade.trade_id for trade in kept] == [8, 7, 6, 5, 4]

    told(story)


def test_trades_of_another_log_replace_everything(told: Told) -> None:
    async def story(cache: Cache) -> None:
        await cache.put_trades([_trade(9), _trade(9, symbol="XYZ-USD")], reached=at(9))
        await cache.put_trades([_trade(1)], reached=at(1, log_id="log-2"))
        assert await cache.last("ABC-USD") == _trade(1)
        assert await cache.last("XYZ-USD") is None
        assert await cache.reached() == at(1, log_id="log-2")

    told(story)


# So slow that nothing comes back while a test runs.
SLOW = Rate(count=1, period_s=86_400, burst=10)


async def _taken(cache: Cache, key: str, needed: int = 1, rate: Rate = SLOW, *, ahead: int = 0) -> Taken:
    return await cache.take(key, rate, needed=needed, ahead=ahead)


def test_a_bucket_lets_through_what_it_holds_and_says_when_it_will_more(told: Told) -> None:
    async def story(cache: Cache) -> None:
        granted = [await _taken(cache, "ip") for _ in range(10)]
        assert all(it.is_granted for it in granted)
        assert [it.remaining for it in granted] == list(range(9, -1, -1))
        refused = await _taken(cache, "ip")
        assert (refused.is_granted, refused.remaining, refused.ahead) == (False, 0, 0)
        day_ns = 86_400 * 10**9
        assert day_ns - 3_600 * 10**9 < refused.wait_ns <= day_ns
        assert 9 * day_ns < refused.full_ns <= 10 * day_ns
        assert (await _taken(cache, "ip", 0)).is_granted
        assert (await _taken(cache, "other")).remaining == 9

    told(story)


def test_more_than_a_bucket_holds_is_granted_by_a_full_one_which_owes_the_rest(told: Told) -> None:
    async def story(cache: Cache) -> None:
        assert (await _taken(cache, "a", 12)).is_granted
        refused = await _taken(cache, "a")
        assert not refused.is_granted
        assert refused.wait_ns > 2 * 86_400 * 10**9
        await _taken(cache, "b")
        assert not (await _taken(cache, "b", 12)).is_granted

    told(story)


def test_what_is_taken_ahead_is_a_quarter_of_the_rest(told: Told) -> None:
    async def story(cache: Cache) -> None:
        first = await _taken(cache, "a", ahead=5)
        assert (first.is_granted, first.ahead, first.remaining) == (True, 2, 7)
        second = await _taken(cache, "a", 2, ahead=1)
        assert (second.is_granted, second.ahead, second.remaining) == (True, 1, 4)
        assert (await _taken(cache, "a", 3, ahead=5)).ahead == 0
        assert (await _taken(cache, "a", 2, ahead=5)).ahead == 0

    told(story)


def test_tokens_come_back_with_time(told: Told) -> None:
    async def story(cache: Cache) -> None:
        rate = Rate(count=1_000, burst=2)
        assert (await _taken(cache, "a", 2, rate)).is_granted
        async with asyncio.timeout(60):
            while not (await _taken(cache, "a", 1, rate)).is_granted:
                await asyncio.sleep(0)

    told(story)


def test_of_many_at_once_no_more_pass_than_there_are_tokens(told: Told) -> None:
    async def story(cache: Cache) -> None:
        found = await asyncio.gather(*(_taken(cache, "a") for _ in range(100)))
        assert sum(it.is_granted for it in found) == 10

    told(story)


def test_what_somebody_else_wrote_counts_as_a_full_bucket(redis_server: RedisServer) -> None:
    from redis.asyncio import Redis

    from fairlead.adapters.cache.redis_cache import RedisCache

    async def story() -> None:
        cache = RedisCache(redis_server.url, timeout_ms=5_000)
        async with Redis.from_url(redis_server.url) as direct:
            for key, text in (("a", "soon"), ("b", ""), ("c", "-1e99")):
                await direct.set(f"fairlead:rate:{key}", text)
                assert (await _taken(cache, key)).remaining == 9
            assert await direct.pttl("fairlead:rate:a") > 0
        await cache.close()

    asyncio.run(story())


def test_buckets_in_memory_are_bounded() -> None:
    async def story() -> None:
        cache = MemoryCache(keys_max=2, now_ns=lambda: 0)
        for key in ("a", "b", "c"):
            assert (await _taken(cache, key)).remaining == 9
        assert (await _taken(cache, "c")).remaining == 8
        assert (await _taken(cache, "a")).remaining == 9

    asyncio.run(story())
