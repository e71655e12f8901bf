"""Where reports go: as events to a bus, as last prices to a cache."""

from typing import Final, Protocol

import msgspec

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import Event, events_of, is_news
from fairlead.model.report import Report
from fairlead.ports.bus import Bus
from fairlead.ports.cache import Cache, CachedTrade
from fairlead.ports.report_pages import ReportPage
from fairlead.services.publishing.bodies import Bodies

__all__ = ["BusSink", "CacheSink", "Sink"]

_encode: Final = msgspec.json.Encoder().encode


class Sink(Protocol):
    """What takes reports and knows how far it has come."""

    @property
    def tail_max(self) -> int | None:
        """How many commands back to begin where it has nothing; ``None`` begins with the first."""
        ...

    async def reached(self) -> Cursor | None:
        """Return how far it has come."""
        ...

    async def take(self, page: ReportPage, /) -> None:
        """Take the next reports, all or none of them."""
        ...


class BusSink:
    """A bus as a place where reports go.

    Args:
        bus: which.
        bodies: writes what is told of a report.
        tail_max: how many commands back to begin where nothing is published; ``None`` begins with the first.
    """

    def __init__(self, bus: Bus, *, bodies: Bodies, tail_max: int | None) -> None:
        self._bus, self._bodies, self._tail_max = bus, bodies, tail_max

    @property
    def tail_max(self) -> int | None:
        """How many commands back to begin where nothing is published."""
        return self._tail_max

    async def reached(self) -> Cursor | None:
        """Return up to where everything is published."""
        return await self._bus.reached()

    async def take(self, page: ReportPage, /) -> None:
        """Publish the events of the reports."""
        events: list[Event] = []
        for report in page.reports:
            if is_news(report):
                body = await self._bodies.of(report)
                events += events_of(report, log_id=page.log_id, symbol=body.symbol, body=_encode(body))
        await self._bus.publish(events, reached=_end_of(page))


class CacheSink:
    """A cache as a place where trades go.

    Args:
        cache: which.
        tail_max: how many commands back to begin where it is empty: it keeps the newest trades only.
    """

    def __init__(self, cache: Cache, *, tail_max: int = 100_000) -> None:
        self._cache, self._tail_max = cache, tail_max

    @property
    def tail_max(self) -> int | None:
        """How many commands back to begin where it is empty."""
        return self._tail_max

    async def reached(self) -> Cursor | None:
        """Return up to where the trades are in it."""
        return await self._cache.reached()

    async def take(self, page: ReportPage, /) -> None:
        """Keep the trades among the reports, each once though both sides are told of it."""
        trades = {trade.trade_id: trade for report in page.reports if (trade := _trade_of(report)) is not None}
        await self._cache.put_trades(list(trades.values()), reached=_end_of(page))


def _end_of(page: ReportPage) -> Cursor:
    position = page.reports[-1].position
    assert position is not None, "a page holds reports that have a place in the log"
    return Cursor(log_id=page.log_id, position=position)


def _trade_of(report: Report) -> CachedTrade | None:
    if report.exec_type != "Trade" or report.symbol is None or report.last_px is None or report.last_qty is None:
        return None
    return CachedTrade(
        symbol=report.symbol,
        trade_id=report.trade_id,
        price=report.last_px,
        quantity=report.last_qty,
        ts_ns=report.ts_ns,
    )
