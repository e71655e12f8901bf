"""What the halting rules would have done to a recorded market, and the one JSON object that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fairlead.domain.market_replay.records import Grid
from fairlead.domain.market_replay.result import JsonValue

RULES = ("static", "short", "long", "spread")
"""Which rules an observer knows: the band around the last auction price, the two windows, the spread."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHalt:
    """One halt. Prices in ticks; price and band are ``None`` for the spread rule.

    ``waits`` says that there were so many within an hour that a person would have had to end it.
    """

    rule: str
    ts_ns: int
    price_ticks: int | None
    low_ticks: int | None
    high_ticks: int | None
    bid_ticks: int | None
    ask_ticks: int | None
    until_ns: int
    waits: bool

    def to_json(self, *, grid: Grid) -> dict[str, JsonValue]:
        """Return the halt as a JSON object with prices as decimal text."""
        return {
            "rule": self.rule,
            "ts_ns": self.ts_ns,
            "time": clock_text(self.ts_ns),
            "price": price_text(self.price_ticks, grid=grid),
            "low": price_text(self.low_ticks, grid=grid),
            "high": price_text(self.high_ticks, grid=grid),
            "bid": price_text(self.bid_ticks, grid=grid),
            "ask": price_text(self.ask_ticks, grid=grid),
            "until_ns": self.until_ns,
            "waits_for_person": self.waits,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReport:
    """The outcome for one recording. ``counts`` says what was fed and what of it was not judged."""

    dataset: str
    format: str
    grid: Grid
    begin_ns: int
    end_ns: int
    halts: tuple[WouldHalt, ...]
    counts: Mapping[str, int]
    rules: Mapping[str, int]
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def by_rule(self) -> dict[str, int]:
        """The number of halts of each rule, 0 included."""
        return {rule: sum(halt.rule == rule for halt in self.halts) for rule in RULES}

    def to_json(self) -> dict[str, JsonValue]:
        """Return the one object ``--json`` prints; the names are a contract."""
        return {
            "dataset": self.dataset,
            "format": self.format,
            "symbol": self.grid.symbol,
            "begin_ns": self.begin_ns,
            "end_ns": self.end_ns,
            "halts": [halt.to_json(grid=self.grid) for halt in self.halts],
            "halts_by_rule": dict(self.by_rule),
            "counts": dict(self.counts),
            "rules": dict(self.rules),
            "details": dict(self.details),
        }


def price_text(price_ticks: int | None, *, grid: Grid) -> str | None:
    """Return a price in ticks as decimal text, ``None`` where there is none."""
    return None if price_ticks is None else str(price_ticks * Decimal(grid.tick_size))


def clock_text(ts_ns: int) -> str:
    """Return a time as ``YYYY-MM-DDTHH:MM:SS.mmmZ``, or ``HH:MM:SS.mmm`` where it is a time of day."""
    moment = _EPOCH + timedelta(milliseconds=ts_ns // 1_000_000)
    clock = moment.isoformat(timespec="milliseconds").removesuffix("+00:00")
    return clock.partition("T")[2] if ts_ns < _DAY_NS else f"{clock}Z"
