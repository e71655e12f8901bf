"""What is kept of an order: what people see of it, and the sums over its trades, which no restart changes."""

from dataclasses import dataclass, replace
from decimal import Decimal

from fairlead.domain.trading.order_view import Fill, OrderView, after, fill_of
from fairlead.model.listing import EXACT
from fairlead.model.report import Report

__all__ = ["OrderRecord", "record_after", "value_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order as it is kept.

    Attributes:
        view: what people see. Its average price is that of ``filled_value``: the one in a report is missing for orders
            that traded before the exchange was started again.
        filled_value: price times quantity, summed over its trades.
        fees: summed over its trades, in the quote asset.
        first_seq: the command that brought it; the legs of a group have the same.
        expire_ns: when it ends by itself, nanoseconds since the Unix epoch.
    """

    view: OrderView
    filled_value: Decimal
    fees: Decimal
    first_seq: int
    expire_ns: int | None


def record_after(record: OrderRecord | None, report: Report) -> OrderRecord | None:
    """Return an order as it is after a report: ``record`` itself where the report brings nothing."""
    before = None if record is None else record.view
    view = after(before, report)
    if view is None or view is before:
        return record
    value = Decimal(0) if record is None else record.filled_value
    fees = Decimal(0) if record is None else record.fees
    fill = fill_of(report)
    if fill is not None:
        value = EXACT.add(value, value_of(fill))
        fees = EXACT.add(fees, fill.fee)
    expire_ns = report.fields.get("expire_ns")
    return OrderRecord(
        view=replace(view, average_price=value / view.filled_quantity if view.filled_quantity else None),
        filled_value=value,
        fees=fees,
        first_seq=view.seq.event_seq if record is None else record.first_seq,
        expire_ns=expire_ns if isinstance(expire_ns, int) and expire_ns else None,
    )


def value_of(fill: Fill) -> Decimal:
    """Return price times quantity."""
    return EXACT.multiply(fill.price, fill.quantity)
