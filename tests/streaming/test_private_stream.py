"""The private stream: whatever cuts it, and however often, what is heard is the whole, each event once."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.pages import blind_bodies

from fairlead.domain.streaming.places import kind_of, place_of, place_text
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.services.projections import Records
from fairlead.services.streaming import Live
from fairlead.web.problems import ProblemError
from fairlead.web.sockets.stream import PrivateStream

_ACCOUNT = 7


class _Venue:
    """The log, what the session has told of it, and the tables, which follow as far as a test lets them."""

    def __init__(self, *, kept_max: int = 3, accounts_from: int = 0) -> None:
        self.reports: list[Report] = []
        self.told = self.in_tables = 0
        self.accounts_from = accounts_from
        self.hole = BEGINNING
        self.live = Live(
            position=lambda: self.place(self.told),
            hole=lambda: self.hole,
            accounts_from=accounts_from,
            kept_max=kept_max,
        )

    def place(self, count: int) -> Position:
        position = self.reports[count - 1].position if count else BEGINNING
        assert position is not None
        return position

    def happen(self, count: int, *, is_told: bool = True) -> None:
        for _ in range(count):
            number = len(self.reports) + 1
            position = Position(number // 3 + 1, number % 3, 0)
            account = _ACCOUNT if number % 4 else _ACCOUNT + 1
            fields = {"account": account}
            exec_type = ("New", "Trade", "Canceled", "TradeCancel", "TradeCorrect")[number % 5]
            self.reports.append(
                Report(kind="ExecutionReport", fields=fields, position=position, exec_type=exec_type, order_id=number)
            )
            self.told += 1
            if is_told and account >= self.accounts_from:
                self.live.hear(self.reports[-1])

    def leave_out(self, count: int) -> None:
        """Let reports happen that the session does not tell of."""
        self.happen(count, is_told=False)
        self.hole = self.place(self.told)

    def follow(self, count: int) -> None:
        self.in_tables = min(self.in_tables + count, len(self.reports))

    def own(self) -> list[Report]:
        return [report for report in self.reports if report.fields["account"] == _ACCOUNT]

    async def events_after(self, account: int | None, position: Position, /, *, count_max: int) -> Sequence[Report]:
        kept = [it for it in self.reports[: self.in_tables] if account in {None, it.fields["account"]}]
        return [it for it in kept if it.position is not None and it.position > position][:count_max]


def _stream(venue: _Venue) -> PrivateStream:
    nothing = cast(Any, None)
    records = Records(orders=cast(Any, venue), money=nothing, stories=nothing, advanced=nothing)
    return PrivateStream(
        _ACCOUNT,
        records,
        live=venue.live,
        bodies=blind_bodies(),
        reached=lambda: venue.place(venue.in_tables),
    )


async def _hear(stream: PrivateStream, count_max: int) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    async for frame in stream.frames():
        heard.append(msgspec.json.decode(frame))
        if len(heard) == count_max:
            break
    return heard


_STEP = st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 12), st.booleans())


@given(steps=st.lists(_STEP, max_size=12), kept_max=st.integers(1, 5))
def test_any_cut_lag_and_hole_is_the_whole_once(steps: list[tuple[int, bool, int, bool]], kept_max: int) -> None:
    venue, heard = _Venue(kept_max=kept_max), list[dict[str, Any]]()
    part: list[dict[str, Any]] = []
    with venue.live.of(_ACCOUNT, lambda: None):
        stream = _stream(venue)
        stream.subscribe("orders", resume_from=place_text(BEGINNING))
        for happened, is_hole, followed, is_cut in [*steps, (0, False, 10_000, False)]:
            if is_hole:
                venue.leave_out(happened)
            else:
                venue.happen(happened)
            venue.follow(followed)
            if is_cut:
                stream, part = _stream(venue), []
                last = heard[-1]["position"] if heard else place_text(BEGINNING)
                stream.subscribe("orders", resume_from=last)
            said = asyncio.run(_hear(stream, 10_000))
            part, heard = part + said, heard + said
            assert [message["seq"] for message in part] == list(range(1, len(part) + 1))
    assert [message["data"]["orderId"] for message in heard] == [str(it.order_id) for it in venue.own()]


def test_who_keeps_up_waits_for_no_table() -> None:
    venue = _Venue()
    with venue.live.of(_ACCOUNT, lambda: None):
        stream = _stream(venue)
        stream.subscribe("orders", resume_from=None)
        venue.happen(2)
        assert [message["data"]["orderId"] for message in asyncio.run(_hear(stream, 10))] == ["1", "2"]


def test_nothing_is_kept_of_whom_nobody_listens_to_and_no_more_than_the_limit() -> None:
    venue = _Venue(kept_max=3)
    venue.happen(5)
    assert venue.live.after(_ACCOUNT, BEGINNING) is None
    with venue.live.of(_ACCOUNT, lambda: None):
        venue.happen(7)
        assert venue.live.after(_ACCOUNT, venue.place(5)) is None
        assert [it.order_id for it in venue.live.after(_ACCOUNT, venue.place(9)) or ()] == [10, 11]
    assert venue.live.after(_ACCOUNT, venue.place(12)) is None


def test_who_listens_twice_still_listens_once_one_of_the_two_has_ended() -> None:
    venue, told = _Venue(), list[str]()

    def tell() -> None:
        told.append("news")

    with venue.live.of(_ACCOUNT, tell):
        with venue.live.of(_ACCOUNT, tell):
            venue.happen(1)
        told.clear()
        venue.happen(1)
        assert told == ["news"]
        assert [it.order_id for it in venue.live.after(_ACCOUNT, venue.place(1)) or ()] == [2]
    assert venue.live.after(_ACCOUNT, venue.place(1)) is None


def test_a_stream_without_a_place_begins_now() -> None:
    venue = _Venue()
    venue.happen(5)
    with venue.live.of(_ACCOUNT, lambda: None):
        stream = _stream(venue)
        stream.subscribe("orders", resume_from=None)
        venue.happen(1)
        assert [message["data"]["orderId"] for message in asyncio.run(_hear(stream, 10))] == ["6"]


@pytest.mark.parametrize("place", ["", "1.2", "1.2.3.4", "-1.0.0", "9.0.0", "1.0.x", "\uff19.0.0", "9" * 19 + ".0.0"])
def test_a_place_that_is_none_of_this_log_is_refused(place: str) -> None:
    venue = _Venue()
    venue.happen(4)
    with pytest.raises(ProblemError, match="cannot begin there") as refused:
        _stream(venue).subscribe("orders", resume_from=place)
    assert (refused.value.field, refused.value.value) == ("resumeFrom", place)


def test_what_log_or_tables_have_may_be_named_before_the_session_has_heard_it() -> None:
    known = [Position(9, 5, 1)]
    live = Live(position=lambda: BEGINNING, end=lambda: known[-1])
    nothing = cast(Any, None)
    records = Records(orders=nothing, money=nothing, stories=nothing, advanced=nothing)
    stream = PrivateStream(_ACCOUNT, records, live=live, bodies=blind_bodies(), reached=lambda: BEGINNING)
    with pytest.raises(ProblemError, match="cannot begin there"):
        stream.subscribe("orders", resume_from="9.6.0")
    known.append(Position(9, 6, 0))
    stream.subscribe("orders", resume_from="9.6.0")
    assert stream.channels == {"orders"}


def test_a_stream_that_runs_begins_nowhere_else() -> None:
    stream = _stream(_Venue())
    stream.subscribe("orders", resume_from="0.0.0")
    with pytest.raises(ProblemError, match="cannot begin there"):
        stream.subscribe("fills", resume_from="0.0.0")


def test_places_are_read_as_they_are_written() -> None:
    assert place_of(place_text(Position(12, 3, 1))) == Position(12, 3, 1)


@pytest.mark.parametrize(
    ("kind", "exec_type", "named"),
    [
        ("ExecutionReport", "Trade", "ORDER_FILLED"),
        ("ExecutionReport", "TradeCancel", "TRADE_BUSTED"),
        ("ExecutionReport", "TradeCorrect", "TRADE_CORRECTED"),
        ("ExecutionReport", "Replaced", "ORDER_UPDATED"),
        ("CancelReject", None, "ORDER_CHANGE_REJECTED"),
        ("CommandReport", "Deposited", None),
    ],
)
def test_each_kind_of_report_has_a_name(kind: str, exec_type: str | None, named: str | None) -> None:
    assert kind_of(Report(kind=kind, fields={}, exec_type=exec_type)) == named
