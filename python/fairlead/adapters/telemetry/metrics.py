"""The counters and histograms of the service, by the names of ``docs/reference/metrics.md``, in their own registry.

1. No label has a value that a client chose: routes are templates, methods and statuses are few, symbols are listed.
2. A figure exists from the start, at 0, so that a rate can be told from the first event on.
"""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from fairlead.adapters.telemetry.durations import Duration, Durations
from fairlead.adapters.telemetry.market_figures import MarketFigures
from fairlead.adapters.telemetry.named import named
from fairlead.model.report import Position, Report

__all__ = ["Metrics"]

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# An order that waits for its trigger is told of as suspended and not as new.
_TAKEN: Final = frozenset({"New", "Suspended"})


class Metrics:
    """What is counted of one process.

    Args:
        begun_ns: when it began, nanoseconds UTC: what reports say of the time before it is not counted.
        symbol_of: the name of an instrument by its number, or ``None``.
        process: what the process is called, which each figure says then: whoever asks several of them through one
            door does not take the counter of one for that of another.
    """

    def __init__(self, *, begun_ns: int, symbol_of: Callable[[int], str | None], process: str | None = None) -> None:
        # A second sample beside every counter that no rule reads.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._begun_ns, self._process = begun_ns, process
        self._last: Position | None = None
        self._last_order_id = self._last_trade_id = 0
        self._markets = MarketFigures(self.registry, symbol_of=symbol_of)
        own = self.registry
        request = ("method", "route")
        self._requests = Counter("http_requests", "Requests.", (*request, "status"), registry=own)
        self._request_took = Durations("http_request_duration", "Arrival to answer", request, bounds_s=_SECONDS)
        self._refused = Counter("rate_limited", "Requests for which a bucket had no token.", ("policy",), registry=own)
        self._asked = Counter("order_requests", "What the exchange was asked.", ("kind", "outcome"), registry=own)
        self._order_took = Durations(
            "order_processing_time", "Sent to the exchange to its durable answer", ("kind",), bounds_s=_SECONDS
        )
        self.add([self._request_took, self._order_took])
        # Looked up once and not for each request; as many as there are labels, which are few.
        self._of_request: dict[tuple[str, str, int], tuple[Counter, Duration]] = {}
        self._of_order = {
            (kind, outcome): (self._asked.labels(kind, outcome), self._order_took.of(kind))
            for kind in ("order", "amend", "cancel")
            for outcome in ("accepted", "refused", "unanswered")
        }
        self._created = Counter("orders_created", "Orders that the exchange took.", registry=own)
        self._trades = Counter("trades_executed", "Trades, each once.", registry=own)
        self._parts = Gauge("service_part_ready", "1 where a part of the service is there.", ("part",), registry=own)

    def add(self, collectors: Iterable[Collector]) -> None:
        """Read these too when figures are asked for."""
        for collector in collectors:
            self.registry.register(collector)

    def request_answered(self, *, method: str, route: str, status: int, took_ns: int) -> None:
        """Count a request."""
        key = (method, route, status)
        bound = self._of_request.get(key)
        if bound is None:
            bound = self._of_request[key] = (
                self._requests.labels(method, route, str(status)),
                self._request_took.of(method, route),
            )
        count, took = bound
        count.inc()
        took.observe(took_ns)

    def request_refused(self, *, policy: str) -> None:
        """Count a request for which a bucket had no token."""
        self._refused.labels(policy).inc()

    def order_processed(self, *, kind: str, outcome: str, took_ns: int) -> None:
        """Count what the exchange was asked."""
        count, took = self._of_order[kind, outcome]
        count.inc()
        took.observe(took_ns)

    def heard(self, report: Report) -> None:
        """Count what a report tells, once."""
        if report.position is None or (self._last is not None and report.position <= self._last):
            return
        self._last = report.position
        if report.ts_ns < self._begun_ns:
            return
        self._markets.heard(report)
        if report.kind != "ExecutionReport":
            return
        # Ids count up: an order is new once, and a trade, which both its orders tell of, is one.
        if report.exec_type in _TAKEN and report.order_id > self._last_order_id:
            self._last_order_id = report.order_id
            self._created.inc()
        if report.exec_type == "Trade" and report.trade_id > self._last_trade_id:
            self._last_trade_id = report.trade_id
            self._trades.inc()

    def market_is(self, symbol: str, *, is_halted: bool, spread: float | None) -> None:
        """Say how a market stands."""
        self._markets.market_is(symbol, is_halted=is_halted, spread=spread)

    def part_is(self, name: str, *, is_ready: bool) -> None:
        """Say whether a part of the service is there."""
        self._parts.labels(name).set(int(is_ready))

    def exposition(self) -> tuple[str, bytes]:
        """Return the media type and the text."""
        # The character set is added by who answers.
        told = self.registry if self._process is None else named(self.registry, self._process)
        return CONTENT_TYPE_PLAIN_0_0_4.partition("; charset")[0], generate_latest(told)
