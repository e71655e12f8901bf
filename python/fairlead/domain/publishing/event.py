"""What is published of a report: itself for those who may see every account, and of a trade what everybody may see."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import msgspec

from fairlead.domain.publishing.cursor import Cursor
from fairlead.model.report import Report

__all__ = ["REPORTS", "TOPICS", "TRADES", "Event", "ReportBody", "TradeBody", "events_of"]

REPORTS: Final = "reports"
TRADES: Final = "trades"
TOPICS: Final = (REPORTS, TRADES)
# The key of what is about no instrument.
_NO_INSTRUMENT: Final = "exchange"
# A trade is told to both sides; it is published with the report of the buyer.
_BUY_LEG: Final = 1
_TAKER: Final = {"Removed": "BUY", "Added": "SELL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event.

    Attributes:
        topic: one of ``TOPICS``.
        key: its instrument; those of one key stay in their order.
        at: its place in the log; within a topic no other event has it.
        body: JSON as ``docs/reference/events.schema.json`` says.
    """

    topic: str
    key: str
    at: Cursor
    body: bytes


class ReportBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A report as JSON. What has no value is left out; numbers that may be large are texts."""

    position: str
    kind: str
    ts_ns: str
    account: int = 0
    symbol: str | None = None
    instrument: int | None = None
    exec_type: str | None = None
    ord_status: str | None = None
    order_id: str | None = None
    cl_ord_id: str | None = None
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
    trade_id: str | None = None
    liquidity: str | None = None
    trigger_price: str | None = None
    is_rejected: bool = False
    reason: str | None = None
    value: str | None = None
    limit: str | None = None
    count: str | None = None
    id: str | None = None


class TradeBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A trade as JSON, without who traded. ``taker_side`` is left out where nobody came in, as in an auction."""

    position: str
    symbol: str
    trade_id: str
    price: str
    quantity: str
    ts_ns: str
    taker_side: str | None = None


def events_of(report: Report, *, log_id: str) -> list[Event]:
    """Return what is published of a report; nothing of one that has no place in the log.

    A repeated answer is no news: its first outcome was published when it came.
    """
    if report.position is None or report.repeated:
        return []
    at = Cursor(log_id=log_id, position=report.position)
    key = report.symbol or _NO_INSTRUMENT
    events = [Event(topic=REPORTS, key=key, at=at, body=msgspec.json.encode(_report_body(report)))]
    trade = _trade_body(report)
    if trade is not None:
        events.append(Event(topic=TRADES, key=key, at=at, body=msgspec.json.encode(trade)))
    return events


def _report_body(report: Report) -> ReportBody:
    return ReportBody(
        position=_place(report),
        kind=report.kind,
        ts_ns=str(report.ts_ns),
        account=_whole(report, "account") or 0,
        symbol=report.symbol,
        instrument=_whole(report, "instrument"),
        exec_type=report.exec_type,
        ord_status=report.ord_status,
        order_id=_text(report.order_id),
        cl_ord_id=report.cl_ord_id,
        side=report.side,
        ord_type=report.ord_type,
        time_in_force=report.time_in_force,
        price=_decimal(report.price),
        order_qty=_decimal(report.order_qty),
        leaves_qty=_decimal(report.leaves_qty),
        cum_qty=_decimal(report.cum_qty),
        last_qty=_decimal(report.last_qty),
        last_px=_decimal(report.last_px),
        fee=_decimal(report.fee),
        trade_id=_text(report.trade_id),
        liquidity=_liquidity(report),
        trigger_price=_decimal(report.trigger_price),
        is_rejected=report.is_rejected,
        reason=report.reason,
        value=_text(report.value),
        limit=_text(report.limit),
        count=_text(report.count),
        id=_text(report.id),
    )


def _trade_body(report: Report) -> TradeBody | None:
    position, last_px, last_qty = report.position, report.last_px, report.last_qty
    is_told_here = report.exec_type == "Trade" and position is not None and position.leg == _BUY_LEG
    if not is_told_here or report.symbol is None or last_px is None or last_qty is None:
        return None
    return TradeBody(
        position=_place(report),
        symbol=report.symbol,
        trade_id=str(report.trade_id),
        price=_plain(last_px),
        quantity=_plain(last_qty),
        ts_ns=str(report.ts_ns),
        taker_side=_TAKER.get(_liquidity(report) or ""),
    )


def _place(report: Report) -> str:
    assert report.position is not None, "what has no place is not published"
    return ".".join(map(str, report.position))


def _liquidity(report: Report) -> str | None:
    value = report.fields.get("liquidity")
    return value if isinstance(value, str) else None


def _whole(report: Report, name: str) -> int | None:
    value = report.fields.get(name)
    return value if isinstance(value, int) else None


def _text(number: int) -> str | None:
    return str(number) if number else None


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else _plain(value)


def _plain(value: Decimal) -> str:
    """Return a decimal without an exponent, which ``str`` would write for a zero of eight decimals."""
    return format(value, "f")
