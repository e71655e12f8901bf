"""Orders and their client ids, as the reports leave them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import put
from fairlead.adapters.stores.projection_tables import order_client_ids, orders
from fairlead.domain.trading.order_record import OrderRecord, record_after
from fairlead.domain.trading.order_view import OrderView
from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report

__all__ = ["follow_orders", "record_of"]


async def follow_orders(step: AsyncConnection, reports: Sequence[Report], _: Mapping[int, Listing]) -> None:
    """Bring the orders that the reports speak of to where they are after them."""
    spoken = [report for report in reports if report.kind == "ExecutionReport" and report.order_id]
    known = await _known(step, sorted({report.order_id for report in spoken}))
    after: dict[int, OrderRecord] = {}
    ids: dict[tuple[int, str], int] = {}
    for report in spoken:
        before = after.get(report.order_id) or known.get(report.order_id)
        record = record_after(before, report)
        if record is None or record is before:
            continue
        after[report.order_id] = record
        if record.view.client_order_id is not None:
            ids[record.view.account, record.view.client_order_id] = report.order_id
    await put(step, orders, [_row(record) for record in after.values()])
    named = [
        {"account": account, "client_order_id": name, "order_id": order_id} for (account, name), order_id in ids.items()
    ]
    await put(step, order_client_ids, named)


async def _known(step: AsyncConnection, order_ids: list[int]) -> dict[int, OrderRecord]:
    if not order_ids:
        return {}
    rows = await step.execute(select(orders).where(orders.c.order_id.in_(order_ids)))
    return {row.order_id: record_of(row) for row in rows}


_VIEWED: Final = (
    "order_id",
    "account",
    "client_order_id",
    "symbol",
    "side",
    "order_type",
    "time_in_force",
    "status",
    "price",
    "quantity",
    "filled_quantity",
    "remaining_quantity",
    "trigger_price",
    "reason",
)


def record_of(row: Row[Any]) -> OrderRecord:
    """Return a row as the order it keeps."""
    view = OrderView(
        average_price=row.filled_value / row.filled_quantity if row.filled_quantity else None,
        created_ns=row.created_ts_ns,
        updated_ns=row.updated_ts_ns,
        seq=Position(row.event_seq, row.sub, row.leg),
        **{name: getattr(row, name) for name in _VIEWED},
    )
    return OrderRecord(
        view=view,
        filled_value=row.filled_value,
        fees=row.fees,
        first_seq=row.first_seq,
        expire_ns=row.expire_ts_ns,
    )


def _row(record: OrderRecord) -> dict[str, object]:
    view = record.view
    return {
        **{name: getattr(view, name) for name in _VIEWED},
        "expire_ts_ns": record.expire_ns,
        "filled_value": record.filled_value,
        "fees": record.fees,
        "first_seq": record.first_seq,
        "created_ts_ns": view.created_ns,
        "updated_ts_ns": view.updated_ns,
        **view.seq._asdict(),
    }
