"""The whole service in one process, put together from a configuration; beside workers all of it but HTTP."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from fairlead.adapters.serving import listen
from fairlead.bootstrap import (
    access,
    calendars,
    commands,
    demo,
    engine,
    front,
    funding,
    limits,
    markets,
    other_engine,
    place,
    projections,
    publishing,
    services,
    store,
    streaming,
    telemetry,
    trading,
    upkeep,
)
from fairlead.bootstrap.addresses import Addresses
from fairlead.bootstrap.checked import begin_log
from fairlead.bootstrap.demo import aliases_of
from fairlead.bootstrap.house import House
from fairlead.bootstrap.http import answer
from fairlead.bootstrap.parts import Part, standing
from fairlead.settings import Loaded, Settings

__all__ = ["PARTS", "ended_by", "parts_of", "serve"]

# In the order in which they start; they end in reverse. A part works with what those before it left in the house.
PARTS: Final = (
    Part("place", place.place),
    Part("engine", engine.recovered),
    Part("store", store.store),
    Part("access", access.access),
    Part("people", demo.people),
    # Its end comes after those who speak to it, and before the store's.
    Part("gateway", engine.serving),
    Part("tables", projections.tables),
    Part("front", front.front),
    Part("copy", front.copy),
    Part("books", front.books),
    Part("follower", projections.follower),
    Part("commands", commands.commands),
    Part("publishing", publishing.publishing),
    Part("upkeep", upkeep.upkeep),
    Part("sweep", access.sweeping),
    Part("markets", markets.markets),
    Part("demo", demo.demo),
    Part("limits", limits.limits),
    Part("telemetry", telemetry.telemetry),
    Part("trading", trading.desks),
    Part("funding", funding.money),
    Part("sockets", streaming.sockets),
    Part("calendars", calendars.calendars),
    Part("services", services.services),
    Part("rounds", telemetry.rounds),
)


# What stands in their place where the engine runs by itself.
_BESIDE: Final = {"engine": other_engine.found, "gateway": other_engine.marked}


def parts_of(settings: Settings) -> Sequence[Part[House]]:
    """Return the parts of a configuration."""
    if not settings.engine.address:
        return PARTS
    return [Part(part.name, _BESIDE.get(part.name, part.open)) for part in PARTS]


async def serve(loaded: Loaded, *, on_ready: Callable[[Addresses], None], with_demo: bool = False) -> None:
    """Run the service until SIGTERM or SIGINT, or until its engine cannot go on.

    It ends in this order: no more requests, those in work, the gateway, the engine with its log sealed, the store.

    Args:
        loaded: the configuration.
        on_ready: hears the addresses once requests are answered.
        with_demo: whether seeded agents trade, in a data directory of their own.

    Raises:
        UsageError: the data directory of a demo is a venue's.
        SettingsError: a setting asks for what this version cannot do.
        WeakSecretError: a key or secret must not be used.
        LockedError: another process has the data directory.
        DataError: log, keys or certificates are damaged.
        UnavailableError: a port is taken, the store does not answer, or the engine cannot go on.
    """
    begin_log(loaded)
    server = loaded.settings.server
    house = House(
        loaded=loaded,
        ended=ended_by(signal.SIGTERM, signal.SIGINT),
        with_demo=with_demo,
        aliases=aliases_of(with_demo=with_demo),
    )

    def say_ready(http: tuple[str, int]) -> None:
        on_ready(Addresses(http=http, gateway=house.gateway, people=house.people))

    async with standing(house, parts_of(loaded.settings)):
        await answer(house, partial(listen, server.host, server.port), on_ready=say_ready)
    house.check_engine()


def ended_by(*numbers: signal.Signals) -> asyncio.Event:
    """Return what one of these signals sets."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in numbers:
        loop.add_signal_handler(number, ended.set)
    return ended
