"""A Redis that takes connections and answers nothing, or half: nobody waits for it long, and all is well afterwards."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from tests.contract.buses import at, until_it_answers
from tests.contract.pages import KeptPages, trade
from tests.contract.test_outages import _published, _until_reached
from tests.limits.plans import wide_plan
from tests.limits.test_rate_windows import Clock
from tests.services.gate import Gate
from tests.services.redis_server import RedisServer

from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.plan import Policy
from fairlead.errors import UnavailableError
from fairlead.ports.cache import Cache, CachedTrade
from fairlead.services.publishing import CacheSink
from fairlead.services.rate_windows import OwnWindows, SharedWindows
from fairlead.services.readiness import Readiness

RATE = Rate(count=10, burst=100)
# Far beyond what a client waits: who is still waiting then waits for ever.
_DEADLINE_S = 30
# Of a pool.
_CONNECTIONS_MAX = 16
_TRADE = CachedTrade(symbol="ABC-USD", trade_id=7, price=Decimal("1.5"), quantity=Decimal(2), ts_ns=10**18)
ASKED: dict[str, Callable[[Cache], Awaitable[object]]] = {
    "take": lambda cache: cache.take(uuid.uuid4().hex, RATE, needed=1),
    "reached": lambda cache: cache.reached(),
    "put": lambda cache: cache.put_trades([_TRADE], reached=at(7)),
    "last": lambda cache: cache.last("ABC-USD"),
}


@pytest.fixture
def gate(redis_server: RedisServer) -> Iterator[Gate]:
    from redis import Redis

    port = urlsplit(redis_server.url).port
    assert port is not None
    with Redis.from_url(redis_server.url) as direct:
        direct.flushall()
    with Gate(port) as gate:
        yield gate


def _cache(gate: Gate, *, timeout_ms: int = 250) -> Cache:
    from fairlead.adapters.cache.redis_cache import RedisCache

    return RedisCache(gate.url, timeout_ms=timeout_ms)


def _run(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(2 * _DEADLINE_S):
            await story()
        assert asyncio.all_tasks() == {asyncio.current_task()}, "nobody waits for it any more"

    asyncio.run(run())


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("answered", [0, 1, 3])
def test_what_is_asked_has_no_answer_and_later_the_right_one(
    gate: Gate, asked: str, is_known: bool, answered: int
) -> None:
    async def story() -> None:
        cache = _cache(gate)
        if is_known:
            # So that every answer is longer than what is let out of it.
            await until_it_answers(lambda: cache.put_trades([_TRADE], reached=at(7)))
        gate.hang(after=answered)
        for _ in range(3):
            with pytest.raises(UnavailableError):
                async with asyncio.timeout(_DEADLINE_S):
                    await ASKED[asked](cache)
        gate.go_on()
        await until_it_answers(cache.reached)
        # No connection hears the answer to what was asked before.
        await until_it_answers(lambda: cache.put_trades([_TRADE], reached=at(9)))
        for _ in range(3 * _CONNECTIONS_MAX):
            last, reached, taken = await asyncio.gather(
                cache.last("ABC-USD"), cache.reached(), cache.take(uuid.uuid4().hex, RATE, needed=1)
            )
            assert (last, reached, taken.is_granted) == (_TRADE, at(9), True)
        assert gate.live <= _CONNECTIONS_MAX
        await cache.close()

    _run(story)


def test_who_hears_nothing_asks_once(gate: Gate) -> None:
    async def story() -> None:
        cache = _cache(gate)
        gate.hang()
        with pytest.raises(UnavailableError):
            await cache.reached()
        # Connections are taken one after the other: before this one is, all that were asked for are.
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(gate.url).port)
        gate.go_on()
        writer.write(b"PING\r\n")
        assert await reader.readline() == b"+PONG\r\n"
        assert gate.accepted == 2
        writer.close()
        await writer.wait_closed()
        await cache.close()

    _run(story)


def test_rates_fall_back_on_those_of_the_process_and_come_back(gate: Gate) -> None:
    async def story() -> None:
        cache, clock, plan = _cache(gate), Clock(), wide_plan(orders=RATE)
        own = OwnWindows(plan, now_ns=clock.now_ns)
        windows = SharedWindows(plan, cache=cache, own=own, now_ns=clock.now_ns)

        async def take(number: int) -> bool:
            grant = windows.take(Policy.ORDERS, f"usr_{number}", 1)
            return (grant if isinstance(grant, Grant) else await grant).is_granted

        await until_it_answers(cache.reached)
        assert await take(0)
        gate.hang()
        async with asyncio.timeout(_DEADLINE_S):
            assert all(await asyncio.gather(*(take(number) for number in range(500))))
        assert not windows.is_shared
        # Left alone for a second: nobody waits.
        for number in range(500):
            assert isinstance(windows.take(Policy.ORDERS, f"usr_{number}", 1), Grant)
        clock.ns += NS_PER_S
        looking = asyncio.ensure_future(take(1))
        await asyncio.sleep(0)
        # One looks; the others do not wait for the same.
        assert all(isinstance(windows.take(Policy.ORDERS, f"usr_{number}", 1), Grant) for number in range(500))
        assert await looking
        assert not windows.is_shared
        # What stands in refuses too.
        assert [await take(7) for _ in range(RATE.burst)].count(False) > 0

        gate.go_on()
        await until_it_answers(cache.reached)
        clock.ns += NS_PER_S
        assert await take(1)
        assert windows.is_shared
        assert gate.live <= _CONNECTIONS_MAX
        await cache.close()

    _run(story)


@pytest.mark.parametrize("answered", [0, 2])
def test_the_newest_prices_are_there_once_when_it_answers_again(gate: Gate, answered: int) -> None:
    async def story() -> None:
        pages, cache = KeptPages(log_id=uuid.uuid4().hex), _cache(gate)
        sink = CacheSink(cache, tail_max=50)
        for number in range(1, 101):
            pages.add(*trade(number))
        async with _published(pages, sink):
            await _until_reached(sink, 100)
            gate.hang(after=answered)
            # What trades waits for nobody.
            for number in range(101, 201):
                pages.add(*trade(number))
            for _ in range(5):
                with pytest.raises(UnavailableError):
                    await cache.reached()
            gate.go_on()
            await until_it_answers(cache.reached)
            await _until_reached(sink, 200)
            kept = await cache.history("ABC-USD", count_max=1_000)
            assert [one.trade_id for one in kept][:150] == list(range(200, 50, -1))
            assert gate.live <= _CONNECTIONS_MAX
        await cache.close()

    _run(story)


@pytest.mark.parametrize("timeout_ms", [250, 60_000])
def test_it_is_named_as_what_is_not_there_however_long_it_may_take(gate: Gate, timeout_ms: int) -> None:
    async def story() -> None:
        cache = _cache(gate, timeout_ms=timeout_ms)
        await until_it_answers(cache.reached)
        readiness = _readiness(cache)
        assert [part.is_ready for part in await readiness.check()] == [True]

        gate.hang()
        readiness = _readiness(cache)
        (part,) = await readiness.check()
        assert (part.name, part.is_ready, part.is_needed) == ("cache", False, False)

        gate.go_on()
        await until_it_answers(cache.reached)
        (part,) = await _readiness(cache).check()
        assert part.is_ready
        assert gate.live <= _CONNECTIONS_MAX
        await cache.close()

    _run(story)


def _readiness(cache: Cache) -> Readiness:
    async def ask() -> None:
        await cache.reached()

    return Readiness({"cache": ask}, clock=Clock(), spared=("cache",))
