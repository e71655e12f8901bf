"""What people see of an order and of its trades, from the reports of the exchange: each once, in their order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from fairlead.model.listing import EXACT
from fairlead.model.report import Position, Report
from fairlead.model.trade_revision import Amendment, amendment_of

__all__ = ["Fill", "OrderView", "after", "fill_of", "is_news", "moved", "status_of"]

# What an execution type makes of an order whose report does not say it by its status.
_ENDED: Final[Mapping[str, str]] = {"Canceled": "CANCELED", "Expired": "EXPIRED", "Rejected": "REJECTED"}
_STATUS: Final[Mapping[str, str]] = {
    "New": "OPEN",
    "PartiallyFilled": "PARTIALLY_FILLED",
    "Filled": "FILLED",
    "Suspended": "PENDING_TRIGGER",
    "Canceled": "CANCELED",
    "Expired": "EXPIRED",
    "Rejected": "REJECTED",
    # Said of an order that ended before: how is in an earlier report.
    "Ended": "ENDED",
}

_ZERO: Final = Decimal(0)


class Fill(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One trade of an order. ``fee`` is in the quote asset, negative for a rebate; ``liquidity`` as in FIX 851."""

    trade_id: int
    price: Decimal
    quantity: Decimal
    fee: Decimal
    liquidity: str
    time_ns: int


class OrderView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order.

    Attributes:
        seq: the place of its newest report in the log of the exchange: of two views the later one.
        reason: why it was refused or ended, in the words of the exchange; ``None`` while it lives.
        created_ns: when the exchange took or refused it; ``updated_ns``: when its newest report was.
    """

    order_id: int
    account: int
    client_order_id: str | None
    symbol: str
    side: str
    order_type: str
    time_in_force: str
    status: str
    price: Decimal | None
    quantity: Decimal
    filled_quantity: Decimal
    remaining_quantity: Decimal
    average_price: Decimal | None
    trigger_price: Decimal | None
    reason: str | None
    created_ns: int
    updated_ns: int
    seq: Position

    @property
    def is_open(self) -> bool:
        """Whether more can happen to it."""
        return self.status in {"OPEN", "PARTIALLY_FILLED", "PENDING_TRIGGER"}


def after(view: OrderView | None, report: Report) -> OrderView | None:
    """Return an order as it is after a report: ``view`` itself where the report brings nothing.

    A report that was seen before, or is older than the newest one seen, changes nothing: a stream that begins again
    somewhere in the past counts nothing twice.

    Args:
        view: the order before, ``None`` where this is the first report of it. A refused order has none, and no id:
            whoever sent it knows what it was.
        report: an execution report; others leave the order as it is.
    """
    if not is_news(view, report):
        return view
    average = report.avg_px
    if average is None and view is not None:
        amendment = amendment_of(report)
        average = view.average_price if amendment is None else _average_after(view, amendment)
    return moved(view, report, average_price=average)


def _average_after(view: OrderView, amendment: Amendment) -> Decimal | None:
    filled = EXACT.add(view.filled_quantity, amendment.more_quantity)
    if view.average_price is None or filled <= 0:
        return None
    return (view.average_price * view.filled_quantity + amendment.more_value) / filled


def is_news(view: OrderView | None, report: Report) -> bool:
    """Whether a report tells of an order what was not seen before."""
    if report.kind != "ExecutionReport" or report.position is None or report.repeated:
        return False
    if report.symbol is None or not report.order_id:
        return False
    if view is None:
        # Of an order that is not known any more, an amended trade says too little.
        return amendment_of(report) is None
    return report.position > view.seq


def moved(view: OrderView | None, report: Report, *, average_price: Decimal | None) -> OrderView:
    """Return an order as it is after a report that ``is_news``.

    Args:
        view: the order before.
        report: what came.
        average_price: of all its trades.
    """
    assert report.position is not None, "news have a place in the log"
    if view is None:
        return _first(report, report.position, average_price)
    if (amendment := amendment_of(report)) is not None:
        return _amended(view, report, amendment, average_price)
    return OrderView(
        order_id=view.order_id,
        account=view.account,
        client_order_id=report.cl_ord_id or view.client_order_id,
        symbol=view.symbol,
        side=view.side,
        order_type=view.order_type,
        time_in_force=view.time_in_force,
        status=status_of(report),
        price=report.price,
        quantity=_or_zero(report.order_qty),
        filled_quantity=_or_zero(report.cum_qty),
        remaining_quantity=_or_zero(report.leaves_qty),
        average_price=average_price,
        trigger_price=view.trigger_price if report.trigger_price is None else report.trigger_price,
        reason=report.reason if report.exec_type in _ENDED else view.reason,
        created_ns=view.created_ns,
        updated_ns=report.ts_ns,
        seq=report.position,
    )


def _amended(view: OrderView, report: Report, amendment: Amendment, average_price: Decimal | None) -> OrderView:
    """What it traded is less or at another price; where it stands, it stays."""
    assert report.position is not None, "news have a place in the log"
    return msgspec.structs.replace(
        view,
        filled_quantity=max(EXACT.add(view.filled_quantity, amendment.more_quantity), _ZERO),
        average_price=average_price,
        updated_ns=report.ts_ns,
        seq=report.position,
    )


def _first(report: Report, position: Position, average_price: Decimal | None) -> OrderView:
    return OrderView(
        order_id=report.order_id,
        account=_whole(report, "account"),
        client_order_id=report.cl_ord_id,
        symbol=report.symbol or "",
        side=(report.side or "").upper(),
        order_type=(report.ord_type or "").upper(),
        time_in_force=(report.time_in_force or "").upper(),
        status=status_of(report),
        price=report.price,
        quantity=_or_zero(report.order_qty),
        filled_quantity=_or_zero(report.cum_qty),
        remaining_quantity=_or_zero(report.leaves_qty),
        average_price=average_price,
        trigger_price=report.trigger_price,
        reason=report.reason if report.exec_type in _ENDED else None,
        created_ns=report.ts_ns,
        updated_ns=report.ts_ns,
        seq=position,
    )


def status_of(report: Report) -> str:
    """Return how an order stands after an execution report of it."""
    ended = _ENDED.get(report.exec_type or "")
    return _STATUS[report.ord_status or ""] if ended is None else ended


def fill_of(report: Report) -> Fill | None:
    """Return the trade that a report tells of. It counts where ``after`` gave another view, and only there."""
    if report.exec_type != "Trade" or report.last_px is None or report.last_qty is None:
        return None
    return Fill(
        trade_id=report.trade_id,
        price=report.last_px,
        quantity=report.last_qty,
        fee=_or_zero(report.fee),
        liquidity=str(report.fields.get("liquidity") or "").upper(),
        time_ns=report.ts_ns,
    )


def _whole(report: Report, name: str) -> int:
    value = report.fields.get(name)
    return value if isinstance(value, int) else 0


def _or_zero(value: Decimal | None) -> Decimal:
    return _ZERO if value is None else value
