"""How long a client waits, for an answer and for a sign of life: on a clock that jumps to what is due."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

import pytest

from fairlead.client.deadlines import Deadlines
from fairlead.client.heart import Heart
from fairlead.client.link import Pending
from fairlead.errors import UnavailableError
from fairlead.model.report import Report

ANSWER = Report(kind="ExecutionReport", fields={})


class _Jump(selectors.DefaultSelector):
    """Does not wait, but has waited."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def in_no_time(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(story)


def _pending(cl_ord_id: str | None = None) -> Pending:
    return Pending("NewOrder", {}, asyncio.get_running_loop().create_future(), order=(1, cl_ord_id))


def test_a_request_waits_its_own_time_and_is_in_doubt_then() -> None:
    async def story() -> None:
        loop, deadlines = asyncio.get_running_loop(), Deadlines(5.0)
        first, second = _pending("A1"), _pending()
        deadlines.watch(first)
        await asyncio.sleep(3)
        deadlines.watch(second)

        with pytest.raises(UnavailableError, match=r"kind=NewOrder cl_ord_id=A1 timeout_s=5\.0"):
            await first.answer
        assert loop.time() == pytest.approx(5)
        assert not second.answer.done()
        with pytest.raises(UnavailableError, match=r"in doubt: kind=NewOrder timeout_s"):
            await second.answer
        assert loop.time() == pytest.approx(8)

    in_no_time(story())


def test_an_answer_in_time_stands_and_takes_no_time_from_those_behind_it() -> None:
    async def story() -> None:
        loop, deadlines = asyncio.get_running_loop(), Deadlines(5.0)
        answered, given_up, waiting = _pending(), _pending(), _pending()
        for one in (answered, given_up):
            deadlines.watch(one)
        answered.answer.set_result(ANSWER)
        given_up.answer.cancel()
        await asyncio.sleep(4)
        deadlines.watch(waiting)

        with pytest.raises(UnavailableError):
            await waiting.answer

        assert loop.time() == pytest.approx(9)
        assert answered.answer.result() is ANSWER
        assert given_up.answer.cancelled()

    in_no_time(story())


def test_a_silence_is_met_with_heartbeats_and_a_long_one_ends_the_connection() -> None:
    async def story() -> None:
        loop, beats = asyncio.get_running_loop(), list[float]()
        reader = asyncio.StreamReader()
        Heart(reader, interval_s=10, beat=lambda: beats.append(loop.time()))

        with pytest.raises(TimeoutError, match="the gateway is silent"):
            await reader.read(1)

        assert beats == pytest.approx([5, 10, 15, 20, 25])
        assert loop.time() == pytest.approx(30)

    in_no_time(story())


def test_who_does_not_listen_speaks_and_says_nothing_of_the_silence() -> None:
    async def story() -> None:
        loop, beats = asyncio.get_running_loop(), list[float]()
        reader = asyncio.StreamReader()
        heart = Heart(reader, interval_s=10, beat=lambda: beats.append(loop.time()))
        with heart.deaf():
            await asyncio.sleep(100)
        assert beats == pytest.approx(list(range(5, 101, 5)))
        assert reader.exception() is None

        with pytest.raises(TimeoutError, match="the gateway is silent"):
            await reader.read(1)
        assert loop.time() == pytest.approx(130)

    in_no_time(story())


def test_who_hears_much_and_says_nothing_lives_all_the_same() -> None:
    async def story() -> None:
        loop, beats = asyncio.get_running_loop(), list[float]()
        heart = Heart(asyncio.StreamReader(), interval_s=10, beat=lambda: beats.append(loop.time()))
        for _ in range(20):
            await asyncio.sleep(4)
            heart.heard()
        assert beats == pytest.approx(list(range(5, 81, 5)))

        heart.stop()
        await asyncio.sleep(60)
        assert len(beats) == 16

    in_no_time(story())
