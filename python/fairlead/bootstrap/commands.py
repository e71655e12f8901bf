"""The commands of the log of which reports do not tell all, read on a thread and followed on a task of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fairlead import aio
from fairlead.adapters.stores.projections import SqlAdvancedOrders
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.bootstrap.projections import records_of
from fairlead.domain.limits.set_limits import LIMIT_COMMANDS, limited_instrument, set_limits_of
from fairlead.domain.trading.entered_order import EnteredOrder, amended_of, entered_of, instrument_of
from fairlead.engine.journal_entries import JournalEntries
from fairlead.errors import DataError, NotFoundError, UnavailableError
from fairlead.model.report import Position
from fairlead.ports.command_log import CommandPage, SaidCommand
from fairlead.services.projections import CommandFollower
from fairlead.wire import Message, decode, encode

__all__ = ["JournalCommands", "commands"]

# Records of the log that are read at a time.
_PAGE: Final = 200_000
_AMEND: Final = "ModifyOrder"


class JournalCommands:
    """The commands of a data directory, while its engine runs.

    Args:
        directory: the data directory.
        front: the session that knows the instruments.
    """

    def __init__(self, directory: Path, *, front: aio.Client) -> None:
        self._directory, self._front = directory, front
        self._entries: JournalEntries | None = None

    async def after(self, seq: int, /, *, until_seq: int) -> CommandPage:
        """Return the commands after a place."""
        try:
            begun_seq, last_seq, found = await asyncio.to_thread(self._read, seq, until_seq)
        except (DataError, NotFoundError) as error:
            raise UnavailableError(f"the log cannot be read: {error}") from error
        messages = [(seq, decode(message)) for seq, message in found]
        named = {number for _, message in messages if (number := _instrument(message)) is not None}
        if not named <= self._front.listings.keys():
            await self._front.refresh_instruments()
        told = [self._told(seq, message) for seq, message in messages]
        return CommandPage(
            told=[command for command in told if command is not None],
            last_seq=last_seq,
            has_gap=begun_seq > seq,
        )

    def _read(self, seq: int, until_seq: int) -> tuple[int, int, Sequence[tuple[int, bytes]]]:
        """Return after which command a page begins, its last one, and those that say more than reports."""
        entries, self._entries = self._entries, None
        if entries is None or entries.given_seq != seq:
            entries = JournalEntries(self._directory, after_seq=seq)
        begun_seq = entries.given_seq
        found = entries.next(until_seq, records=_PAGE)
        # One that failed is not asked again.
        self._entries = entries
        return begun_seq, entries.given_seq, found

    def _told(self, seq: int, message: Message) -> SaidCommand | None:
        if message.kind == _AMEND:
            return amended_of(message, seq=seq)
        if message.kind in LIMIT_COMMANDS:
            number = limited_instrument(message)
            listing = None if number is None else self._front.listings.get(number)
            return None if number is not None and listing is None else set_limits_of(message, listing, seq=seq)
        return self._entered(seq, message)

    def sent(self, message: Message, position: Position) -> EnteredOrder | None:
        """Return a command of this session as the log has it."""
        return self._entered(position.event_seq, decode(encode(message)))

    def _entered(self, seq: int, message: Message) -> EnteredOrder | None:
        # An instrument that the engine does not have was refused.
        listing = self._front.listings.get(instrument_of(message))
        return None if listing is None else entered_of(message, listing, seq=seq)


def _instrument(message: Message) -> int | None:
    """Return the number of the instrument whose decimals a command is read with."""
    if message.kind in LIMIT_COMMANDS:
        return limited_instrument(message)
    return None if message.kind == _AMEND else instrument_of(message)


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
    house.records = records_of(house.database, house.follower, commands=follower)
    # The last report may be one of many of its command.
    house.read_seq = lambda: min(house.follower.position.event_seq - 1, follower.read_seq)
    try:
        async with background(follower.run(), name="commands", lost="the commands of the log are followed no more"):
            yield
    finally:
        be_silent()
