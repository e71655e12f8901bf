"""What the gateway tells a client about its orders, in decimals and lower-case words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from fairlead.client.instruments import Instruments
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["Position", "Report", "position_of", "report_of"]

_WORDS: Final = {
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


class Position(NamedTuple):
    """The place of a report in the engine's log; it survives connections and restarts (FIX 17)."""

    event_seq: int
    sub: int
    leg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One answer or one fact.

    Attributes:
        kind: ``ExecutionReport``, ``CancelReject``, ``CommandReport``, or ``Reject`` where it was not passed on.
        position: its place in the log; ``None`` of a ``Reject``, which has none.
        is_rejected: whether what was asked for was refused.
        exec_type: what happened, as in ``New``, ``Trade``, ``Canceled`` (FIX 150); of a command what became of it.
        ord_status: how the order stands (FIX 39).
        symbol: in what.
        cl_ord_id: the client's id (FIX 11).
        order_id: the exchange's id (FIX 37); 0 where there is no order.
        side: ``buy`` or ``sell``.
        ord_type: ``limit``, ``market``, ...
        time_in_force: ``gtc``, ``ioc``, ...
        price: its limit.
        order_qty: its total.
        leaves_qty: what remains.
        cum_qty: what traded.
        avg_px: average price of what traded; ``None`` before the first trade, and where not all of it is known.
        last_qty: quantity of this trade; of an end, what was cancelled.
        last_px: price of this trade.
        fee: what the order pays for this trade in the quote asset, negative for a rebate.
        trade_id: the trade (FIX 880), 0 for none.
        reason: why it was refused or ended.
        value: what was offered, as a whole number in the unit of the reason.
        limit: what it was measured against.
        count: of a command, how many.
        id: of a command, the id it made or names.
        repeated: the client id was used before for the same: this is the first outcome again.
        resent: it was sent before, on an earlier connection perhaps.
        ts_ns: when, in nanoseconds since the Unix epoch.
        fields: the message as it came.
    """

    kind: str
    fields: Mapping[str, Value]
    position: Position | None = None
    is_rejected: bool = False
    exec_type: str | None = None
    ord_status: str | None = None
    symbol: str | None = None
    cl_ord_id: str | None = None
    order_id: int = 0
    side: str | None = None
    ord_type: str | None = None
    time_in_force: str | None = None
    price: Decimal | None = None
    order_qty: Decimal | None = None
    leaves_qty: Decimal | None = None
    cum_qty: Decimal | None = None
    avg_px: Decimal | None = None
    last_qty: Decimal | None = None
    last_px: Decimal | None = None
    fee: Decimal | None = None
    trade_id: int = 0
    reason: str | None = None
    value: int = 0
    limit: int = 0
    count: int = 0
    id: int = 0
    repeated: bool = False
    resent: bool = False
    ts_ns: int = 0


def position_of(message: Message) -> Position | None:
    """Return the place of a private message in the log, ``None`` of every other message."""
    if message.kind not in _POSITIONED:
        return None
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
    fields = message.fields
    instrument = instruments.by_id(fields["instrument"])
    price, qty = instrument.to_price, instrument.to_qty
    cum_qty, cum_value = qty(fields["cum_qty"]), fields["cum_value"]
    avg_px = None
    if cum_qty and isinstance(cum_value, int):
        avg_px = Decimal(cum_value) / _int(fields["cum_qty"]) / 10**instrument.price_decimals
    return Report(
        kind=message.kind,
        fields=fields,
        position=position_of(message),
        is_rejected=fields["exec_type"] == "Rejected",
        exec_type=_text(fields["exec_type"]),
        ord_status=_text(fields["ord_status"]),
        symbol=instrument.symbol or None,
        cl_ord_id=_text(fields["cl_ord_id"]),
        order_id=_int(fields["order_id"]),
        side=None if fields["side"] is None else str(fields["side"]).lower(),
        ord_type=_WORDS.get(str(fields["ord_type"])),
        time_in_force=_WORDS.get(str(fields["tif"])),
        price=price(fields["price"]),
        order_qty=qty(fields["order_qty"]),
        leaves_qty=qty(fields["leaves_qty"]),
        cum_qty=cum_qty,
        avg_px=avg_px,
        last_qty=qty(fields["last_qty"]),
        last_px=price(fields["last_px"]),
        fee=instrument.to_money(fields["fee"]),
        trade_id=_int(fields["trade_id"]),
        reason=_text(fields["reject_reason"]) or _text(fields["end_reason"]),
        value=_int(fields["value"]),
        limit=_int(fields["limit"]),
        repeated=bool(fields["repeated"]),
        resent=bool(fields["resent"]),
        ts_ns=_int(fields["ts_ns"]),
    )


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
