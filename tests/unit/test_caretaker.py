"""The caretaker: steps follow each other while there is more to do, and a store that is away is asked again."""

import asyncio
from dataclasses import dataclass, field

import pytest

from fairlead.errors import UnavailableError
from fairlead.services.projections import Caretaker


class EndedError(Exception):
    """The story of a test is over."""


@dataclass
class Story:
    """An upkeep, a clock and a rest that follow a plan."""

    plan: list[bool | None]
    rests: list[float] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def now_ns(self) -> int:
        return 7 + len(self.times)

    async def tidy(self, now_ns: int, /) -> bool:
        if not self.plan:
            raise EndedError
        self.times.append(now_ns)
        said = self.plan.pop(0)
        if said is None:
            raise UnavailableError("away")
        return said

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)


def test_it_goes_on_at_once_while_there_is_more_and_waits_when_all_is_done_or_away() -> None:
    story = Story([True, True, False, None, True])

    with pytest.raises(EndedError):
        asyncio.run(Caretaker(story, clock=story, rest=story.rest).run())

    assert story.times == [7, 8, 9, 10, 11]
    soon, late = min(story.rests), max(story.rests)
    assert soon < late
    assert story.rests == [soon, soon, late, late, soon]
