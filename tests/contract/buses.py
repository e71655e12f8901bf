"""Buses, readers and events for the suites."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import REPORTS, TOPICS, Event
from fairlead.domain.publishing.marks import Marks
from fairlead.errors import UnavailableError
from fairlead.model.report import Position
from fairlead.ports.bus import Bus, EventReader

LOG = "log-1"
# How often something that may not answer yet is asked again; each attempt itself waits for its answer.
TRIES_MAX = 60


class MakeReader(Protocol):
    """How a reader is made."""

    def __call__(self, *, topics: Sequence[str] = TOPICS, marks: Marks | None = None) -> EventReader: ...


@dataclass(frozen=True, kw_only=True)
class BusKind:
    """One kind of bus: how a publisher of it is made, and a reader. All of one object share what is published."""

    publisher: Callable[[], Bus]
    reader: MakeReader


def at(number: int, *, log_id: str = LOG) -> Cursor:
    return Cursor(log_id=log_id, position=Position(number, 0, 0))


def events(first: int, last: int, *, topic: str = REPORTS, keys: Sequence[str] = ("ABC-USD",)) -> list[Event]:
    """Return events at the places ``first`` to ``last``, their keys in turn."""
    return [
        Event(topic=topic, key=keys[number % len(keys)], at=at(number), body=b'{"number":%d}' % number)
        for number in range(first, last + 1)
    ]


async def read_all(reader: EventReader, count: int) -> list[Event]:
    """Read until there are ``count`` events, and once more to see that there are none after them."""
    found: list[Event] = []
    for _ in range(TRIES_MAX):
        if len(found) >= count:
            break
        found += await reader.read(count_max=100, wait_s=0.5)
    return found + await reader.read(count_max=100, wait_s=0.2)


async def until_it_answers(ask: Callable[[], Awaitable[object]]) -> None:
    for _ in range(TRIES_MAX):
        try:
            await ask()
        except UnavailableError:
            await asyncio.sleep(0)
        else:
            return
    raise AssertionError("it does not answer again")
