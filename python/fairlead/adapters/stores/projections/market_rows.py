"""Trades as the public sees them, each once, the candles they make, and when trading was stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import put
from fairlead.adapters.stores.projection_tables import candles, circuit_breaker_events, trades
from fairlead.domain.trading.order_record import value_of
from fairlead.domain.trading.order_view import Fill, fill_of
from fairlead.model.listing import EXACT, Listing
from fairlead.model.report import Report

__all__ = ["INTERVALS_S", "follow_breakers", "follow_candles", "follow_trades"]

# Kept; candles of 5 and 15 minutes and of a day are put together from these when they are asked for.
INTERVALS_S: Final = (1, 60, 3_600)
_NS_PER_S: Final = 1_000_000_000
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


def _public(reports: Sequence[Report]) -> list[tuple[Report, Fill]]:
    return [
        (report, fill)
        for report in reports
        if report.position is not None and report.position.leg == _BUYER and (fill := fill_of(report)) is not None
    ]


async def follow_trades(step: AsyncConnection, reports: Sequence[Report], _: Mapping[int, Listing]) -> None:
    """Add each trade once."""
    rows = [
        {
            "trade_id": fill.trade_id,
            "ts_ns": fill.time_ns,
            "symbol": report.symbol,
            "price": fill.price,
            "quantity": fill.quantity,
            "taker_side": _TAKERS.get(fill.liquidity),
            "event_seq": report.position.event_seq,
            "sub": report.position.sub,
        }
        for report, fill in _public(reports)
        if report.position is not None
    ]
    if rows:
        await step.execute(insert(trades), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candle:
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    value: Decimal
    trades: int


_FIELDS: Final = tuple(_Candle.__dataclass_fields__)
_Key = tuple[str, int, int]


async def follow_candles(step: AsyncConnection, reports: Sequence[Report], _: Mapping[int, Listing]) -> None:
    """Bring the candles of the trades forward."""
    traded = [(_keys(report, fill), fill) for report, fill in _public(reports)]
    if not traded:
        return
    columns = candles.c
    key = tuple_(columns.symbol, columns.interval_s, columns.open_ts_ns)
    wanted = sorted({it for keys, _ in traded for it in keys})
    rows = await step.execute(select(candles).where(key.in_(wanted)))
    known = {
        (row.symbol, row.interval_s, row.open_ts_ns): _Candle(**{name: getattr(row, name) for name in _FIELDS})
        for row in rows
    }
    for keys, fill in traded:
        for one in keys:
            known[one] = _after(known.get(one), fill)
    names = ("symbol", "interval_s", "open_ts_ns")
    await put(
        step,
        candles,
        [dict(zip(names, one, strict=True)) | {name: getattr(known[one], name) for name in _FIELDS} for one in wanted],
    )


def _keys(report: Report, fill: Fill) -> list[_Key]:
    lengths = ((seconds, seconds * _NS_PER_S) for seconds in INTERVALS_S)
    return [(report.symbol or "", seconds, fill.time_ns - fill.time_ns % ns) for seconds, ns in lengths]


def _after(candle: _Candle | None, fill: Fill) -> _Candle:
    price = fill.price
    if candle is None:
        return _Candle(
            open=price, high=price, low=price, close=price, volume=fill.quantity, value=value_of(fill), trades=1
        )
    return replace(
        candle,
        high=max(candle.high, price),
        low=min(candle.low, price),
        close=price,
        volume=EXACT.add(candle.volume, fill.quantity),
        value=EXACT.add(candle.value, value_of(fill)),
        trades=candle.trades + 1,
    )


async def follow_breakers(step: AsyncConnection, reports: Sequence[Report], listings: Mapping[int, Listing]) -> None:
    """Add each stop of trading, and say of the open ones when trading went on."""
    columns = circuit_breaker_events.c
    for report in reports:
        listing = listings.get(number) if isinstance(number := report.fields.get("instrument"), int) else None
        if listing is None or report.position is None or report.kind != "CommandReport":
            continue
        if report.exec_type in {"BreakerTripped", "HaltOrdered"}:
            row = {
                "event_seq": report.position.event_seq,
                "sub": report.position.sub,
                "symbol": listing.symbol,
                "reason": _RULES[report.id] if report.exec_type == "BreakerTripped" else _BY_HAND,
                "trip_time": report.ts_ns,
                "recovery_time": None,
            }
            await step.execute(insert(circuit_breaker_events), [row])
        elif report.exec_type == "StateChanged" and report.fields.get("other") == _CONTINUOUS:
            is_open = (columns.symbol == listing.symbol, columns.recovery_time.is_(None))
            await step.execute(update(circuit_breaker_events).where(*is_open).values(recovery_time=report.ts_ns))
