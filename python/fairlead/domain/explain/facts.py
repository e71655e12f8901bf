"""What is kept of an order, and a line of its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fairlead.model.listing import EXACT, Listing
from fairlead.model.report import Position, Report

__all__ = ["Line", "OrderFacts", "line_of", "needs_command", "price_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What is kept of an order.

    Attributes:
        own: its reports, oldest first.
        beside: the other reports of the commands that may say more of them, oldest first, those of others among them.
        market: reports of ``MARKET_EVENTS`` while it was open, of any market, oldest first.
        listings: the instruments by their numbers.
        is_whole: whether nothing was left out for being too much.
    """

    own: Sequence[Report]
    beside: Sequence[Report]
    market: Sequence[Report]
    listings: Mapping[int, Listing]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened.

    Attributes:
        position: where it stands in the log.
        event: what, as in ``ExecType`` of the wire.
        cause: what in the command's work it comes from, as in ``Cause`` of the wire; ``None`` of a market.
        code: the reason of a refusal or an end.
        value: what was offered, and its ``limit``, where something was measured.
        orders: other orders of the same account that had a part.
        trades: trades that had a part.
        group_id: the group it came with.
        is_of_market: it happened to the market, not to the order.
    """

    position: Position
    ts_ns: int
    event: str
    text: str
    cause: str | None = None
    code: str | None = None
    value: str | None = None
    limit: str | None = None
    orders: tuple[int, ...] = ()
    trades: tuple[int, ...] = ()
    group_id: int | None = None
    is_of_market: bool = False


def needs_command(report: Report) -> bool:
    """Whether the other reports of its command say more of a report than it does itself."""
    return report.exec_type != "Trade" or str(report.fields.get("liquidity")).upper() != "ADDED"


def line_of(
    report: Report,
    text: str,
    *,
    code: str | None = None,
    numbers: tuple[str, str] | None = None,
    orders: tuple[int, ...] = (),
    trades: tuple[int, ...] = (),
    group_id: int | None = None,
    is_of_market: bool = False,
) -> Line:
    """Return a line about a report."""
    assert report.position is not None, f"what is kept has a place in the log: {report}"
    cause = report.fields.get("cause")
    return Line(
        position=report.position,
        ts_ns=report.ts_ns,
        event=report.exec_type or report.kind,
        text=text,
        cause=cause if isinstance(cause, str) else None,
        code=code,
        value=None if numbers is None else numbers[0],
        limit=None if numbers is None else numbers[1],
        orders=orders,
        trades=trades,
        group_id=group_id,
        is_of_market=is_of_market,
    )


def price_of(mantissa: int, listing: Listing | None) -> Decimal | None:
    """Return a price as a decimal; ``None`` where the instrument is not known."""
    return None if listing is None else Decimal(mantissa).scaleb(-listing.price_decimals, context=EXACT)
