"""An engine that runs by itself on the data directory: the service is a client of it and reads its log."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from fairlead.adapters.serving import Purpose, make_keys
from fairlead.bootstrap.background import background
from fairlead.bootstrap.engine import seats
from fairlead.bootstrap.front import own
from fairlead.bootstrap.house import House
from fairlead.engine.latency import read
from fairlead.engine.read_mark import mark_read
from fairlead.errors import UnavailableError
from fairlead.settings import Settings

__all__ = ["found", "gateway_of", "marked", "take_over"]

_MARK_S: Final = 1.0
_log = logging.getLogger("fairlead.service")


def gateway_of(settings: Settings) -> tuple[str, int]:
    """Return host and port of ``engine.address``."""
    host, _, port = settings.engine.address.rpartition(":")
    return host, int(port)


@asynccontextmanager
async def found(house: House) -> AsyncIterator[None]:
    """Leave where the gateway of the engine is, which has the keys of the service.

    Raises:
        UnavailableError: the engine has to read its keys first.
    """
    made = await asyncio.to_thread(make_keys, house.directory, itertools.product(seats(house.settings), Purpose))
    if made:
        raise UnavailableError(
            f"keys of the service were made: path={house.directory / 'gateway.keys'} keys={', '.join(made)}; "
            "let the engine read them (kill -HUP its process), and start the service again"
        )
    house.gateway, house.latency = gateway_of(house.settings), partial(read, house.directory)
    house.check_engine = _nothing
    yield


@asynccontextmanager
async def marked(house: House) -> AsyncIterator[None]:
    """Say meanwhile how far the log was read, so that the engine keeps the rest; what was said last stays."""
    marking = _mark(house, house.directory)
    async with background(marking, name="mark", lost="the engine is not told any more how far its log was read"):
        yield


async def take_over(house: House) -> None:
    """End what earlier workers may still have at the gateway: of the sessions of a key the newest counts."""
    for seat in seats(house.settings)[1:]:
        async with own(house, Purpose.FRONT, seat=seat):
            pass


async def _mark(house: House, directory: Path) -> None:
    said: int | None = None
    while True:
        seq = max(house.read_seq(), 0)
        try:
            if seq != said:
                await asyncio.to_thread(mark_read, directory, seq)
                said = seq
        except OSError as error:
            _log.warning("the engine is not told how far its log was read: why=%s", error.strerror)
        await asyncio.sleep(_MARK_S)


def _nothing() -> None:
    """Nothing of the engine is known here: its sessions come back when it does."""
