"""What every bus does: in the process and in Kafka."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest
from tests.contract.buses import LOG, BusKind, at, events, read_all

from fairlead.adapters.bus import MemoryBus, MemoryReader
from fairlead.domain.publishing.event import REPORTS, TRADES
from fairlead.domain.publishing.marks import Marks
from fairlead.errors import DataError, UnavailableError
from fairlead.ports.bus import Bus


@pytest.fixture(params=["memory", "kafka"])
def kind(request: pytest.FixtureRequest) -> BusKind:
    if request.param == "memory":
        bus = MemoryBus()
        return BusKind(publisher=lambda: bus, reader=lambda **words: MemoryReader(bus, **words))
    broker = request.getfixturevalue("kafka")
    from fairlead.adapters.bus.kafka import KafkaBus
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_reader import KafkaReader

    link = KafkaLink(servers=[broker.servers], topic_prefix=f"t-{uuid.uuid4().hex[:12]}")
    return BusKind(publisher=lambda: KafkaBus(link), reader=lambda **words: KafkaReader(link, **words))


def _told(kind: BusKind, story: Callable[[Bus], Awaitable[None]]) -> None:
    async def run() -> None:
        bus = kind.publisher()
        try:
            await story(bus)
        finally:
            await bus.close()

    asyncio.run(run())


def test_what_is_published_is_read_once_and_in_its_order(kind: BusKind) -> None:
    sent = [*events(1, 40, keys=["A", "B", "C"]), *events(1, 40, topic=TRADES, keys=["A", "B", "C"])]

    async def story(bus: Bus) -> None:
        assert await bus.reached() is None
        await bus.publish(sent, reached=at(40))
        assert await bus.reached() == at(40)
        reader = kind.reader()
        found = await read_all(reader, len(sent))
        await reader.close()
        for topic in (REPORTS, TRADES):
            for key in "ABC":
                wanted = [event for event in sent if (event.topic, event.key) == (topic, key)]
                assert [event for event in found if (event.topic, event.key) == (topic, key)] == wanted
        assert len(found) == len(sent)

    _told(kind, story)


def test_the_same_again_is_not_published_again(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.publish(events(1, 5), reached=at(5))
        await bus.publish(events(1, 5), reached=at(5))
        await bus.publish(events(3, 4), reached=at(4))
        await bus.publish([], reached=at(9))
        assert await bus.reached() == at(9)
        reader = kind.reader()
        assert await read_all(reader, 5) == events(1, 5)
        await reader.close()

    _told(kind, story)


def test_what_was_published_twice_is_read_once(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.publish(events(1, 5), reached=at(5))
        # As after the loss of the cursor: the batch begins again before the end of the last one.
        await bus.publish(events(3, 8), reached=at(8))
        reader = kind.reader()
        assert await read_all(reader, 8) == events(1, 8)
        await reader.close()

    _told(kind, story)


def test_a_reader_goes_on_where_its_marks_are(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.publish(events(1, 10), reached=at(10))
        first = kind.reader(topics=[REPORTS])
        found = await first.read(count_max=4, wait_s=10)
        kept = str(first.marks)
        # What was read after the marks were kept counts as not read.
        await first.read(count_max=100, wait_s=1)
        await first.close()

        second = kind.reader(topics=[REPORTS], marks=Marks(kept))
        found += await read_all(second, 10 - len(found))
        await second.close()
        assert found == events(1, 10)

    _told(kind, story)


def test_another_log_begins_anew(kind: BusKind) -> None:
    other = [
        type(event)(topic=event.topic, key=event.key, at=at(number, log_id="log-2"), body=event.body)
        for number, event in enumerate(events(1, 3), start=1)
    ]

    async def story(bus: Bus) -> None:
        await bus.publish(events(1, 5), reached=at(5))
        await bus.publish(other, reached=at(3, log_id="log-2"))
        assert await bus.reached() == at(3, log_id="log-2")
        reader = kind.reader()
        assert await read_all(reader, 8) == [*events(1, 5), *other]
        await reader.close()

    _told(kind, story)


def test_nothing_comes_in_time_where_nothing_is_published(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.ping()
        assert await bus.reached() is None
        reader = kind.reader()
        assert await reader.read(count_max=10, wait_s=0.1) == []
        await reader.close()

    _told(kind, story)


def test_a_second_publisher_knows_how_far_the_first_came(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.publish(events(1, 3), reached=at(3))
        second = kind.publisher()
        assert await second.reached() == at(3)
        await second.publish(events(4, 6), reached=at(6))
        reader = kind.reader()
        assert await read_all(reader, 6) == events(1, 6)
        await reader.close()
        if second is not bus:
            await second.close()

    _told(kind, story)


def test_a_reader_that_was_cancelled_has_lost_nothing(kind: BusKind) -> None:
    async def story(bus: Bus) -> None:
        await bus.reached()
        reader = kind.reader()
        waiting = asyncio.create_task(reader.read(count_max=10, wait_s=2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await bus.publish(events(1, 3), reached=at(3))
        assert await read_all(reader, 3) == events(1, 3)
        await reader.close()

    _told(kind, story)


def test_memory_is_bounded_and_a_reader_that_is_behind_is_told() -> None:
    async def story() -> None:
        bus = MemoryBus(kept_max=10)
        reader = MemoryReader(bus, topics=[REPORTS])
        await bus.publish(events(1, 2), reached=at(2))
        assert len(await reader.read(count_max=2, wait_s=1)) == 2
        await bus.publish(events(3, 13), reached=at(13))
        with pytest.raises(UnavailableError, match="offset=2 oldest=3"):
            await reader.read(count_max=10, wait_s=1)
        fresh = MemoryReader(bus, topics=[REPORTS])
        assert await fresh.read(count_max=100, wait_s=1) == events(4, 13)

    asyncio.run(story())


@pytest.mark.parametrize("text", ["1", "{", '{"reports/0":[1]}', '{"reports/0":[1,"log 1.2"]}'])
def test_marks_of_something_else_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        Marks(text)


def test_marks_come_back_from_their_text() -> None:
    marks = Marks()
    assert marks.admit("reports", 0, offset=0, at=at(1))
    assert marks.admit("reports", 1, offset=7, at=at(2))

    again = Marks(str(marks))

    assert (again.next_offset("reports", 0), again.next_offset("reports", 1)) == (1, 8)
    assert again.next_offset("trades", 0) is None
    assert not again.admit("reports", 0, offset=0, at=at(9))
    assert not again.admit("reports", 0, offset=1, at=at(1))
    assert again.next_offset("reports", 0) == 2
    assert again.admit("reports", 0, offset=2, at=at(1, log_id=f"{LOG}-other"))
