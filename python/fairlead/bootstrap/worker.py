"""A worker: the process that answers HTTP in front of an engine which is another process of this machine.

It runs no engine and brings no table forward: its commands go through the gateway by sessions of its own, and what it
shows is read from the store, as far as the tables are.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fairlead.adapters.stores import open_database
from fairlead.adapters.stores.projections import SqlAdvancedOrders, SqlProjections
from fairlead.bootstrap import (
    access,
    calendars,
    front,
    funding,
    limits,
    markets,
    place,
    publishing,
    services,
    streaming,
    telemetry,
    trading,
)
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.bootstrap.http import answer
from fairlead.bootstrap.parts import Part, standing
from fairlead.bootstrap.projections import records_of
from fairlead.engine.latency import read
from fairlead.services.projections import CommandOnlooker, Onlooker
from fairlead.settings import Loaded

__all__ = ["WORKER_PARTS", "work"]

_log = logging.getLogger("fairlead.service")


@asynccontextmanager
async def shared_store(house: House) -> AsyncIterator[None]:
    """Leave the store, whose tables the process of the engine has made."""
    store = house.settings.store
    house.database = open_database(
        store.driver_url.reveal(), pool_size=store.pool_size, wait_ms=store.statement_timeout_ms
    )
    try:
        yield
    finally:
        await house.database.close()


@asynccontextmanager
async def copy(house: House) -> AsyncIterator[None]:
    """Leave the session that hears everybody from now on; nobody takes its reports one by one."""
    async with front.copied(house) as house.copy:
        yield


@asynccontextmanager
async def onlooker(house: House) -> AsyncIterator[None]:
    """Leave how far the tables are, and what is read of them."""
    looking = Onlooker(SqlProjections(house.database))
    house.copy.listen_reports(looking.hear)
    commands = CommandOnlooker(SqlAdvancedOrders(house.database).cursor)
    be_silent = looking.listen(commands.hear)
    house.follower = looking
    house.front.listen_entered(lambda _, position: commands.entered(position.event_seq))
    house.records = records_of(house.database, looking, commands=commands)
    try:
        async with background(looking.run(), name="onlooker", lost="it is not known any more how far the tables are"):
            # What the session begins after was never told to this process: it is read once it is in the tables.
            begun = house.front.position
            if begun is not None and not await looking.reached(begun):
                _log.warning("the tables are behind: reads are old at first: position=%s", begun)
            yield
    finally:
        be_silent()


# In the order in which they start; they end in reverse.
WORKER_PARTS: Final = (
    Part("place", place.place),
    Part("store", shared_store),
    Part("access", access.access),
    Part("front", front.front),
    Part("copy", copy),
    Part("books", front.books),
    Part("onlooker", onlooker),
    Part("publishing", publishing.beside),
    Part("markets", markets.markets),
    Part("limits", limits.limits),
    Part("telemetry", telemetry.telemetry),
    Part("trading", trading.desks),
    Part("funding", funding.money),
    Part("sockets", streaming.sockets),
    Part("calendars", calendars.asked),
    Part("services", services.services),
    Part("rounds", telemetry.rounds),
)


async def work(
    loaded: Loaded,
    *,
    seat: int,
    aliases: Mapping[str, str],
    gateway: tuple[str, int],
    begun_ns: int,
    listening: socket.socket,
    ended: asyncio.Event,
    on_ready: Callable[[], None],
) -> None:
    """Answer HTTP until it is told to end.

    Args:
        loaded: the configuration.
        seat: the number of the worker, 1 or more.
        aliases: other names of instruments.
        gateway: where the gateway of the engine is.
        begun_ns: when the leader began, nanoseconds UTC.
        listening: the socket that all workers share.
        ended: set when it shall end.
        on_ready: called once requests are answered.

    Raises:
        UnavailableError: gateway or store do not answer.
    """
    house = House(loaded=loaded, ended=ended, seat=seat, begun_ns=begun_ns, aliases=aliases)
    house.gateway, house.latency = gateway, partial(read, house.directory)
    async with standing(house, WORKER_PARTS):
        await answer(house, lambda: listening, on_ready=lambda _: on_ready())
