"""What live connections and a bus are told of a report: the fields, words and decimals that the routes have."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from fairlead.domain.trading.order_view import OrderView, status_of
from fairlead.domain.trading.refusals import REFUSALS
from fairlead.domain.trading.refused import Scales, measured
from fairlead.model.api_words import word
from fairlead.model.instants import iso
from fairlead.model.report import Report
from fairlead.model.trade_revision import amendment_of

__all__ = ["ReportBody", "report_body"]

_SELL: Final = "SELL"


class ReportBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A report as JSON. What has no value is left out; numbers that may be large are texts."""

    position: str
    kind: str
    time: str
    account: int = 0
    symbol: str | None = None
    instrument: int | None = None
    exec_type: str | None = None
    status: str | None = None
    order_id: str | None = None
    client_order_id: str | None = None
    side: str | None = None
    order_type: str | None = None
    time_in_force: str | None = None
    price: str | None = None
    quantity: str | None = None
    remaining_quantity: str | None = None
    filled_quantity: str | None = None
    last_quantity: str | None = None
    last_price: str | None = None
    previous_quantity: str | None = None
    previous_price: str | None = None
    fee: str | None = None
    trade_id: str | None = None
    liquidity: str | None = None
    trigger_price: str | None = None
    is_rejected: bool = False
    reason: str | None = None
    field: str | None = None
    value: str | None = None
    limit: str | None = None
    fix: str | None = None
    count: str | None = None
    id: str | None = None


def report_body(report: Report, *, order: OrderView | None = None, scales: Scales | None = None) -> ReportBody:
    """Return what is told of a report that has a place in the log.

    Args:
        report: what the exchange said.
        order: the order that a change was refused of, whose report does not name its instrument; ``None``: not known.
        scales: of the instrument; ``None``: what a refusal measured in them is left out.
    """
    side = _upper(report.side) or (None if order is None else order.side)
    amendment = amendment_of(report)
    return ReportBody(
        position=_place(report),
        kind=report.kind,
        time=iso(report.ts_ns),
        account=_whole(report, "account") or 0,
        symbol=report.symbol or (None if order is None else order.symbol),
        instrument=_whole(report, "instrument"),
        exec_type=None if report.exec_type is None else word(report.exec_type),
        status=status_of(report) if report.ord_status else None,
        order_id=_text(report.order_id),
        client_order_id=report.cl_ord_id,
        side=side,
        order_type=_upper(report.ord_type),
        time_in_force=_upper(report.time_in_force),
        price=_decimal(report.price),
        quantity=_decimal(report.order_qty),
        remaining_quantity=_decimal(report.leaves_qty),
        filled_quantity=_decimal(report.cum_qty),
        last_quantity=_decimal(report.last_qty),
        last_price=_decimal(report.last_px),
        previous_quantity=None if amendment is None else _decimal(amendment.was_quantity),
        previous_price=None if amendment is None else _decimal(amendment.was_price),
        fee=_decimal(report.fee),
        trade_id=_text(report.trade_id),
        liquidity=_liquidity(report),
        trigger_price=_decimal(report.trigger_price),
        is_rejected=report.is_rejected,
        reason=report.reason,
        count=_text(report.count),
        id=_text(report.id),
        **_measures(report, scales, is_sale=side == _SELL),
    )


def _measures(report: Report, scales: Scales | None, *, is_sale: bool) -> Mapping[str, str | None]:
    """What a problem of the routes says of a refusal beside its code; of a command, its numbers as they came."""
    refusal = REFUSALS.get(report.reason or "")
    if refusal is None:
        is_command = report.kind == "CommandReport"
        return {"value": _text(report.value), "limit": _text(report.limit)} if is_command else {}
    value, limit = measured(report, scales=scales, is_sale=is_sale) or (None, None)
    return {"field": refusal.field, "value": value, "limit": limit, "fix": refusal.fix}


def _place(report: Report) -> str:
    assert report.position is not None, "what has no place is not told"
    return ".".join(map(str, report.position))


def _liquidity(report: Report) -> str | None:
    value = report.fields.get("liquidity")
    return value.upper() if isinstance(value, str) else None


def _whole(report: Report, name: str) -> int | None:
    value = report.fields.get(name)
    return value if isinstance(value, int) else None


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


def _text(number: int) -> str | None:
    return str(number) if number else None


def _decimal(value: Decimal | None) -> str | None:
    """Return a decimal without an exponent, which ``str`` would write for a zero of eight decimals."""
    return None if value is None else format(value, "f")
