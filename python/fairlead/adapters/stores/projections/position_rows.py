"""Positions at average cost as they are, and as they were at the end of each day on which they changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import put
from fairlead.adapters.stores.projection_tables import position_days, positions
from fairlead.domain.portfolio.holding import NOTHING, Holding, holding_after
from fairlead.domain.trading.order_view import fill_of
from fairlead.model.listing import Listing
from fairlead.model.report import Report

__all__ = ["DAY_NS", "follow_positions", "holding_of"]

DAY_NS: Final = 86_400 * 1_000_000_000


async def follow_positions(step: AsyncConnection, reports: Sequence[Report], _: Mapping[int, Listing]) -> None:
    """Bring the positions to where they are after the trades."""
    traded = [(report, fill) for report in reports if (fill := fill_of(report)) is not None]
    if not traded:
        return
    held = await _known(step, sorted({int(str(report.fields["account"])) for report, _ in traded}))
    changed: dict[tuple[int, str], int] = {}
    days: dict[tuple[int, str, int], dict[str, object]] = {}
    for report, fill in traded:
        key = (int(str(report.fields["account"])), report.symbol or "")
        quantity = fill.quantity if report.side == "buy" else -fill.quantity
        held[key] = holding_after(held.get(key, NOTHING), quantity=quantity, price=fill.price, fee=fill.fee)
        changed[key] = fill.time_ns
        day = fill.time_ns - fill.time_ns % DAY_NS
        days[*key, day] = _row(key, held[key], fill.time_ns) | {"day_ts_ns": day}
    await put(step, positions, [_row(key, held[key], ts_ns) for key, ts_ns in changed.items()])
    await put(step, position_days, list(days.values()))


async def _known(step: AsyncConnection, accounts: list[int]) -> dict[tuple[int, str], Holding]:
    rows = await step.execute(select(positions).where(positions.c.account.in_(accounts)))
    return {(row.account, row.symbol): holding_of(row) for row in rows}


def holding_of(row: Row[Any]) -> Holding:
    """Return a row as the position it keeps."""
    return Holding(quantity=row.quantity, cost=row.cost, realized=row.realized, fees=row.fees)


def _row(key: tuple[int, str], holding: Holding, ts_ns: int) -> dict[str, object]:
    return {
        "account": key[0],
        "symbol": key[1],
        "quantity": holding.quantity,
        "cost": holding.cost,
        "realized": holding.realized,
        "fees": holding.fees,
        "updated_ts_ns": ts_ns,
    }
