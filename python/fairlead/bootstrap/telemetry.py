"""What counts and writes down how the service goes, and the rounds that look at its parts."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fairlead import aio
from fairlead.adapters.access import figures_token
from fairlead.adapters.telemetry import Counts, EngineFigures, Gauges, Metrics
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.model.report import Report
from fairlead.ports.telemetry import Telemetry
from fairlead.services.figures import Access, Figures
from fairlead.services.lag import Lag
from fairlead.services.rounds import Rounds
from fairlead.services.traced_front import traced
from fairlead.services.trail import Trail
from fairlead.settings import Loaded, Settings
from fairlead.web.services import Services

__all__ = ["counted", "figures_of", "lag_of", "rounds", "telemetry", "timed_front", "walked"]


def counted(house: House) -> Metrics:
    """Return what counts from now on; it hears what the tables hear."""
    instruments, door = house.copy.instruments, house.door
    metrics = Metrics(
        begun_ns=house.needs.clock.now_ns(),
        symbol_of=lambda number: instruments.by_id(number).symbol or None,
        process=house.name if house.settings.server.workers > 1 else None,
    )
    pool = Gauges("db_pool_connections", "Connections to the store.", label="state", read=house.database.pool)
    buckets = Gauges("rate_limit_buckets", "Buckets that are kept.", label="policy", read=house.limits.kept)
    sharing = Gauges("rate_limits_shared", "Whether processes share buckets.", label="state", read=house.limits.sharing)
    open_ = Gauges("http_connections", "Connections of HTTP.", label="state", read=door.open)
    away = Counts("http_connections_turned_away", "Refused or ended.", label="why", read=door.turned_away)
    metrics.add([EngineFigures(house.latency), pool, buckets, sharing, open_, away])

    def hear(reports: Sequence[Report]) -> None:
        for report in reports:
            metrics.heard(report)

    house.follower.listen(hear)
    return metrics


def lag_of(house: House) -> Sequence[Gauges | Counts]:
    """Return the figures of what is behind the exchange."""
    front, follower = house.front, house.follower
    lag = Lag(heard=lambda: front.position, tables=lambda: follower.position, publishers=house.publishers)
    return [
        Gauges("lag_events", "Numbers of the log by which each is behind.", label="follower", read=lag.behind),
        Counts("publish_pages", "Pages of reports that were published.", label="receiver", read=lag.taken),
        Counts("publish_errors", "Attempts to publish that failed.", label="receiver", read=lag.failed),
    ]


def timed_front(front: aio.Client, telemetry: Telemetry) -> aio.Client:
    """Return the session for who trades: orders are timed, and their reports told with the request of each."""
    trail = Trail()
    front.listen_reports(trail.heard)
    return traced(front, telemetry=telemetry, trail=trail, now_ns=time.monotonic_ns)


def figures_of(loaded: Loaded, telemetry: Telemetry) -> Figures:
    """Return the figures behind the rule of ``[metrics]``.

    Raises:
        WeakSecretError: the token of the configuration must not be used.
    """
    access = Access(loaded.settings.metrics.access)
    return Figures(telemetry, access=access, token=figures_token(loaded) if access is Access.TOKEN else None)


@asynccontextmanager
async def walked(settings: Settings, *, services: Services) -> AsyncIterator[None]:
    """Look at parts and markets meanwhile."""
    rounds = Rounds(services.telemetry, readiness=services.readiness, markets=services.markets)
    metrics = settings.metrics
    looking = rounds.run(health_s=metrics.health_s, breaker_s=metrics.breaker_s)
    async with background(looking, name="rounds", lost="parts and markets are looked at no more"):
        yield


@asynccontextmanager
async def telemetry(house: House) -> AsyncIterator[None]:
    """Leave what counts from now on."""
    house.telemetry = counted(house)
    house.telemetry.add(lag_of(house))
    yield


@asynccontextmanager
async def rounds(house: House) -> AsyncIterator[None]:
    """Look at parts and markets meanwhile."""
    async with walked(house.settings, services=house.services):
        yield
