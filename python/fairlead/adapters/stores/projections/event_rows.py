"""The audit, and the trades of each account: a row a report, written once."""

from collections.abc import Sequence
from typing import Any

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import fills, order_events
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Told, is_copy
from fairlead.adapters.stores.report_text import report_from, text_of
from fairlead.adapters.stores.step import Step
from fairlead.model.report import Position, Report

__all__ = ["follow_events", "follow_fills", "report_of_row"]


def follow_events(step: Step, told: Told, _: Memory) -> None:
    """Add each report to the audit."""
    rows = [
        (
            *position,
            report.fields.get("account") or 0,
            report.order_id or None,
            report.kind,
            report.exec_type,
            report.ts_ns,
            text_of(report),
        )
        for position, report, _ in told.kept
        if not is_copy(report)
    ]
    step.add(order_events, rows)


def report_of_row(row: Sequence[Any]) -> Report:
    """Return a row of the audit as the report it keeps."""
    event_seq, sub, leg, _, _, kind, _, _, content = row
    return report_from(content, kind=kind, position=Position(event_seq, sub, leg))


def follow_fills(step: Step, told: Told, _: Memory) -> None:
    """Add the trades of each account."""
    rows = [
        (
            *position,
            account,
            report.order_id,
            fill.trade_id,
            report.symbol,
            (report.side or "").upper(),
            written(fill.price),
            written(fill.quantity),
            written(fill.fee),
            listing.quote.symbol,
            fill.liquidity,
            fill.time_ns,
        )
        for position, report, account, fill, _, listing in told.kept_sides
    ]
    step.add(fills, rows)
