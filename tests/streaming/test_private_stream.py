"""The private stream: whatever cuts it, and however often, what is heard is the whole, each event once."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.streaming.places import kind_of, place_of, place_text
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.services.projections import Records
from fairlead.web.problems import ProblemError
from fairlead.web.sockets.stream import PrivateStream

_ACCOUNT = 7


class _Tables:
    """The audit of events, as far as it has come."""

    def __init__(self) -> None:
        self.reports: list[Report] = []

    def add(self, count: int) -> None:
        for _ in range(count):
            number = len(self.reports) + 1
            position = Position(number // 3 + 1, number % 3, 0)
            fields = {"account": _ACCOUNT}
            self.reports.append(
                Report(kind="ExecutionReport", fields=fields, position=position, exec_type="New", order_id=number)
            )

    @property
    def newest(self) -> Position:
        position = self.reports[-1].position if self.reports else BEGINNING
        assert position is not None
        return position

    async def events_after(self, account: int, position: Position, /, *, count_max: int) -> Sequence[Report]:
        assert account == _ACCOUNT
        return [it for it in self.reports if it.position is not None and it.position > position][:count_max]


def _stream(tables: _Tables) -> PrivateStream:
    return PrivateStream(_ACCOUNT, Records(orders=cast(Any, tables), money=cast(Any, None), stories=cast(Any, None)))


async def _hear(stream: PrivateStream, count_max: int) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    async for frame in stream.frames():
        heard.append(msgspec.json.decode(frame))
        if len(heard) == count_max:
            break
    return heard


@given(cuts=st.lists(st.tuples(st.integers(0, 130), st.integers(1, 150)), max_size=6))
def test_any_cut_and_resume_is_the_whole_once(cuts: list[tuple[int, int]]) -> None:
    tables, heard, last = _Tables(), [], place_text(BEGINNING)
    for happened, read in [*cuts, (1, 10_000)]:
        tables.add(happened)
        stream = _stream(tables)
        stream.subscribe("orders", resume_from=last, newest=tables.newest)
        part = asyncio.run(_hear(stream, read))
        assert [message["seq"] for message in part] == list(range(1, len(part) + 1))
        heard += part
        last = part[-1]["position"] if part else last
    assert [message["data"]["orderId"] for message in heard] == [str(it.order_id) for it in tables.reports]


def test_a_stream_without_a_place_begins_now() -> None:
    tables = _Tables()
    tables.add(5)
    stream = _stream(tables)
    stream.subscribe("orders", resume_from=None, newest=tables.newest)
    tables.add(1)
    assert [message["data"]["orderId"] for message in asyncio.run(_hear(stream, 10))] == ["6"]


@pytest.mark.parametrize("place", ["", "1.2", "1.2.3.4", "-1.0.0", "9.0.0", "1.0.x", "\uff19.0.0", "9" * 19 + ".0.0"])
def test_a_place_that_is_none_of_this_log_is_refused(place: str) -> None:
    with pytest.raises(ProblemError, match="cannot begin there") as refused:
        _stream(_Tables()).subscribe("orders", resume_from=place, newest=Position(2, 0, 0))
    assert (refused.value.field, refused.value.value) == ("resumeFrom", place)


def test_a_stream_that_runs_begins_nowhere_else() -> None:
    stream = _stream(_Tables())
    stream.subscribe("orders", resume_from="1.0.0", newest=Position(2, 0, 0))
    with pytest.raises(ProblemError, match="cannot begin there"):
        stream.subscribe("fills", resume_from="0.0.0", newest=Position(2, 0, 0))


def test_places_are_read_as_they_are_written() -> None:
    assert place_of(place_text(Position(12, 3, 1))) == Position(12, 3, 1)


@pytest.mark.parametrize(
    ("kind", "exec_type", "named"),
    [
        ("ExecutionReport", "Trade", "ORDER_FILLED"),
        ("ExecutionReport", "Replaced", "ORDER_UPDATED"),
        ("CancelReject", None, "ORDER_CHANGE_REJECTED"),
        ("CommandReport", "Deposited", None),
    ],
)
def test_each_kind_of_report_has_a_name(kind: str, exec_type: str | None, named: str | None) -> None:
    assert kind_of(Report(kind=kind, fields={}, exec_type=exec_type)) == named
