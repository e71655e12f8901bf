"""What the exchange tells about an order or a command, in decimals and lower-case words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

__all__ = ["BEGINNING", "Position", "Report", "ReportBatch"]

Value: TypeAlias = int | str | bool | bytes | None


class Position(NamedTuple):
    """The place of a report in the engine's log; it survives connections and restarts (FIX 17)."""

    event_seq: int
    sub: int
    leg: int


# Before every report.
BEGINNING: Final = Position(0, 0, 0)


class Report(Struct, frozen=True, kw_only=True):
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
        trigger_price: what it waits for, or what fired it.
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
    trigger_price: Decimal | None = None
    reason: str | None = None
    value: int = 0
    limit: int = 0
    count: int = 0
    id: int = 0
    repeated: bool = False
    resent: bool = False
    ts_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBatch:
    """Reports that follow each other.

    Attributes:
        reports: oldest first.
        has_gap: reports before the first of these are missing; they are in the log.
    """

    reports: Sequence[Report]
    has_gap: bool = False
