"""Orders and their client ids, as the reports leave them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import order_client_ids, orders
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.term_rows import SENT, sent_in
from fairlead.adapters.stores.projections.told import Told
from fairlead.adapters.stores.step import Row, Step, names_of
from fairlead.domain.trading.order_record import OrderRecord, record_with
from fairlead.domain.trading.order_view import OrderView
from fairlead.model.report import Position

__all__ = ["RECORD", "follow_orders", "record_of"]

# The columns of which ``record_of`` makes an order, those of ``WITH_TERMS``.
RECORD: Final = f"{names_of(orders)}, {SENT}"

_KNOWN: Final = f"SELECT {names_of(orders)}, NULL FROM orders WHERE order_id IN"
_NO_TRADE: Final = (None, Decimal(0))
_NEWEST: Final = "SELECT max(order_id) FROM orders"
# What no report changes.
_FIXED: Final = frozenset(
    {"account", "symbol", "side", "order_type", "time_in_force", "first_seq", "created_ts_ns"},
)


def follow_orders(step: Step, told: Told, memory: Memory) -> None:
    """Bring the orders that the reports speak of to where they are after them."""
    spoken = [(it, side) for _, it, side in told.reports if it.kind == "ExecutionReport" and it.order_id]
    if not spoken:
        return
    _read(step, memory, [report.order_id for report, _ in spoken])
    known, changed = memory.orders, {}
    ids: dict[tuple[int, str], int] = {}
    for report, side in spoken:
        number = report.order_id
        before = known.get(number)
        record = record_with(before, report, *(_NO_TRADE if side is None else (side.fill, side.value)))
        if record is None or record is before:
            continue
        known.keep(number, record)
        changed[number] = record
        name = record.view.client_order_id
        if name is not None and (before is None or before.view.client_order_id != name):
            ids[record.view.account, name] = number
    step.put(orders, [_row(record) for record in changed.values()], fixed=_FIXED)
    step.put(order_client_ids, [(account, name, order_id) for (account, name), order_id in ids.items()])
    memory.newest_order = max(memory.newest_order or 0, *changed) if changed else memory.newest_order
    for number, record in changed.items():
        if not record.view.is_open:
            known.drop(number)


def _read(step: Step, memory: Memory, numbers: Sequence[int]) -> None:
    """Remember the orders that are in the tables."""
    if memory.newest_order is None:
        ((newest,),) = step.rows(_NEWEST)
        memory.newest_order = newest or 0
    unknown = [(number,) for number in memory.orders.unknown(numbers) if number <= memory.newest_order]
    for row in step.any_of(_KNOWN, unknown):
        memory.orders.keep(row[0], record_of(row))


def record_of(row: Sequence[Any]) -> OrderRecord:
    """Return a row of ``RECORD`` as the order it keeps."""
    (
        order_id,
        account,
        client_order_id,
        symbol,
        side,
        order_type,
        time_in_force,
        expire_ns,
        status,
        price,
        quantity,
        filled_quantity,
        remaining_quantity,
        filled_value,
        fees,
        trigger_price,
        reason,
        first_seq,
        created_ns,
        updated_ns,
        *place,
        terms,
    ) = row
    value, filled = Decimal(filled_value), Decimal(filled_quantity)
    view = OrderView(
        order_id=order_id,
        account=account,
        client_order_id=client_order_id,
        symbol=symbol,
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        status=status,
        price=None if price is None else Decimal(price),
        quantity=Decimal(quantity),
        filled_quantity=filled,
        remaining_quantity=Decimal(remaining_quantity),
        average_price=value / filled if filled else None,
        trigger_price=None if trigger_price is None else Decimal(trigger_price),
        reason=reason,
        created_ns=created_ns,
        updated_ns=updated_ns,
        seq=Position(*place),
    )
    return OrderRecord(
        view=view,
        filled_value=value,
        fees=Decimal(fees),
        first_seq=first_seq,
        expire_ns=expire_ns,
        sent=sent_in(terms),
    )


def _row(record: OrderRecord) -> Row:
    view = record.view
    return (
        view.order_id,
        view.account,
        view.client_order_id,
        view.symbol,
        view.side,
        view.order_type,
        view.time_in_force,
        record.expire_ns,
        view.status,
        None if view.price is None else written(view.price),
        written(view.quantity),
        written(view.filled_quantity),
        written(view.remaining_quantity),
        written(record.filled_value),
        written(record.fees),
        None if view.trigger_price is None else written(view.trigger_price),
        view.reason,
        record.first_seq,
        view.created_ns,
        view.updated_ns,
        *view.seq,
    )
