"""What every cache does: in the process and in Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from tests.contract.buses import at
from tests.services.redis_server import RedisServer

from fairlead.adapters.cache import MemoryCache
from fairlead.ports.cache import Cache, CachedBook, CachedTrade

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
        assert await cache.book("ABC-USD") is None

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
        await cache.put_book(CachedBook(symbol="ABC-USD", version=4, body=b"old"))
        await cache.put_trades([_trade(1)], reached=at(1, log_id="log-2"))
        assert await cache.last("ABC-USD") == _trade(1)
        assert await cache.last("XYZ-USD") is None
        assert await cache.book("ABC-USD") is None
        assert await cache.reached() == at(1, log_id="log-2")

    told(story)


def test_the_newer_book_stays(told: Told) -> None:
    async def story(cache: Cache) -> None:
        newer = CachedBook(symbol="ABC-USD", version=10, body=b"\x00newer\xff")
        await cache.put_book(CachedBook(symbol="ABC-USD", version=9, body=b"older"))
        await cache.put_book(newer)
        await cache.put_book(CachedBook(symbol="ABC-USD", version=9, body=b"late"))
        assert await cache.book("ABC-USD") == newer

    told(story)


def test_each_window_counts_for_itself(told: Told) -> None:
    async def story(cache: Cache) -> None:
        counted = [await cache.count("ip", window_ms=60_000, now_ms=now_ms) for now_ms in (60_000, 119_999, 120_000)]
        assert counted == [1, 2, 1]
        assert await cache.count("other", window_ms=60_000, now_ms=60_000) == 1
        assert await cache.count("ip", window_ms=1_000, now_ms=60_000) == 1

    told(story)


def test_windows_in_memory_are_bounded() -> None:
    async def story() -> None:
        cache = MemoryCache(windows_max=2)
        for key in ("a", "b", "c"):
            assert await cache.count(key, window_ms=1_000, now_ms=0) == 1
        assert await cache.count("c", window_ms=1_000, now_ms=0) == 2
        assert await cache.count("a", window_ms=1_000, now_ms=0) == 1

    asyncio.run(story())
