"""Messages of the gateway about orders, read as reports."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from fairlead.client.instruments import Instruments
from fairlead.model.report import Position, Report
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["Position", "Report", "place_in", "position_of", "report_of"]

_WORDS: Final = {
    "Buy": "buy",
    "Sell": "sell",
    "Gtc": "gtc",
    "Day": "day",
    "Gtd": "gtd",
    "Ioc": "ioc",
    "Fok": "fok",
    "Ato": "ato",
    "Atc": "atc",
    "Gfa": "gfa",
    "Limit": "limit",
    "Market": "market",
    "MarketToLimit": "market_to_limit",
    "Pegged": "pegged",
}
_POSITIONED: Final = frozenset({"ExecutionReport", "CancelReject", "CommandReport"})


def position_of(message: Message) -> Position | None:
    """Return the place of a private message in the log, ``None`` of every other message."""
    if message.kind not in _POSITIONED:
        return None
    return place_in(message)


def place_in(message: Message) -> Position:
    """Return the place in the log that a message names."""
    event_seq, sub, leg = (_int(message.fields[f"position.{name}"]) for name in Position._fields)
    return Position(event_seq, sub, leg)


def report_of(message: Message, instruments: Instruments) -> Report:
    """Return a private message as a report."""
    if message.kind == "ExecutionReport":
        return _execution(message, instruments)
    fields = message.fields
    event = fields.get("event")
    return Report(
        kind=message.kind,
        fields=fields,
        position=position_of(message),
        is_rejected=message.kind in {"Reject", "CancelReject"} or event in {"Refused", "GroupRejected"},
        exec_type=None if event is None else str(event),
        cl_ord_id=_text(fields.get("cl_ord_id")),
        order_id=_int(fields.get("order_id")),
        reason=_text(fields.get("reason")),
        value=_int(fields.get("value")),
        limit=_int(fields.get("limit")),
        count=_int(fields.get("count")),
        id=_int(fields.get("id")),
        resent=bool(fields.get("resent")),
        ts_ns=_int(fields.get("ts_ns")),
    )


def _execution(message: Message, instruments: Instruments) -> Report:
    # Its fields have the types of the page of layouts.
    fields: Mapping[str, Any] = message.fields
    instrument = instruments.by_id(fields["instrument"])
    price, qty = instrument.to_price, instrument.to_qty
    cum_qty, cum_value = qty(fields["cum_qty"]), fields["cum_value"]
    avg_px = None
    if cum_qty and cum_value is not None:
        avg_px = (Decimal(cum_value) / fields["cum_qty"]).scaleb(-instrument.price_decimals)
    exec_type: str = fields["exec_type"]
    return Report(
        kind=message.kind,
        fields=fields,
        position=Position(fields["position.event_seq"], fields["position.sub"], fields["position.leg"]),
        is_rejected=exec_type == "Rejected",
        exec_type=exec_type,
        ord_status=fields["ord_status"],
        symbol=instrument.symbol or None,
        cl_ord_id=fields["cl_ord_id"],
        order_id=fields["order_id"],
        side=_WORDS.get(fields["side"]),
        ord_type=_WORDS.get(fields["ord_type"]),
        time_in_force=_WORDS.get(fields["tif"]),
        price=price(fields["price"]),
        order_qty=qty(fields["order_qty"]),
        leaves_qty=qty(fields["leaves_qty"]),
        cum_qty=cum_qty,
        avg_px=avg_px,
        last_qty=qty(fields["last_qty"]),
        last_px=price(fields["last_px"]),
        fee=instrument.to_money(fields["fee"]),
        trade_id=fields["trade_id"],
        trigger_price=price(fields["trigger_price"]),
        reason=fields["reject_reason"] or fields["end_reason"],
        value=fields["value"],
        limit=fields["limit"],
        repeated=fields["repeated"],
        resent=fields["resent"],
        ts_ns=fields["ts_ns"],
    )


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
