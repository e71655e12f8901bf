"""The commands of the log that reports do not tell of, read on a thread and followed on a task of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fairlead import aio
from fairlead.adapters.stores.projections import SqlAdvancedOrders
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.bootstrap.projections import records_of
from fairlead.domain.trading.advanced_order import AdvancedOrder, advanced_of, instrument_of
from fairlead.engine.journal import JournalRecord, page_after
from fairlead.errors import DataError, NotFoundError, UnavailableError
from fairlead.model.report import Position
from fairlead.ports.command_log import CommandPage
from fairlead.services.projections import CommandFollower
from fairlead.wire import Message, decode, encode
from fairlead.wire.table import HEADER_SIZE, LAYOUTS

__all__ = ["JournalCommands", "commands"]

# Commands that are read from the log at a time.
_PAGE: Final = 20_000
_PLAIN: Final = LAYOUTS["NewOrder"].code
_WAITING: Final = frozenset(LAYOUTS[kind].code for kind in ("NewStop", "NewGroup"))
_SIZES: Final = [(field.name, field.size) for field in LAYOUTS["NewOrder"].fields]
_NAMES: Final = [name for name, _ in _SIZES]
# Where a plain order says how much of it is shown: 0 is all of it.
_DISPLAY: Final = HEADER_SIZE + sum(size for _, size in _SIZES[: _NAMES.index("display")])


class JournalCommands:
    """The commands of a data directory, while its engine runs.

    Args:
        directory: the data directory.
        front: the session that knows the instruments.
    """

    def __init__(self, directory: Path, *, front: aio.Client) -> None:
        self._directory, self._front = directory, front

    async def after(self, seq: int, /) -> CommandPage:
        """Return the commands after a place."""
        try:
            first, last, found = await asyncio.to_thread(_read, self._directory, seq)
        except (DataError, NotFoundError) as error:
            raise UnavailableError(f"the log cannot be read: {error}") from error
        if any(instrument_of(message) not in self._front.listings for _, message in found):
            await self._front.refresh_instruments()
        told = [self._told(record, message) for record, message in found]
        return CommandPage(
            advanced=[command for command in told if command is not None],
            last_seq=last,
            has_gap=first > seq + 1,
        )

    def _told(self, record: JournalRecord, message: Message) -> AdvancedOrder | None:
        # An instrument that the engine does not have was refused.
        listing = self._front.listings.get(instrument_of(message))
        return None if listing is None else advanced_of(message, listing, seq=record.seq)

    def sent(self, message: Message, position: Position) -> AdvancedOrder | None:
        """Return a command of this session as the log has it."""
        whole = decode(encode(message))
        listing = self._front.listings.get(instrument_of(whole))
        return None if listing is None else advanced_of(whole, listing, seq=position.event_seq)


def _read(directory: Path, seq: int) -> tuple[int, int, list[tuple[JournalRecord, Message]]]:
    """Return the first and the last command of a page, and those of it that are no plain orders."""
    page = page_after(directory, seq, count_max=_PAGE)
    if not page:
        return seq + 1, seq, []
    found = [(record, decode(record.body)) for record in page if _is_advanced(record)]
    return page[0].seq, page[-1].seq, found


def _is_advanced(record: JournalRecord) -> bool:
    return record.kind in _WAITING or (record.kind == _PLAIN and record.body[_DISPLAY] != 0)


@asynccontextmanager
async def commands(house: House) -> AsyncIterator[None]:
    """Leave what looks into the log while it does, and what is read of all the tables."""
    log = JournalCommands(house.directory, front=house.front)
    follower = CommandFollower(log, SqlAdvancedOrders(house.database), position=lambda: house.follower.position)

    def entered(message: Message, position: Position) -> None:
        if (command := log.sent(message, position)) is not None:
            follower.entered(command)

    house.front.listen_entered(entered)
    be_silent = house.follower.listen(follower.hear)
    house.commands, house.records = follower, records_of(house.database, house.follower, follower)
    try:
        async with background(follower.run(), name="commands", lost="the commands of the log are followed no more"):
            yield
    finally:
        be_silent()
