"""What is kept of an order: what people see of it, and the sums over its trades, which no restart changes."""

from decimal import Decimal
from typing import Final

import msgspec
from msgspec.structs import replace

from fairlead.domain.trading.order_view import Fill, OrderView, fill_of, is_news, moved
from fairlead.domain.trading.sent import NS_PER_MS, Sent
from fairlead.model.listing import EXACT
from fairlead.model.report import Report
from fairlead.model.trade_revision import amendment_of

__all__ = ["OrderRecord", "kept_of", "record_after", "record_with", "value_of"]

_ZERO: Final = Decimal(0)


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as it is kept.

    Attributes:
        view: what people see. Its average price is that of ``filled_value``: the one in a report is missing for orders
            that traded before the exchange was started again.
        filled_value: price times quantity, summed over its trades.
        fees: summed over its trades, in the quote asset.
        first_seq: the command that brought it; the legs of a group have the same.
        expire_ns: when it ends by itself, nanoseconds since the Unix epoch.
        sent: what it was sent with that no report tells of; ``None``: nothing, or it is not known.
    """

    view: OrderView
    filled_value: Decimal
    fees: Decimal
    first_seq: int
    expire_ns: int | None
    sent: Sent | None = None


def kept_of(record: OrderRecord) -> Sent:
    """Return what is kept of what an order was sent with, beside what its reports say."""
    sent = record.sent or Sent(order_type=record.view.order_type)
    if record.expire_ns is None or record.view.time_in_force != "GTD":
        return sent
    return replace(sent, fields={**sent.fields, "expire_time": record.expire_ns // NS_PER_MS})


def record_after(record: OrderRecord | None, report: Report) -> OrderRecord | None:
    """Return an order as it is after a report: ``record`` itself where the report brings nothing."""
    fill = fill_of(report)
    return record_with(record, report, fill, _ZERO if fill is None else value_of(fill))


def record_with(record: OrderRecord | None, report: Report, fill: Fill | None, value: Decimal) -> OrderRecord | None:
    """Return the same where the trade that the report tells of, and its value, are known already."""
    before = None if record is None else record.view
    if not is_news(before, report):
        return record
    filled_value, fees = (_ZERO, _ZERO) if record is None else (record.filled_value, record.fees)
    if fill is not None:
        filled_value, fees = EXACT.add(filled_value, value), EXACT.add(fees, fill.fee)
    filled_quantity = report.cum_qty
    if record is not None and (amendment := amendment_of(report)) is not None:
        filled_value, fees = EXACT.add(filled_value, amendment.more_value), EXACT.add(fees, amendment.fee)
        filled_quantity = EXACT.add(record.view.filled_quantity, amendment.more_quantity)
    expire_ns = report.fields.get("expire_ns")
    view = moved(before, report, average_price=filled_value / filled_quantity if filled_quantity else None)
    return OrderRecord(
        view=view,
        filled_value=filled_value,
        fees=fees,
        first_seq=view.seq.event_seq if record is None else record.first_seq,
        expire_ns=expire_ns if isinstance(expire_ns, int) and expire_ns else None,
    )


def value_of(fill: Fill) -> Decimal:
    """Return price times quantity."""
    return EXACT.multiply(fill.price, fill.quantity)
