"""Trades as the public sees them, each once, the candles they make, and when trading was stopped."""

from decimal import Decimal
from typing import Final

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import candles, circuit_breaker_events, trades
from fairlead.adapters.stores.projections.candle import Candle
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Side, Told
from fairlead.adapters.stores.step import Step
from fairlead.ports.minute_bars import KEPT_WIDTHS_S

__all__ = ["follow_breakers", "follow_candles", "follow_trades"]

_NS_PER_S: Final = 1_000_000_000
_LENGTHS: Final = tuple((seconds, seconds * _NS_PER_S) for seconds in KEPT_WIDTHS_S)
# Kept of what is old.
_COARSE: Final = _LENGTHS[1:]
# A trade is told to buyer and seller; the buyer's report has this leg.
_BUYER: Final = 1
_TAKERS: Final = {"REMOVED": "BUY", "ADDED": "SELL"}
_CONTINUOUS: Final = 3
# Numbers of the rules as ``BreakerTripped`` has them in ``id``.
_RULES: Final = (
    "STATIC_BAND",
    "SHORT_BAND",
    "LONG_BAND",
    "EXTERNAL_BAND",
    "SPREAD",
    "CASCADE",
    "LIMIT_STATE",
    "COOLING",
)
_BY_HAND: Final = "MANUAL"
_KNOWN_CANDLES: Final = (
    "SELECT symbol, interval_s, open_ts_ns, open, high, low, close, volume, value, trades"
    " FROM candles WHERE (symbol, interval_s, open_ts_ns) IN"
)
_GOES_ON: Final = "UPDATE circuit_breaker_events SET recovery_time = ? WHERE symbol = ? AND recovery_time IS NULL"
_Key = tuple[str, int, int]


def _public(told: Told) -> list[Side]:
    return [side for side in told.sides if side.position.leg == _BUYER]


def follow_trades(step: Step, told: Told, _: Memory) -> None:
    """Add each trade once."""
    rows = [
        (
            fill.trade_id,
            fill.time_ns,
            report.symbol,
            written(fill.price),
            written(fill.quantity),
            _TAKERS.get(fill.liquidity),
            position.event_seq,
            position.sub,
        )
        for position, report, _, fill, _, _ in _public(told)
        if fill.time_ns >= told.kept_from_ns
    ]
    step.add(trades, rows)


def follow_candles(step: Step, told: Told, memory: Memory) -> None:
    """Bring the candles of the trades forward."""
    traded = [(_keys(side, kept_from_ns=told.kept_from_ns), side) for side in _public(told)]
    if not traded:
        return
    changed = dict.fromkeys(key for keys, _ in traded for key in keys)
    for row in step.any_of(_KNOWN_CANDLES, memory.candles.unknown(changed)):
        symbol, interval_s, opened, first, high, low, last, volume, value, count = row
        amounts = Decimal(first), Decimal(high), Decimal(low), Decimal(last), Decimal(volume), Decimal(value)
        memory.candles.keep((symbol, interval_s, opened), Candle(*amounts, count))
    for keys, side in traded:
        price, quantity, value = side.fill.price, side.fill.quantity, side.value
        for key in keys:
            if (candle := memory.candles.get(key)) is None:
                memory.candles.keep(key, Candle(price, price, price, price, quantity, value, 1))
            else:
                candle.add(price, quantity, value)
    step.put(candles, [(*key, *_row(memory.candles[key])) for key in changed])


def _keys(side: Side, *, kept_from_ns: int) -> list[_Key]:
    time_ns = side.fill.time_ns
    lengths = _LENGTHS if time_ns >= kept_from_ns else _COARSE
    return [(side.listing.symbol, seconds, time_ns - time_ns % ns) for seconds, ns in lengths]


def _row(it: Candle) -> tuple[str | int, ...]:
    return *map(written, (it.open, it.high, it.low, it.close, it.volume, it.value)), it.trades


def follow_breakers(step: Step, told: Told, _memory: Memory) -> None:
    """Add each stop of trading, and say of the open ones when trading went on."""
    for position, report, _ in told.reports:
        if report.kind != "CommandReport":
            continue
        number = report.fields.get("instrument")
        listing = told.listings.get(number) if isinstance(number, int) else None
        if listing is None:
            continue
        if report.exec_type in {"BreakerTripped", "HaltOrdered"}:
            reason = _RULES[report.id] if report.exec_type == "BreakerTripped" else _BY_HAND
            row = (position.event_seq, position.sub, listing.symbol, reason, report.ts_ns, None)
            step.add(circuit_breaker_events, [row])
        elif report.exec_type == "StateChanged" and report.fields.get("other") == _CONTINUOUS:
            step.execute(_GOES_ON, (report.ts_ns, listing.symbol))
