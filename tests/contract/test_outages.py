"""A broker and a cache that are killed in the middle and come back: nothing missing, nothing twice, nobody waits."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from tests.contract.buses import TRIES_MAX, read_all, until_it_answers
from tests.contract.pages import KeptPages, blind_bodies, trade
from tests.services.redis_server import RedisServer

from fairlead.domain.publishing.event import REPORTS, TRADES
from fairlead.errors import UnavailableError
from fairlead.services.publishing import BusSink, CacheSink, Publisher, Sink

if TYPE_CHECKING:
    from tests.services.kafka import Kafka


@asynccontextmanager
async def _published(pages: KeptPages, sink: Sink) -> AsyncIterator[None]:
    async def rest(_seconds: float) -> None:
        await asyncio.sleep(0)

    task = asyncio.create_task(Publisher("tested", pages=pages, sink=sink, rest=rest).run())
    try:
        yield
        assert not task.done(), "no failure of the receiver ends the publisher"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert pages.open == 0


async def _until_reached(sink: Sink, event_seq: int) -> None:
    reached = None
    for _ in range(100 * TRIES_MAX):
        reached = await sink.reached()
        if reached is not None and reached.position.event_seq >= event_seq:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not reached: event_seq={event_seq} reached={reached}")


def test_kafka_is_killed_and_every_event_is_there_once(kafka: "Kafka") -> None:
    from fairlead.adapters.bus.kafka import KafkaBus
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_reader import KafkaReader

    link = KafkaLink(servers=[kafka.servers], topic_prefix=f"t-{uuid.uuid4().hex[:12]}")

    async def story() -> None:
        pages, bus, asker = KeptPages(), KafkaBus(link, wait_s=2.0), KafkaBus(link, wait_s=2.0)
        sink = BusSink(bus, bodies=blind_bodies(), tail_max=None)
        for number in range(1, 101):
            pages.add(*trade(number))
        async with _published(pages, sink):
            await _until_reached(sink, 20)
            kafka.kill()
            # What trades waits for nobody.
            for number in range(101, 201):
                pages.add(*trade(number))
            with pytest.raises(UnavailableError):
                await asker.ping()
            kafka.start()
            await until_it_answers(asker.ping)
            for number in range(201, 301):
                pages.add(*trade(number))
            reader = KafkaReader(link)
            found = await read_all(reader, 900)
            await reader.close()
        await bus.close()
        await asker.close()

        reports = [event for event in found if event.topic == REPORTS]
        assert [event.at.position for event in reports] == [
            report.position for number in range(1, 301) for report in trade(number)
        ]
        trades = [json.loads(event.body) for event in found if event.topic == TRADES]
        assert [int(one["tradeId"]) for one in trades] == list(range(1, 301))
        assert {one["takerSide"] for one in trades} == {"BUY"}

    asyncio.run(story())


def test_a_publisher_that_was_followed_by_another_says_so_and_publishes_nothing(kafka: "Kafka") -> None:
    from tests.contract.buses import at, events

    from fairlead.adapters.bus.kafka import KafkaBus
    from fairlead.adapters.bus.kafka_link import KafkaLink

    link = KafkaLink(servers=[kafka.servers], topic_prefix=f"t-{uuid.uuid4().hex[:12]}")

    async def story() -> None:
        older, newer = KafkaBus(link), KafkaBus(link)
        await until_it_answers(older.reached)
        await older.publish(events(1, 3), reached=at(3))
        await newer.publish(events(4, 6), reached=at(6))
        with pytest.raises(UnavailableError, match="FENCED"):
            await older.publish(events(4, 9), reached=at(9))
        assert await newer.reached() == at(6)
        await older.close()
        await newer.close()

    asyncio.run(story())


def test_redis_is_killed_and_the_newest_prices_come_back(redis_server: RedisServer) -> None:
    from fairlead.adapters.cache.redis_cache import RedisCache

    async def story() -> None:
        pages, cache = KeptPages(log_id=uuid.uuid4().hex), RedisCache(redis_server.url, timeout_ms=500)
        sink = CacheSink(cache, tail_max=50)
        for number in range(1, 101):
            pages.add(*trade(number))
        async with _published(pages, sink):
            await _until_reached(sink, 100)
            redis_server.kill()
            for number in range(101, 201):
                pages.add(*trade(number))
            with pytest.raises(UnavailableError):
                await cache.reached()
            redis_server.start()
            await until_it_answers(cache.reached)
            await _until_reached(sink, 200)
            # It had forgotten everything: the newest are there again, each once.
            kept = await cache.history("ABC-USD", count_max=1_000)
            assert [one.trade_id for one in kept] == list(range(200, 149, -1))
        await cache.close()

    asyncio.run(story())


def test_a_receiver_that_is_away_from_the_start_is_waited_for(redis_server: RedisServer) -> None:
    from fairlead.adapters.cache.redis_cache import RedisCache

    async def story() -> None:
        redis_server.kill()
        pages, cache = KeptPages(log_id=uuid.uuid4().hex), RedisCache(redis_server.url, timeout_ms=500)
        sink = CacheSink(cache)
        pages.add(*trade(1))
        async with _published(pages, sink):
            with pytest.raises(UnavailableError):
                await cache.last("ABC-USD")
            redis_server.start()
            await until_it_answers(cache.reached)
            await _until_reached(sink, 1)
            last = await cache.last("ABC-USD")
            assert last is not None
            assert last.trade_id == 1
        await cache.close()

    asyncio.run(story())
