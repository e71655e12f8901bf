"""The sessions by which the service speaks to its engine, each for one thing, so that none waits behind another.

Orders of users and their reports are one; reports of everybody, for the tables, another, which is read no faster than
the tables take them; books a third, which the gateway conflates where it is read too slowly.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fairlead import aio
from fairlead.adapters.serving import Purpose, find_key, trust_only
from fairlead.bootstrap.house import House
from fairlead.client.book import Book
from fairlead.client.instruments import Instruments
from fairlead.client.keys import read_secret
from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.settings import Settings
from fairlead.wire import Message

__all__ = ["Feed", "books", "copied", "copy", "front", "own", "session"]

# An address that stands for every address of the machine, and how the machine reaches itself then.
_LOOPBACK_OF: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_ROLES: Final = {
    Purpose.FRONT: "front_end",
    Purpose.TABLES: "drop_copy",
    Purpose.BOOKS: "market_data",
    Purpose.MONEY: "drop_copy",
}
# Reports that wait for the tables.
_REPORTS_MAX: Final = 16_384
# The largest part of the time that books take.
_BOOKS_SHARE: Final = 0.25


def session(settings: Settings, *, gateway: tuple[str, int], key_id: str, role: str, **more: Any) -> aio.Client:
    """Return a client of our own gateway that is not connected yet; ``more`` are words of ``aio.Client``."""
    host, port = gateway
    certificate = settings.engine.tls_cert
    return aio.Client(
        _LOOPBACK_OF.get(host, host),
        port,
        key_id=key_id,
        secret=read_secret(settings.engine.data_dir / "gateway.keys", key_id),
        role=role,
        tls=False if certificate is None else trust_only(certificate),
        **more,
    )


def own(house: House, purpose: Purpose, *, seat: int | None = None, **more: Any) -> aio.Client:
    """Return a session of this process of the service, or of another one by its number.

    Raises:
        UnavailableError: there is no key for it.
    """
    directory, seat = house.directory, house.seat if seat is None else seat
    key_id = find_key(directory, purpose, seat=seat)
    if key_id is None:
        what = f"no key: purpose={purpose.name} process={seat} directory={directory}"
        raise UnavailableError(f"{what}; start the service again")
    return session(house.settings, gateway=house.gateway, key_id=key_id, role=_ROLES[purpose], **more)


class Feed:
    """Market data of one session, and what another hears.

    Args:
        books: the session of market data.
        front: the session that hears the venue.
    """

    def __init__(self, books: aio.Client, *, front: aio.Client) -> None:
        self._books, self._front = books, front

    @property
    def is_connected(self) -> bool:
        """Whether both are there."""
        return self._books.is_connected and self._front.is_connected

    @property
    def instruments(self) -> Instruments:
        """What market data are about."""
        return self._books.instruments

    async def refresh_instruments(self) -> Instruments:
        """Ask for the instruments again, for both: what the other hears is read by them."""
        instruments, _ = await asyncio.gather(self._books.refresh_instruments(), self._front.refresh_instruments())
        return instruments

    async def subscribe(self, symbol: str, depth: str = "L2") -> Book:
        """Return a book that is kept."""
        return await self._books.subscribe(symbol, depth)

    def listen(self, hear: Callable[[Message], None]) -> None:
        """Call ``hear`` with each message of market data."""
        self._books.listen(hear)

    def listen_reports(self, hear: Callable[[Report], None]) -> None:
        """Call ``hear`` with each report of the venue and its users."""
        self._front.listen_reports(hear)


@asynccontextmanager
async def front(house: House) -> AsyncIterator[None]:
    """Leave the session that speaks for users."""
    # Its reports are heard as they come; nobody takes them, so one is kept.
    async with own(house, Purpose.FRONT, events_max=1) as house.front:
        yield


@asynccontextmanager
async def copy(house: House) -> AsyncIterator[None]:
    """Leave the session that hears everybody, from where the tables are."""
    hearing = own(
        house,
        Purpose.TABLES,
        resume=house.resume,
        events_max=_REPORTS_MAX,
        patient=True,
        # It is behind whenever there is more than the tables take: an answer would be as late.
        lister=house.front,
    )
    async with hearing as house.copy:
        yield


def copied(house: House) -> aio.Client:
    """Return a session that hears everybody from now on, beside one that feeds the tables."""
    # It is heard as it comes: of what would wait to be taken one is kept.
    return own(house, Purpose.TABLES, events_max=1, lister=house.front)


@asynccontextmanager
async def books(house: House) -> AsyncIterator[None]:
    """Leave market data."""
    async with own(house, Purpose.BOOKS, share=_BOOKS_SHARE) as reading:
        house.feed = Feed(reading, front=house.front)
        yield
