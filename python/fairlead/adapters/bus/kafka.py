"""Kafka as a bus: each batch is one transaction of its events and of how far they reach.

INV-1 What is published is told by the topic ``PREFIX.cursor`` and by nothing else: a publisher that does not know
whether its last transaction happened, after a time-out or a restart, asks there.

INV-2 Of two publishers with one prefix the newer one goes on; the older one is refused by the brokers.

The calls of the library wait, so they run on a thread of their own, one after another.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from fairlead.adapters.bus.kafka_link import KafkaLink, unavailable
from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import TOPICS, Event

__all__ = ["AT_HEADER", "KafkaBus"]

# The header that says the place of an event in the log.
AT_HEADER: Final = "at"
_CURSOR: Final = "cursor"
_CURSOR_TOPIC: Final = {"cleanup.policy": "compact", "segment.bytes": "1048576", "segment.ms": "3600000"}
_POLL_S: Final = 0.5
_R = TypeVar("_R")


class KafkaBus:
    """The bus of one publisher.

    Args:
        link: the way to Kafka.
        wait_s: how long to wait for the brokers before an attempt is given up, in seconds, 1 or more.
    """

    def __init__(self, link: KafkaLink, *, wait_s: float = 5.0) -> None:
        self._link, self._wait_s = link, wait_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fairlead-kafka")
        self._producer: Producer | None = None
        self._asker: AdminClient | None = None
        self._reached: Cursor | None = None

    async def reached(self) -> Cursor | None:
        """Return up to where everything is published."""
        return await self._run(self._ask_reached, what="find what is published")

    async def publish(self, events: Sequence[Event], *, reached: Cursor) -> None:
        """Publish events and how far they reach."""
        await self._run(lambda: self._publish(events, reached), what="publish")

    async def ping(self) -> None:
        """Ask for the brokers."""
        await self._run(self._ping, what="answer")

    async def close(self) -> None:
        """Let go of it."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._drop()

    async def _run(self, do: Callable[[], _R], *, what: str) -> _R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, do)
        except KafkaException as error:
            raise unavailable(error, what=what) from None

    # What follows runs on the thread.

    def _ping(self) -> None:
        if self._asker is None:
            self._asker = AdminClient(self._link.options())
        self._asker.list_topics(timeout=min(self._wait_s, 1.5))

    def _ask_reached(self) -> Cursor | None:
        self._ready()
        return self._reached

    def _publish(self, events: Sequence[Event], reached: Cursor) -> None:
        producer = self._ready()
        if self._reached is not None and self._reached.covers(reached):
            return
        try:
            producer.begin_transaction()
            for event in events:
                producer.produce(
                    self._link.topic(event.topic),
                    event.body,
                    event.key.encode(),
                    headers=[(AT_HEADER, str(event.at).encode())],
                )
            producer.produce(self._link.topic(_CURSOR), str(reached).encode(), b"reached")
            producer.commit_transaction(self._wait_s)
        except (KafkaException, BufferError):
            # Nobody knows whether it happened. The next publisher ends it one way or the other, and asks.
            self._drop()
            raise
        self._reached = reached

    def _ready(self) -> Producer:
        """Return the publisher; a new one first ends what an earlier one left, then asks how far that came."""
        if self._producer is not None:
            return self._producer
        self._make_topics()
        producer = Producer(
            {
                **self._link.options(),
                "transactional.id": f"{self._link.topic_prefix}.publisher",
                "transaction.timeout.ms": 15_000,
                "message.timeout.ms": 10_000,
                "compression.type": "lz4",
                "linger.ms": 2,
            }
        )
        producer.init_transactions(self._wait_s)
        self._reached = self._read_cursor()
        self._producer = producer
        return producer

    def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()

    def _make_topics(self) -> None:
        """Make the topics that are not there, with the brokers' own number of partitions and replicas."""
        asker = AdminClient(self._link.options())
        there = asker.list_topics(timeout=self._wait_s).topics
        wanted = [NewTopic(self._link.topic(name)) for name in TOPICS]
        wanted.append(NewTopic(self._link.topic(_CURSOR), num_partitions=1, config=dict(_CURSOR_TOPIC)))
        missing = [topic for topic in wanted if topic.topic not in there]
        if not missing:
            return
        for done in asker.create_topics(missing, operation_timeout=self._wait_s).values():
            try:
                done.result(self._wait_s)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise

    def _read_cursor(self) -> Cursor | None:
        """Return the last thing said in the topic of the cursor, reading from its end backwards."""
        consumer = Consumer(
            {
                **self._link.options(),
                "group.id": f"{self._link.topic_prefix}.publisher",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
            }
        )
        try:
            place = TopicPartition(self._link.topic(_CURSOR), 0)
            low, high = consumer.get_watermark_offsets(place, timeout=self._wait_s)
            # One for what was said and one for the end of its transaction; more where transactions were given up.
            back = 2
            while True:
                begin = max(low, high - back)
                place.offset = begin
                said = self._read_from(consumer, place)
                if said is not None or begin == low:
                    return said
                back *= 8
        finally:
            consumer.close()

    def _read_from(self, consumer: Consumer, place: TopicPartition) -> Cursor | None:
        consumer.assign([place])
        said: Cursor | None = None
        for _ in range(1 + int(self._wait_s / _POLL_S)):
            for message in consumer.consume(1_000, _POLL_S):
                error = message.error()
                if error is None:
                    said = Cursor.read((message.value() or b"").decode())
                elif error.code() == KafkaError._PARTITION_EOF:
                    return said
                else:
                    raise KafkaException(error)
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
