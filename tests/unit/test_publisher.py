"""How far a receiver is: what it has not taken is still wanted."""

import asyncio

from tests.contract.pages import KeptPages, trade

from fairlead.domain.publishing.cursor import Cursor
from fairlead.errors import UnavailableError
from fairlead.model.report import BEGINNING
from fairlead.ports.report_pages import ReportPage
from fairlead.services.publishing import Publisher


class Receiver:
    """Takes pages while it is there."""

    tail_max = None

    def __init__(self) -> None:
        self.taken: list[ReportPage] = []
        self.is_away = False
        self.asked = asyncio.Event()

    async def reached(self) -> Cursor | None:
        position = self.taken[-1].reports[-1].position if self.taken else None
        return None if position is None else Cursor(log_id="log-1", position=position)

    async def take(self, page: ReportPage, /) -> None:
        self.asked.set()
        if self.is_away:
            raise UnavailableError("away")
        self.taken.append(page)


async def _rest(_seconds: float) -> None:
    await asyncio.sleep(0)


def test_what_a_receiver_has_not_taken_is_wanted() -> None:
    async def story() -> None:
        pages, receiver = KeptPages(), Receiver()
        publisher = Publisher("tested", pages=pages, sink=receiver, rest=_rest)
        assert publisher.wanted_from == BEGINNING
        task = asyncio.create_task(publisher.run())
        first, second = trade(1), trade(2)
        receiver.is_away = True
        pages.add(*first)
        await receiver.asked.wait()
        assert publisher.wanted_from == BEGINNING

        receiver.is_away = False
        while not receiver.taken:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert publisher.wanted_from == first[-1].position

        receiver.is_away = True
        receiver.asked.clear()
        pages.add(*second)
        await receiver.asked.wait()
        assert publisher.wanted_from == first[-1].position
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(story(), 30))
