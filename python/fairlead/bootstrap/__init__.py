"""The whole service in one process, put together from a configuration: the only package that knows every adapter."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from typing import Final

from litestar.types import ASGIApp

from fairlead.adapters.serving import HttpServer, listen, settle
from fairlead.adapters.telemetry import write_logs
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
from fairlead.bootstrap.house import House
from fairlead.bootstrap.parts import Part, standing
from fairlead.settings import Loaded, Problem, SettingsError
from fairlead.web.app import make_app
from fairlead.web.bodies import BodyLimits

__all__ = ["NOT_YET", "PARTS", "Addresses", "serve"]

# Keys that have no effect, with the only value they may have.
NOT_YET: Final[Mapping[str, object]] = {
    "server.workers": 1,
    "engine.tls_client_ca": None,
}

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
    log = loaded.settings.log
    write_logs(level=log.level, form=log.format, file=log.file)
    _refuse_what_is_not_there(loaded)
    house = House(loaded=loaded, ended=_ended_by_signals(), with_demo=with_demo)
    async with standing(house, PARTS):
        await _answer(house, on_ready=on_ready)
    house.engine.check()


def _refuse_what_is_not_there(loaded: Loaded) -> None:
    """Refuse settings that would be ignored and that somebody counts on: for safety, or for more than one machine."""
    problems = [
        Problem(
            origin=loaded.origins[key],
            key=key,
            what="is not possible with fairlead serve yet",
            value=str(loaded.value(key)),
            limit=str(limit),
            fix="leave it out",
        )
        for key, limit in NOT_YET.items()
        if loaded.value(key) != limit
    ]
    if problems:
        raise SettingsError(problems)


def _ended_by_signals() -> asyncio.Event:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    return ended


def _app(house: House) -> ASGIApp:
    settings = house.settings
    return make_app(
        house.services,
        limits=BodyLimits(bytes_max=settings.limits.body_bytes_max, depth_max=settings.limits.json_depth_max),
        timeout_s=settings.server.request_timeout_s,
        allowed_origins=settings.server.allowed_origins,
    )


async def _answer(house: House, *, on_ready: Callable[[Addresses], None]) -> None:
    """Answer HTTP until somebody says the end."""
    app, server = _app(house), house.settings.server
    if house.ended.is_set():
        return
    listening = listen(server.host, server.port)
    settle()
    host, port = listening.getsockname()[:2]
    reached = Addresses(http=(host, port), gateway=house.gateway, people=house.people)
    http = HttpServer(
        app,
        door=house.door,
        grace_s=server.shutdown_grace_s,
        trusted_proxies=server.trusted_proxies,
        on_ready=lambda: on_ready(reached),
    )
    await http.serve(listening, until=house.ended)
