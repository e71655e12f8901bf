"""What reports and books tell of halts: trips by symbol and rule, recoveries, spikes, and which markets stand still."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from fairlead.model.report import Report

__all__ = ["MarketFigures"]

# By the numbers of the rules in docs/reference/rules-protection.md.
_RULES: Final = ("static", "short", "long", "external", "spread", "cascade", "limit_state", "cooling")
_BY_HAND: Final = "by_hand"
_EVERYTHING: Final = "all"
_UNKNOWN: Final = "unknown"
# Numbers of trading states: limit state, volatility auction, halted; continuous, cooling.
_STOPPED: Final = frozenset({4, 5, 6})
_TRADING: Final = frozenset({3, 12})


class MarketFigures:
    """Counts halts.

    Args:
        registry: where the figures stand.
        symbol_of: the name of an instrument by its number, or ``None``.
    """

    def __init__(self, registry: CollectorRegistry, *, symbol_of: Callable[[int], str | None]) -> None:
        self._symbol_of = symbol_of
        self._trips = Counter(
            "circuit_breaker_trips", "Halts, by what halted.", ("symbol", "reason"), registry=registry
        )
        self._recoveries = Counter("circuit_breaker_recoveries", "Markets that trade again.", registry=registry)
        self._spikes = Counter("price_spikes_detected", "Prices that would have broken a band.", registry=registry)
        self._halted = Gauge("market_halted", "1 where trading stands still.", ("symbol",), registry=registry)
        self._spread = Gauge(
            "order_spread_ratio", "Best ask less best bid, as a share of the middle.", ("symbol",), registry=registry
        )

    def heard(self, report: Report) -> None:
        """Count a report of the time since the start."""
        if report.kind != "CommandReport":
            return
        if report.exec_type == "BreakerTripped":
            rule = _RULES[report.id] if 0 <= report.id < len(_RULES) else _UNKNOWN
            self._trips.labels(self._symbol(report), rule).inc()
        elif report.exec_type == "HaltOrdered":
            self._trips.labels(self._symbol(report), _BY_HAND).inc()
        elif report.exec_type == "BandBroken":
            self._spikes.inc()
        elif report.exec_type == "StateChanged" and report.id in _STOPPED and report.fields.get("other") in _TRADING:
            self._recoveries.inc()

    def market_is(self, symbol: str, *, is_halted: bool, spread: float | None) -> None:
        """Say how a market stands; a spread that there is none of is taken back."""
        self._halted.labels(symbol).set(int(is_halted))
        if spread is not None:
            self._spread.labels(symbol).set(spread)
        elif (symbol,) in self._spread._metrics:
            self._spread.remove(symbol)

    def _symbol(self, report: Report) -> str:
        instrument = report.fields.get("instrument")
        if not isinstance(instrument, int):
            return _EVERYTHING
        return self._symbol_of(instrument) or _UNKNOWN
