"""One who reads events from Kafka: what is committed, each event once."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from fairlead.adapters.bus.kafka import AT_HEADER
from fairlead.adapters.bus.kafka_link import KafkaLink, unavailable
from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import TOPICS, Event
from fairlead.domain.publishing.marks import Marks
from fairlead.errors import UnavailableError

__all__ = ["KafkaReader"]

_GONE: Final = frozenset({KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE})
# What the library tells on its way and gets over by itself.
_PASSING: Final = frozenset({KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT})
_R = TypeVar("_R")


class KafkaReader:
    """A reader of every partition. How far it is is kept by who uses it (``marks``), not by Kafka.

    Args:
        link: the way to Kafka.
        topics: what to read.
        marks: how far earlier reading came; from the oldest event there is where they are empty.
        wait_s: how long to wait for the brokers at the start, in seconds.
    """

    def __init__(
        self, link: KafkaLink, *, topics: Sequence[str] = TOPICS, marks: Marks | None = None, wait_s: float = 5.0
    ) -> None:
        self._link, self._topics, self._wait_s = link, tuple(topics), wait_s
        self._marks = Marks() if marks is None else marks
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fairlead-kafka-reader")
        self._consumer: Consumer | None = None
        self._is_lost = True

    @property
    def marks(self) -> Marks:
        """How far it is."""
        return self._marks

    async def read(self, *, count_max: int, wait_s: float) -> list[Event]:
        """Return the next events."""
        messages = await self._run(lambda: self._take(count_max, wait_s))
        events: list[Event] = []
        for message in messages:
            failure = self._failure(message)
            if failure is not None:
                if events:
                    return events
                raise failure
            if (event := self._admitted(message)) is not None:
                events.append(event)
        self._is_lost = False
        return events

    async def close(self) -> None:
        """Stop reading."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await self._run(consumer.close)
        self._thread.shutdown()

    async def _run(self, do: Callable[[], _R]) -> _R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, do)
        except KafkaException as error:
            raise unavailable(error, what="read events") from None

    def _take(self, count_max: int, wait_s: float) -> list[Message]:
        consumer = self._ready()
        # Until it is looked at: where the caller was cancelled, reading begins again where the marks are.
        self._is_lost = True
        return consumer.consume(count_max, wait_s)

    def _ready(self) -> Consumer:
        if self._consumer is None:
            self._consumer = Consumer(
                {
                    **self._link.options(),
                    # Nothing is kept under it; the library asks for one.
                    "group.id": f"{self._link.topic_prefix}.reader",
                    "isolation.level": "read_committed",
                    "enable.auto.commit": False,
                    "auto.offset.reset": "error",
                }
            )
        if self._is_lost:
            places = [place for topic in self._topics for place in self._places(self._consumer, topic)]
            self._consumer.assign(places)
        return self._consumer

    def _places(self, consumer: Consumer, topic: str) -> list[TopicPartition]:
        name = self._link.topic(topic)
        told = consumer.list_topics(name, timeout=self._wait_s).topics[name]
        if told.error is not None:
            raise KafkaException(told.error)
        offsets = {number: self._marks.next_offset(topic, number) for number in told.partitions}
        return [
            TopicPartition(name, number, OFFSET_BEGINNING if offset is None else offset)
            for number, offset in offsets.items()
        ]

    def _failure(self, message: Message) -> UnavailableError | None:
        error = message.error()
        if error is None or error.code() in _PASSING:
            return None
        if error.code() in _GONE:
            return UnavailableError(f"the next events are there no more: why={error.str()} fix=read from the oldest")
        return unavailable(KafkaException(error), what="read events")

    def _admitted(self, message: Message) -> Event | None:
        """Return the event of a message; ``None`` where it came before, or where there is none."""
        if message.error() is not None:
            return None
        topic, partition, offset = message.topic() or "", message.partition() or 0, message.offset() or 0
        at = Cursor.read(_text(dict(message.headers() or [])[AT_HEADER]))
        event = Event(
            topic=topic.removeprefix(f"{self._link.topic_prefix}."),
            key=_text(message.key()),
            at=at,
            body=message.value() or b"",
        )
        return event if self._marks.admit(event.topic, partition, offset=offset, at=at) else None


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
