"""The audit, and the trades of each account: a row a report, written once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.projection_tables import fills, order_events
from fairlead.adapters.stores.report_text import report_from, text_of
from fairlead.domain.trading.order_view import fill_of
from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report

__all__ = ["follow_events", "follow_fills", "instrument_of", "is_copy", "report_of_row"]


def is_copy(report: Report) -> bool:
    """Whether it tells the venue what it tells the account as well."""
    position = report.position
    is_second = position is not None and position.leg > 1
    return report.kind == "CommandReport" and is_second and report.fields.get("account") is not None


async def follow_events(step: AsyncConnection, reports: Sequence[Report], _: Mapping[int, Listing]) -> None:
    """Add each report to the audit."""
    rows = [
        {
            **report.position._asdict(),
            "account": report.fields.get("account") or 0,
            "order_id": report.order_id or None,
            "kind": report.kind,
            "what": report.exec_type,
            "ts_ns": report.ts_ns,
            "content": text_of(report),
        }
        for report in reports
        if report.position is not None and not is_copy(report)
    ]
    if rows:
        await step.execute(insert(order_events), rows)


def report_of_row(row: Row[Any]) -> Report:
    """Return a row of the audit as the report it keeps."""
    return report_from(row.content, kind=row.kind, position=Position(row.event_seq, row.sub, row.leg))


async def follow_fills(step: AsyncConnection, reports: Sequence[Report], listings: Mapping[int, Listing]) -> None:
    """Add the trades of each account."""
    rows = [
        {
            **report.position._asdict(),
            "account": report.fields["account"],
            "order_id": report.order_id,
            "trade_id": fill.trade_id,
            "symbol": report.symbol,
            "side": (report.side or "").upper(),
            "price": fill.price,
            "quantity": fill.quantity,
            "fee": fill.fee,
            "fee_asset": listings[instrument_of(report)].quote.symbol,
            "liquidity": fill.liquidity,
            "ts_ns": fill.time_ns,
        }
        for report in reports
        if report.position is not None and (fill := fill_of(report)) is not None
    ]
    if rows:
        await step.execute(insert(fills), rows)


def instrument_of(report: Report) -> int:
    """Return the number of the instrument of a trade."""
    number = report.fields["instrument"]
    assert isinstance(number, int), f"a trade names its instrument: position={report.position}"
    return number
