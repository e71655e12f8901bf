"""An order as a client of the exchange says it."""

from decimal import Decimal
from typing import Required, TypeAlias, TypedDict

__all__ = ["Exact", "OrderWords"]

Exact: TypeAlias = Decimal | str | int


class OrderWords(TypedDict, total=False):
    """An order as a client says it.

    ``side`` is ``buy`` or ``sell``; ``ord_type`` is ``limit`` (default), ``market``, ``market_to_limit`` or ``pegged``;
    ``time_in_force`` is ``gtc`` (of what rests or waits, else ``ioc``), ``day``, ``gtd`` with ``expire_ns``,
    ``ioc``, ``fok``, ``ato``, ``atc`` or ``gfa``. ``order_qty`` may be left out where a market buy has a budget,
    ``quote_qty``. ``account`` is for a front end, which has to name it; others send their own or 0.
    """

    symbol: Required[str]
    side: Required[str]
    order_qty: Exact
    price: Exact | None
    cl_ord_id: str | None
    account: int
    ord_type: str
    time_in_force: str | None
    expire_ns: int | None
    post_only: bool | str
    reduce_only: bool
    display_qty: Exact | None
    hidden: bool
    min_qty: Exact | None
    protection_price: Exact | None
    quote_qty: Exact | None
    peg: str | None
    peg_offset_ticks: int
    stp: str | None
