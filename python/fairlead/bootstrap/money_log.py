"""The engine's log as the service reads it to learn what became of money: commands on disk, outcomes by drop copy."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fairlead import aio
from fairlead.domain.funding.request import Asset, Direction, Move
from fairlead.engine import journal
from fairlead.errors import FairleadError
from fairlead.model.report import Position
from fairlead.wire import decode

__all__ = ["EngineAssets", "EngineMoneyLog"]

_WAIT_S: Final = 5.0
_PAGE: Final = 100_000
# The place after everything that one command caused.
_SUB_LAST: Final = 2**32 - 1
_LEG_LAST: Final = 255
_KINDS: Final = {direction.value: direction for direction in Direction}
# First record of a log, which is no message.
_GENESIS: Final = 0x8000


class EngineAssets:
    """The assets that the instruments of a session use.

    Args:
        front: the session.
    """

    def __init__(self, front: aio.Client) -> None:
        self._front = front

    async def assets(self) -> list[Asset]:
        """Return every one, by name."""
        found = {}
        for listing in (await self._front.refresh_instruments()).listings.values():
            # What pays on an event comes and goes by its market alone.
            for asset in (listing.quote,) if listing.no is not None else (listing.base, listing.quote):
                found[asset.symbol] = Asset(asset_id=asset.id, symbol=asset.symbol, decimals=asset.decimals)
        return [found[name] for name in sorted(found)]


class EngineMoneyLog:
    """The log of an engine in this process.

    Args:
        directory: its data directory.
        front: the session that sends commands.
        drop_copy: returns a drop copy of every account that begins after a place, not connected yet.
    """

    def __init__(self, directory: Path, *, front: aio.Client, drop_copy: Callable[[Position], aio.Client]) -> None:
        self._directory, self._front, self._drop_copy = directory, front, drop_copy

    def reached(self) -> int:
        """Return the number of a record that is durable: the last that was heard of."""
        heard = self._front.position
        begun = int(str(self._front.ack["position.event_seq"]))
        return begun if heard is None else max(begun, heard.event_seq)

    async def moves(self, after_seq: int, /) -> list[Move] | None:
        """Return the commands that move money after a record."""
        return await asyncio.to_thread(self._read, after_seq)

    async def was_done(self, seq: int, /) -> bool | None:
        """Whether the command of a record was done, as the reports of it say."""
        client = self._drop_copy(Position(seq - 1, _SUB_LAST, _LEG_LAST))
        try:
            async with asyncio.timeout(_WAIT_S), client:
                async for report in client.events():
                    place = report.position
                    if place is None or place.event_seq < seq or report.kind != "CommandReport":
                        continue
                    if place.event_seq > seq or client.hole is not None:
                        return None
                    if report.exec_type in {"Deposited", "Withdrawn", "Refused"}:
                        return report.exec_type != "Refused"
        except (TimeoutError, FairleadError):
            return None
        return None

    def _read(self, after_seq: int) -> list[Move] | None:
        first, last, found = None, 0, []
        for record in journal.records(self._directory, from_seq=max(after_seq, 1), page=_PAGE):
            first, last = record.seq if first is None else first, record.seq
            if record.seq > after_seq and record.kind != _GENESIS and (move := _move(record)) is not None:
                found.append(move)
        # A log that begins later or ends before is another one, or has lost what is asked for.
        if first is None or first > max(after_seq, 1) or last < after_seq:
            return None
        return found


def _move(record: journal.JournalRecord) -> Move | None:
    message = decode(record.body)
    if message.kind not in _KINDS:
        return None
    fields = message.fields
    return Move(
        seq=record.seq,
        direction=_KINDS[message.kind],
        account=int(str(fields["account"])),
        asset_id=int(str(fields["asset"])),
        units=int(str(fields["amount"])),
    )
