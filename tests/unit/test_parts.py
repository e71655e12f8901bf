"""Parts start in their order and end in reverse, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from fairlead.bootstrap.parts import Part, standing
from fairlead.errors import UnavailableError


def _part(name: str, *, fails_to: str = "") -> Part[list[str]]:
    @asynccontextmanager
    async def opened(told: list[str]) -> AsyncIterator[None]:
        if fails_to == "start":
            raise UnavailableError(f"{name} is not there")
        told.append(f"+{name}")
        try:
            yield
        finally:
            told.append(f"-{name}")
            if fails_to == "end":
                raise UnavailableError(f"{name} does not end")

    return Part(name, opened)


def _stand(*parts: Part[list[str]], meanwhile: Callable[[], None] = lambda: None) -> list[str]:
    told: list[str] = []

    async def run() -> None:
        async with standing(told, parts):
            told.append("stands")
            meanwhile()

    try:
        asyncio.run(run())
    except UnavailableError as error:
        told.append(str(error))
    return told


def test_parts_end_in_reverse() -> None:
    assert _stand(_part("a"), _part("b"), _part("c")) == ["+a", "+b", "+c", "stands", "-c", "-b", "-a"]


def test_what_stands_is_ended_where_the_next_does_not_start() -> None:
    told = _stand(_part("a"), _part("b"), _part("c", fails_to="start"), _part("d"))
    assert told == ["+a", "+b", "-b", "-a", "c is not there"]


def test_a_part_that_does_not_end_keeps_no_other_standing() -> None:
    told = _stand(_part("a"), _part("b", fails_to="end"), _part("c"))
    assert told == ["+a", "+b", "+c", "stands", "-c", "-b", "-a", "b does not end"]


def test_a_failure_meanwhile_ends_all_and_comes_out() -> None:
    def fail() -> None:
        raise UnavailableError("somebody stumbled")

    told = _stand(_part("a"), _part("b"), meanwhile=fail)
    assert told == ["+a", "+b", "stands", "-b", "-a", "somebody stumbled"]


def test_the_log_names_the_part_that_did_not_start(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="fairlead.service"):
        _stand(_part("a"), _part("b", fails_to="start"))
    assert caplog.messages == ["did not start: part=b"]
