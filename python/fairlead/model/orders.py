"""An order, its fills and how well it was executed, as frozen values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fairlead.model.words import OrdStatus, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution of one order.

    Attributes:
        trade_id: the match it is one side of (FIX 880).
        ts_ns: time of the command that caused it, nanoseconds since the Unix epoch.
        last_px: price in quote currency per unit (FIX 31).
        last_qty: quantity, > 0 (FIX 32).
        liquidity: ``maker`` added it (FIX 851=1), ``taker`` removed it (851=2), ``auction`` neither.
        fee: paid in the quote asset, negative for a rebate.
    """

    trade_id: int
    ts_ns: int
    last_px: Decimal
    last_qty: Decimal
    liquidity: Literal["maker", "taker", "auction"]
    fee: Decimal

    def __repr__(self) -> str:
        return f"Fill(#{self.trade_id} {self.last_qty} @ {self.last_px} {self.liquidity} fee={self.fee})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The state of one order, open or finished.

    Attributes:
        order_id: given by the exchange (FIX 37).
        cl_ord_id: the newest client id of its chain (FIX 11).
        order_qty: total quantity (FIX 38), 0 for an order by budget.
        cum_qty: filled (FIX 14).
        leaves_qty: open (FIX 151), 0 once it is finished.
        displayed_qty: what the public sees.
        trigger_price: what it waits for now; ``None`` where it waits for none, or does not know it yet.
        avg_px: average price of its fills (FIX 6), ``None`` before the first.
        reason: why it ended without being filled, ``None`` otherwise.
    """

    order_id: int
    account: str
    symbol: str
    cl_ord_id: str
    side: Side
    ord_type: str
    time_in_force: str
    expire_ns: int | None
    status: OrdStatus
    price: Decimal | None
    order_qty: Decimal
    cum_qty: Decimal
    leaves_qty: Decimal
    displayed_qty: Decimal
    trigger_price: Decimal | None
    avg_px: Decimal | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether it can still trade."""
        return self.status in ("suspended", "new", "partially_filled")

    def __repr__(self) -> str:
        price = "market" if self.price is None else f"@ {self.price}"
        return (
            f"Order(#{self.order_id} {self.cl_ord_id} {self.symbol} {self.side} {self.order_qty} {price} "
            f"{self.status} cum={self.cum_qty} leaves={self.leaves_qty})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQuality:
    """How well one order was executed (F-009 to F-011).

    Attributes:
        fill_ratio: ``cum_qty / order_qty``; ``None`` for an order by budget.
        vwap: ``sum(px * qty) / sum(qty)`` over its fills, equal to its average price; ``None`` before the first.
        twap: ``sum(px_i * (t_{i+1} - t_i)) / (t_n - t_1)`` over its fills; the plain mean of one fill or equal times.

    Ratios have 28 significant digits, rounded half to even.
    """

    order_id: int
    order_qty: Decimal
    cum_qty: Decimal
    fill_count: int
    fill_ratio: Decimal | None
    vwap: Decimal | None
    twap: Decimal | None
