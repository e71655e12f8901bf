"""A report as it is kept: the words it came with, and nothing that depends on the connection it came through."""

from decimal import Decimal
from typing import Any, Final

import msgspec

from fairlead.adapters.stores.exact import written
from fairlead.model.report import Position, Report

__all__ = ["report_from", "text_of"]

_DECIMALS: Final = frozenset(
    {"price", "order_qty", "leaves_qty", "cum_qty", "last_qty", "last_px", "fee", "trigger_price"}
)
# Whole numbers of up to 128 bits, for which JSON has no form that all readers take.
_WIDE: Final = frozenset({"value", "limit"})


class _Fields(msgspec.Struct, omit_defaults=True, gc=False):
    """Of the message itself: what the report has no word for. 0 is a number of an instrument, and of a kill switch."""

    account: Any = None
    cause: Any = None
    event: Any = None
    expire_ns: Any = None
    instrument: Any = None
    is_amend: Any = None
    liquidity: Any = None
    other: Any = None
    priority_kept: Any = None
    self_match: Any = None


class _Said(msgspec.Struct, omit_defaults=True, gc=False):
    """A report without what has columns, which are the place and the kind; and without what depends on a connection.

    The average price is missing after a restart of the exchange, and whether it was sent again says something about a
    connection only.
    """

    is_rejected: bool = False
    exec_type: str | None = None
    ord_status: str | None = None
    symbol: str | None = None
    cl_ord_id: str | None = None
    order_id: int = 0
    side: str | None = None
    ord_type: str | None = None
    time_in_force: str | None = None
    price: str | None = None
    order_qty: str | None = None
    leaves_qty: str | None = None
    cum_qty: str | None = None
    last_qty: str | None = None
    last_px: str | None = None
    fee: str | None = None
    trade_id: int = 0
    trigger_price: str | None = None
    reason: str | None = None
    value: str | None = None
    limit: str | None = None
    count: int = 0
    id: int = 0
    repeated: bool = False
    ts_ns: int = 0
    fields: _Fields | None = None


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


def text_of(report: Report) -> str:
    """Return a report as JSON; the same report gives the same text in every life of the service."""
    it, told = report, report.fields.get
    said = _Said(
        it.is_rejected,
        it.exec_type,
        it.ord_status,
        it.symbol,
        it.cl_ord_id,
        it.order_id,
        it.side,
        it.ord_type,
        it.time_in_force,
        _number(it.price),
        _number(it.order_qty),
        _number(it.leaves_qty),
        _number(it.cum_qty),
        _number(it.last_qty),
        _number(it.last_px),
        _number(it.fee),
        it.trade_id,
        _number(it.trigger_price),
        it.reason,
        str(it.value) if it.value else None,
        str(it.limit) if it.limit else None,
        it.count,
        it.id,
        it.repeated,
        it.ts_ns,
        _Fields(
            told("account"),
            told("cause"),
            told("event"),
            told("expire_ns"),
            told("instrument"),
            told("is_amend") or None,
            told("liquidity"),
            told("other"),
            told("priority_kept") or None,
            told("self_match") or None,
        ),
    )
    return _encode(said).decode()


def report_from(text: str, *, kind: str, position: Position) -> Report:
    """Return a report that was kept; its ``fields`` are the few that it has no other word for."""
    said = _decode(text)
    return Report(kind=kind, position=position, **{name: _read(name, value) for name, value in said.items()})


def _number(value: Decimal | None) -> str | None:
    return None if value is None else written(value)


def _read(name: str, value: Any) -> Any:
    if name in _DECIMALS:
        return Decimal(value)
    return int(value) if name in _WIDE else value
