"""Up to when the tables have every trade: the exchange is asked, but not through a session that is behind."""

import asyncio
from typing import Any

import pytest

from fairlead.model.report import Position
from fairlead.services.markets import Coverage

NOW_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


class _Clock:
    def now_ns(self) -> int:
        return NOW_NS


class _Places:
    """The session that hears everybody; so many of its reports nobody has taken."""

    def __init__(self, unread: int) -> None:
        self.unread, self.asked = unread, 0

    def listen_places(self, note: Any) -> None:
        self.note = note

    async def refresh_instruments(self) -> object:
        self.asked += 1
        return self


async def _at_once(_: Position) -> bool:
    return True


async def _never(_: Position) -> bool:
    return False


@pytest.mark.parametrize(("unread", "asked", "proved_ns"), [(1_023, 2, NOW_NS - SECOND_NS), (1_024, 0, 0)])
def test_a_session_with_much_that_nobody_took_is_not_asked(unread: int, asked: int, proved_ns: int) -> None:
    places = _Places(unread)
    coverage = Coverage(places, reached=_at_once, clock=_Clock())

    assert asyncio.run(coverage.until(NOW_NS)) == proved_ns
    assert places.asked == asked


def test_nothing_is_proved_while_the_tables_do_not_have_what_was_heard() -> None:
    places = _Places(0)
    coverage = Coverage(places, reached=_never, clock=_Clock())
    places.note(Position(1, 0, 0), NOW_NS)

    assert asyncio.run(coverage.until(NOW_NS)) == 0
    assert places.asked == 2
