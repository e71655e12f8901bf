"""The whole service in one process, put together from a configuration: the only package that knows every adapter."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from litestar.types import ASGIApp

from fairlead import aio
from fairlead.adapters.access import master_secret, token_keys
from fairlead.adapters.serving import Door, EngineThread, HttpServer, listen
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlProjections, SqlStopHistory
from fairlead.adapters.telemetry import Metrics, write_logs
from fairlead.bootstrap.access import access_needs, swept
from fairlead.bootstrap.demo import DemoPerson, demo_market, demo_people, demo_place, no_demo
from fairlead.bootstrap.engine import open_engine
from fairlead.bootstrap.front import front_end
from fairlead.bootstrap.funding import Funding, funding
from fairlead.bootstrap.limits import door_of, page_sizes, rate_limits
from fairlead.bootstrap.markets import followed_markets
from fairlead.bootstrap.projections import followed, records_of, resume_position
from fairlead.bootstrap.publishing import SPARED, published
from fairlead.bootstrap.store import open_store
from fairlead.bootstrap.streaming import live_sockets
from fairlead.bootstrap.telemetry import counted, figures_of, timed_front, walked
from fairlead.bootstrap.trading import trading
from fairlead.errors import UnavailableError
from fairlead.services.access import Entry, KeyDesk, Needs, Registration
from fairlead.services.markets import Breakers, Markets, VenueControl
from fairlead.services.projections import Follower, Records
from fairlead.services.rate_limits import RateLimits
from fairlead.services.readiness import Probe, Readiness
from fairlead.services.trading import Trading
from fairlead.settings import Loaded, Problem, Settings, SettingsError
from fairlead.web.app import make_app
from fairlead.web.bodies import BodyLimits
from fairlead.web.services import Services

__all__ = ["NOT_YET", "Addresses", "serve"]

# Keys that have no effect, with the only value they may have.
NOT_YET: Final[Mapping[str, object]] = {
    "server.workers": 1,
    "engine.tls_client_ca": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a running service is reached, as host and port; of a demo's first start who was made."""

    http: tuple[str, int]
    gateway: tuple[str, int]
    people: Sequence[DemoPerson] = ()


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
    settings = loaded.settings
    write_logs(level=settings.log.level, form=settings.log.format, file=settings.log.file)
    _refuse_what_is_not_there(loaded)
    ended = _ended_by_signals()
    settings.engine.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    prepare = demo_place(settings) if with_demo else no_demo
    ring, master = token_keys(loaded), master_secret(loaded)
    async with AsyncExitStack() as parts:
        engine, gateway, key_id = await open_engine(settings, ended=ended, prepare=prepare)
        parts.push_async_callback(asyncio.to_thread, engine.stop)
        database = await parts.enter_async_context(open_store(settings))
        needs = await parts.enter_async_context(access_needs(settings, database=database, ring=ring, master=master))
        people = await demo_people(settings, needs) if with_demo else ()
        # Again: of all that is open the store is closed last.
        parts.push_async_callback(asyncio.to_thread, engine.stop)
        engine.start()
        tables = SqlProjections(database)
        resume = await resume_position(tables, directory=settings.engine.data_dir)
        front = await parts.enter_async_context(front_end(settings, gateway=gateway, key_id=key_id, resume=resume))
        follower = await parts.enter_async_context(followed(tables, front=front, directory=settings.engine.data_dir))
        outside = await parts.enter_async_context(published(settings, database=database, follower=follower))
        await parts.enter_async_context(swept(needs))
        market = followed_markets(front, clock=needs.clock, follower=follower, history=SqlStopHistory(database))
        markets, breakers = await parts.enter_async_context(market)
        if with_demo:
            demo = demo_market(settings, gateway=gateway, front=front, needs=needs, database=database)
            await parts.enter_async_context(demo)
        limits, records, door = rate_limits(settings.limits), records_of(database, follower), door_of(settings)
        telemetry = counted(front=front, database=database, engine=engine, limits=limits, clock=needs.clock, door=door)
        desks = _desks(settings, needs=needs, database=database, records=records, front=timed_front(front, telemetry))
        money = funding(settings, needs=needs, database=database, front=front, gateway=gateway, accounts=desks.accounts)
        funds = await parts.enter_async_context(money)
        services = _services(
            loaded,
            limits=limits,
            telemetry=telemetry,
            needs=needs,
            database=database,
            front=front,
            engine=engine,
            markets=markets,
            breakers=breakers,
            follower=follower,
            outside=outside,
            records=records,
            desks=desks,
            funds=funds,
        )
        await parts.enter_async_context(walked(settings, services=services))
        app = _app(settings, services)
        await _answer(settings, app, door=door, gateway=gateway, ended=ended, people=people, on_ready=on_ready)
    engine.check()


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


def _desks(settings: Settings, *, needs: Needs, database: Database, front: aio.Client, records: Records) -> Trading:
    return trading(
        front,
        database=database,
        clock=needs.clock,
        secrets=needs.secrets,
        batch_orders_max=settings.limits.batch_orders_max,
        tables=records.orders,
    )


def _services(
    loaded: Loaded,
    *,
    needs: Needs,
    database: Database,
    front: aio.Client,
    engine: EngineThread,
    markets: Markets,
    breakers: Breakers,
    follower: Follower,
    outside: Mapping[str, Probe],
    records: Records,
    desks: Trading,
    funds: Funding,
    limits: RateLimits,
    telemetry: Metrics,
) -> Services:
    async def ask_engine() -> None:
        if not engine.is_running or not front.is_connected:
            raise UnavailableError("the engine is not reached through its gateway")
        await front.refresh_instruments()

    async def ask_follower() -> None:
        if not follower.is_following:
            raise UnavailableError("the tables do not follow the exchange")

    return Services(
        registration=Registration(needs),
        entry=Entry(needs),
        desk=KeyDesk(needs),
        readiness=Readiness(
            {"engine": ask_engine, "store": database.ping, "projections": ask_follower, **outside},
            clock=needs.clock,
            spared=SPARED,
        ),
        clock=needs.clock,
        markets=markets,
        limits=limits,
        records=records,
        trading=desks,
        funds=funds.desk,
        teller=funds.teller,
        breakers=breakers,
        control=VenueControl(front, feed=front),
        telemetry=telemetry,
        figures=figures_of(loaded, telemetry),
        pages=page_sizes(loaded.settings.limits),
        sockets=live_sockets(loaded.settings.limits, feed=front, follower=follower, needs=needs),
    )


def _app(settings: Settings, services: Services) -> ASGIApp:
    limits = BodyLimits(bytes_max=settings.limits.body_bytes_max, depth_max=settings.limits.json_depth_max)
    return make_app(
        services,
        limits=limits,
        timeout_s=settings.server.request_timeout_s,
        allowed_origins=settings.server.allowed_origins,
    )


async def _answer(
    settings: Settings,
    app: ASGIApp,
    *,
    door: Door,
    gateway: tuple[str, int],
    ended: asyncio.Event,
    people: Sequence[DemoPerson],
    on_ready: Callable[[Addresses], None],
) -> None:
    """Answer HTTP until somebody says the end."""
    if ended.is_set():
        return
    listening = listen(settings.server.host, settings.server.port)
    host, port = listening.getsockname()[:2]
    http = HttpServer(
        app,
        door=door,
        grace_s=settings.server.shutdown_grace_s,
        trusted_proxies=settings.server.trusted_proxies,
        on_ready=lambda: on_ready(Addresses(http=(host, port), gateway=gateway, people=people)),
    )
    await http.serve(listening, until=ended)
