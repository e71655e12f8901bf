"""What is published of a report: itself for those who may see every account, and of a trade what everybody may see."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import msgspec

from fairlead.domain.publishing.cursor import Cursor
from fairlead.model.instants import iso
from fairlead.model.report import Report

__all__ = ["REPORTS", "TOPICS", "TRADES", "Event", "TradeBody", "events_of", "is_news"]

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


class TradeBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A trade as JSON, without who traded. ``taker_side`` is left out where nobody came in, as in an auction."""

    position: str
    symbol: str
    trade_id: str
    price: str
    quantity: str
    time: str
    taker_side: str | None = None


def events_of(report: Report, *, log_id: str, symbol: str | None, body: bytes) -> list[Event]:
    """Return what is published of a report; nothing of one that is no news.

    Args:
        report: what the exchange said.
        log_id: of which log.
        symbol: which instrument it is about; ``None``: none.
        body: what is told of it to those who may see every account, as JSON.
    """
    if report.position is None or not is_news(report):
        return []
    at = Cursor(log_id=log_id, position=report.position)
    key = symbol or _NO_INSTRUMENT
    events = [Event(topic=REPORTS, key=key, at=at, body=body)]
    trade = _trade_body(report)
    if trade is not None:
        events.append(Event(topic=TRADES, key=key, at=at, body=msgspec.json.encode(trade)))
    return events


def is_news(report: Report) -> bool:
    """Whether a report is published: it has a place in the log, and is no answer that is repeated.

    The first outcome of a repeated one was published when it came.
    """
    return report.position is not None and not report.repeated


def _trade_body(report: Report) -> TradeBody | None:
    position, last_px, last_qty = report.position, report.last_px, report.last_qty
    if report.exec_type != "Trade" or position is None or position.leg != _BUY_LEG:
        return None
    if report.symbol is None or last_px is None or last_qty is None:
        return None
    return TradeBody(
        position=".".join(map(str, position)),
        symbol=report.symbol,
        trade_id=str(report.trade_id),
        price=_plain(last_px),
        quantity=_plain(last_qty),
        time=iso(report.ts_ns),
        taker_side=_TAKER.get(str(report.fields.get("liquidity"))),
    )


def _plain(value: Decimal) -> str:
    """Return a decimal without an exponent, which ``str`` would write for a zero of eight decimals."""
    return format(value, "f")
