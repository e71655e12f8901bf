"""Copies of executions: whatever cuts them, and of whomever, what is heard is every execution, each once, in order."""

import asyncio
import contextlib
import itertools
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.streaming.test_private_stream import _ACCOUNT, _Venue

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Principal, Role, Scope
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.services.streaming import News, Trail
from fairlead.web.sockets.drop_copy import DropCopy, demand_copy

_EXECUTED = {"Trade", "TradeCancel", "TradeCorrect"}
_STEP = st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 12), st.booleans())


def _copy(venue: _Venue, account: int | None, *, after: Position = BEGINNING) -> DropCopy:
    orders = cast(Any, venue)
    reached = lambda: venue.place(venue.in_tables)  # noqa: E731
    return DropCopy(account, Trail(account, after=after, orders=orders, live=venue.live, reached=reached))


def _hear(copy: DropCopy, *, rests: bool = False) -> list[dict[str, Any]]:
    async def hear() -> list[dict[str, Any]]:
        return [msgspec.json.decode(frame) async for frame in copy.frames(rests=lambda: rests)]

    return asyncio.run(hear())


def _executed(venue: _Venue, account: int | None) -> list[str]:
    whose = [it for it in venue.reports if account in {None, it.fields["account"]}]
    return [str(it.order_id) for it in whose if it.exec_type in _EXECUTED]


@pytest.mark.parametrize(
    ("account", "accounts_from"), [(_ACCOUNT, 0), (_ACCOUNT + 1, 0), (_ACCOUNT, 10_000), (None, 0)]
)
@given(steps=st.lists(_STEP, max_size=12), kept_max=st.integers(1, 5))
def test_any_cut_lag_and_hole_is_the_whole_once(
    account: int | None, accounts_from: int, steps: list[tuple[int, bool, int, bool]], kept_max: int
) -> None:
    venue = _Venue(kept_max=kept_max, accounts_from=accounts_from)
    heard, part = list[dict[str, Any]](), list[dict[str, Any]]()
    with contextlib.ExitStack() as heard_of:
        if account is not None:
            heard_of.enter_context(venue.live.of(account, lambda: None))
        copy = _copy(venue, account)
        for happened, is_hole, followed, is_cut in [*steps, (0, False, 10_000, False)]:
            if is_hole:
                venue.leave_out(happened)
            else:
                venue.happen(happened)
            venue.follow(followed)
            if is_cut:
                place = Position(*(int(it) for it in str(copy.standing["position"]).split(".")))
                copy, part = _copy(venue, account, after=place), []
            said = _hear(copy)
            part, heard = part + said, heard + said
            assert [message["seq"] for message in part] == list(range(1, len(part) + 1))
    assert [message["data"]["orderId"] for message in heard] == _executed(venue, account)
    assert {message["channel"] for message in heard} <= {"drop_copy"}
    assert copy.standing["account"] == ("ALL" if account is None else account)


def test_a_copy_of_an_account_that_is_heard_waits_for_no_table() -> None:
    venue = _Venue()
    with venue.live.of(_ACCOUNT, lambda: None):
        copy = _copy(venue, _ACCOUNT)
        venue.happen(2)
        assert [message["type"] for message in _hear(copy)] == ["ORDER_FILLED"]


def test_tables_that_have_nothing_of_an_account_are_passed_over() -> None:
    venue = _Venue()
    venue.happen(2)
    with venue.live.of(_ACCOUNT + 1, lambda: None):
        copy = _copy(venue, _ACCOUNT + 1)
        venue.happen(2)
        venue.follow(2)
        assert [message["data"]["orderId"] for message in _hear(copy)] == ["4"]


def test_between_two_pages_something_else_goes_first_and_nothing_is_lost() -> None:
    venue = _Venue()
    venue.happen(350)
    venue.follow(350)
    copy = _copy(venue, None)
    pages = [_hear(copy, rests=True) for _ in range(5)]
    assert [len(page) for page in pages] == [60, 60, 60, 30, 0]
    assert [message["data"]["orderId"] for message in itertools.chain(*pages)] == _executed(venue, None)


def test_an_answer_that_is_repeated_is_no_execution_again() -> None:
    venue = _Venue()
    venue.happen(1)
    again = Report(
        kind="ExecutionReport",
        fields={"account": _ACCOUNT},
        position=Position(1, 2, 0),
        exec_type="Trade",
        order_id=1,
        repeated=True,
    )
    venue.reports = [again, *venue.reports]
    venue.follow(2)
    assert [message["data"]["orderId"] for message in _hear(_copy(venue, None))] == ["1"]


def test_who_hears_of_everybody_is_woken_by_anybody() -> None:
    news, woken = News(), list[str]()
    with news.of(None, lambda: woken.append("all")), news.of(7, lambda: woken.append("7")):
        news.hear([Report(kind="ExecutionReport", fields={"account": 8}), Report(kind="CommandReport", fields={})])
        assert woken == ["all"]
        news.hear([Report(kind="ExecutionReport", fields={"account": 7})])
        assert sorted(woken) == ["7", "all", "all"]
    news.hear([Report(kind="ExecutionReport", fields={"account": 7})])
    assert len(woken) == 3


def _may(caller: Principal, account: int | None) -> bool:
    try:
        demand_copy(caller, account)
    except AuthorizationError:
        return False
    return True


@pytest.mark.parametrize("is_key", [True, False])
@pytest.mark.parametrize("role", Role)
def test_each_role_and_scope_hears_what_it_may(role: Role, is_key: bool) -> None:
    for count in range(len(Scope) + 1):
        for scopes in itertools.combinations(Scope, count):
            caller = Principal(
                user_id="u",
                account=1_001,
                role=role,
                scopes=frozenset(scopes),
                key_id="k" if is_key else None,
                session_id=None if is_key else "s",
            )
            watches = role is not Role.TRADER and Scope.ADMIN in scopes
            owns = role is Role.TRADER and Scope.READ in scopes
            assert [_may(caller, account) for account in (1_001, 1_002, None)] == [watches or owns, watches, watches]
