"""A report that says no becomes an error that says what was refused, why, by how much, and what to do."""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, Self

from fairlead.domain.trading.errors import RefusedError
from fairlead.domain.trading.refusals import REFUSALS, Kind, Refusal, Unit
from fairlead.errors import InternalError, UnavailableError
from fairlead.model.listing import Listing
from fairlead.model.report import Report

__all__ = [
    "Scales",
    "finished_order",
    "measured",
    "not_yet_readable",
    "perhaps_not_yet_readable",
    "refused",
    "unknown_group",
    "unknown_order",
]

_NS_PER_S: Final = 1_000_000_000
_OF_ORDERS: Final = frozenset({"ExecutionReport", "CancelReject"})
# Its limit is the distance between two prices, not a price.
_STEP: Final = "PRICE_TICK"
# Amounts have 128 bits.
_EXACT: Final = Context(prec=80)

# What the gateway says where a message did not reach the exchange: nothing was done.
_NOT_PASSED_ON: Final = {
    "Throttled": ("THROTTLED", Kind.THROTTLED, "too many requests reach the exchange", "send it again later"),
    "Busy": ("BUSY", Kind.UNAVAILABLE, "as many commands wait as may", "nothing was done: send it again later"),
    "DiskFull": ("DISK_FULL", Kind.UNAVAILABLE, "the disk is full", "nothing was done; cancels pass"),
    "Stopped": ("STOPPED", Kind.UNAVAILABLE, "the exchange is ending", "nothing was done: send it again later"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """Decimals of the numbers of an instrument: its prices, its quantities, and amounts of its two assets.

    ``is_event``: whether it is the market of an event, where YES and NO are sides.
    """

    price: int
    quantity: int
    base: int
    quote: int
    is_event: bool = False

    @classmethod
    def of(cls, listing: Listing) -> Self:
        """Return those of an instrument."""
        return cls(
            price=listing.price_decimals,
            quantity=listing.qty_decimals,
            base=listing.base.decimals,
            quote=listing.quote.decimals,
            is_event=listing.no is not None,
        )


def refused(
    report: Report, *, what: str, scales: Scales | None = None, is_sale: bool = False, is_no: bool = False
) -> RefusedError:
    """Return the error of a report whose ``is_rejected`` is true.

    Args:
        report: what the exchange or its gateway said.
        what: what was refused, with its ids, as in ``order clientOrderId=A1 symbol=BTC-USD``.
        scales: of its instrument; ``None``: its numbers are left out.
        is_sale: whether the order sells.
        is_no: whether it was asked for as one of NO, at 1 less the price that it has.

    Raises:
        InternalError: the gateway refuses what the service must not send.
    """
    reason = report.reason or ""
    if report.kind == "Reject":
        if reason == "UnknownInstrument":
            return _of(REFUSALS["UNKNOWN_INSTRUMENT"], "UNKNOWN_INSTRUMENT", what)
        if reason not in _NOT_PASSED_ON:
            raise InternalError(f"the gateway refused: reason={reason} {what}")
        code, kind, why, fix = _NOT_PASSED_ON[reason]
        wait_ns = 0 if reason == "DiskFull" else _NS_PER_S
        return RefusedError(code, kind=kind, detail=f"{what} was refused: {why}", fix=fix, wait_ns=wait_ns)
    if reason not in REFUSALS:
        raise UnavailableError(f"the exchange is newer than the service: reason={reason}")
    refusal = REFUSALS[reason]
    numbers = None if report.repeated else measured(report, scales=scales, is_sale=is_sale, is_no=is_no)
    if numbers is None:
        return _of(refusal, reason, what)
    value, limit = numbers
    return _of(refusal, reason, what, value=value, limit=limit, wait_ns=report.value if reason == "MSG_RATE" else 0)


def measured(
    report: Report, *, scales: Scales | None, is_sale: bool = False, is_no: bool = False
) -> tuple[str, str] | None:
    """Return what a refusal offered and its limit, as decimals; ``None`` where there is nothing to read."""
    refusal = REFUSALS.get(report.reason or "")
    decimals = None if refusal is None else _decimals(report, refusal.unit, scales, is_sale=is_sale)
    if refusal is None or decimals is None:
        return None
    value, limit = report.value, report.limit
    if is_no and refusal.unit is Unit.PRICE:
        one = 10**decimals
        value, limit = one - value, limit if report.reason == _STEP else one - limit
    return _text(value, decimals), _text(limit, decimals)


def unknown_order(order_id: int | str) -> RefusedError:
    """Return the error of an order that the account does not have."""
    return _of(REFUSALS["UNKNOWN_ORDER"], "UNKNOWN_ORDER", f"order orderId={order_id}")


def finished_order(order_id: int) -> RefusedError:
    """Return the error of an order that the account had, and that has ended."""
    return _of(REFUSALS["ORDER_FINISHED"], "ORDER_FINISHED", f"order orderId={order_id}")


def unknown_group(group_id: int | str) -> RefusedError:
    """Return the error of a group that the account does not have."""
    return _of(REFUSALS["UNKNOWN_GROUP"], "UNKNOWN_GROUP", f"group groupId={group_id}")


def not_yet_readable(what: str) -> RefusedError:
    """Return the error of an order that the exchange has, and of which the service cannot tell yet how it stands."""
    return _not_yet(f"{what} was taken before; how it stands cannot be read yet")


def perhaps_not_yet_readable(what: str) -> RefusedError:
    """Return the error of an order that is not found while what is found is older than what was answered."""
    return _not_yet(f"{what} is not found, but what can be read is older than what was answered")


def _not_yet(detail: str) -> RefusedError:
    return RefusedError(
        "NOT_YET_READABLE",
        kind=Kind.UNAVAILABLE,
        detail=detail,
        fix="ask GET /orders for it a little later",
        wait_ns=_NS_PER_S,
    )


def _of(
    refusal: Refusal, code: str, what: str, *, value: str | None = None, limit: str | None = None, wait_ns: int = 0
) -> RefusedError:
    measured = "" if value is None else f": value={value} limit={limit}"
    return RefusedError(
        code,
        kind=refusal.kind,
        detail=f"{what} was refused: {refusal.what}{measured}",
        fix=refusal.fix,
        field=refusal.field,
        value=value,
        limit=limit,
        wait_ns=wait_ns,
    )


def _decimals(report: Report, unit: Unit, scales: Scales | None, *, is_sale: bool) -> int | None:
    """How many decimals a number has; ``None``: there is none, or it cannot be read."""
    if unit is Unit.NOTHING:
        return None
    if unit is Unit.PLAIN:
        return 0
    if scales is None:
        return None
    if unit is Unit.RESERVED:
        if scales.is_event and report.kind in _OF_ORDERS:
            # Who has not what a new order gives pays for pairs; what a change needs more of, its report does not say.
            return scales.quote if report.kind == "ExecutionReport" else None
        return scales.base if is_sale else scales.quote
    return {Unit.PRICE: scales.price, Unit.QUANTITY: scales.quantity, Unit.MONEY: scales.quote}[unit]


def _text(mantissa: int, decimals: int) -> str:
    return f"{Decimal(mantissa).scaleb(-decimals, context=_EXACT):f}"
