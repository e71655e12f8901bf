"""What a running service is made of: each part finds here what those before it left, and leaves its own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairlead import aio
from fairlead.adapters.access import KeyRing
from fairlead.adapters.serving import Door, EngineThread
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlProjections
from fairlead.adapters.telemetry import Metrics
from fairlead.bootstrap.addresses import DemoPerson
from fairlead.engine.latency import LatencyReport
from fairlead.engine.server import EngineServer
from fairlead.model.report import Position
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.projections import Progress
from fairlead.services.access import Needs
from fairlead.services.funding import FundsDesk, Teller
from fairlead.services.markets import Breakers, Markets
from fairlead.services.projections import Records
from fairlead.services.publishing import Publisher
from fairlead.services.rate_limits import RateLimits
from fairlead.services.readiness import Probe
from fairlead.services.sessions import CalendarDesk
from fairlead.services.streaming import Sockets
from fairlead.services.trading import Trading
from fairlead.settings import Loaded, Settings
from fairlead.web.services import Services

__all__ = ["House"]


def _nothing_yet() -> int:
    return 0


@dataclass(slots=True, kw_only=True, eq=False)
class House:
    """The service while it is put together; what a part has not left yet cannot be read.

    Attributes:
        loaded: the configuration.
        ended: set when the service shall end.
        with_demo: whether seeded agents trade.
        aliases: other names of instruments, which are taken where a symbol is asked for.
        seat: the number of the worker that this process is; 0: the process of the engine.
        begun_ns: when the service began, its first process where there are several, nanoseconds UTC; ``None``: not yet.
        prepare: what is done to the engine before it serves.
        ring: the keys of tokens.
        master: the secret that keys of machines are made from.
        engine: the engine on its thread, where it is in this process.
        check_engine: raises what ended the engine, if anything did.
        read_seq: says up to which record the log was read by everybody who reads it.
        gateway: where its gateway is.
        latency: asks how long commands took in it.
        database: the store.
        needs: what the services of access work with.
        people: who was made for a demo.
        tables: the tables that follow the exchange.
        resume: the report after which they want to hear on.
        front: the session that speaks for users, and hears them.
        copy: the session that hears everybody.
        feed: market data.
        follower: how far the tables are.
        outside: how bus and cache are asked whether they are there.
        publishers: what hands reports to those that are no part of this process.
        markets: what the markets look like.
        breakers: where trading is stopped.
        limits: how often each may ask.
        door: who may connect.
        telemetry: what counts.
        records: what can be read of what happened.
        desks: where users trade.
        funds: asking for money to come in or go out.
        teller: moving it.
        sockets: the live connections.
        services: what the routes work with.
        calendars: when markets open and close.
    """

    loaded: Loaded
    ended: asyncio.Event
    with_demo: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    seat: int = 0
    begun_ns: int | None = None
    prepare: Callable[[EngineServer], None] = field(init=False)
    ring: KeyRing = field(init=False)
    master: bytes = field(init=False)
    engine: EngineThread = field(init=False)
    check_engine: Callable[[], None] = field(init=False)
    read_seq: Callable[[], int] = field(default=_nothing_yet, init=False)
    gateway: tuple[str, int] = field(init=False)
    latency: Callable[[], LatencyReport] = field(init=False)
    database: Database = field(init=False)
    needs: Needs = field(init=False)
    people: Sequence[DemoPerson] = field(init=False)
    tables: SqlProjections = field(init=False)
    resume: Position = field(init=False)
    front: aio.Client = field(init=False)
    copy: aio.Client = field(init=False)
    feed: MarketFeed = field(init=False)
    follower: Progress = field(init=False)
    outside: Mapping[str, Probe] = field(init=False)
    publishers: list[Publisher] = field(default_factory=list)
    markets: Markets = field(init=False)
    breakers: Breakers = field(init=False)
    limits: RateLimits = field(init=False)
    door: Door = field(init=False)
    telemetry: Metrics = field(init=False)
    records: Records = field(init=False)
    desks: Trading = field(init=False)
    funds: FundsDesk = field(init=False)
    teller: Teller = field(init=False)
    sockets: Sockets = field(init=False)
    services: Services = field(init=False)
    calendars: CalendarDesk = field(init=False)

    @property
    def name(self) -> str:
        """What this process is called where there are several."""
        return f"worker-{self.seat}" if self.seat else "leader"

    @property
    def settings(self) -> Settings:
        """The values of the configuration."""
        return self.loaded.settings

    @property
    def directory(self) -> Path:
        """The data directory."""
        return self.loaded.settings.engine.data_dir
