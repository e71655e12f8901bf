"""The calls that enter, change and cancel orders; each order has a client order id, so that sending again is safe."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fairlead.errors import UsageError
from fairlead.sdk.answers import Answer, BatchOutcome, Order
from fairlead.sdk.call import Call, Number, number, path, query

__all__ = [
    "NewOrder",
    "amend_order",
    "cancel_all_after",
    "cancel_all_orders",
    "cancel_order",
    "create_order",
    "create_orders",
    "given",
    "order_call",
    "submit_order",
]

_NS_PER_MS: Final = 1_000_000


class _Canceled(Answer, frozen=True, kw_only=True):
    canceled: int


class _Outcomes(Answer, frozen=True, kw_only=True):
    results: tuple[BatchOutcome, ...]


class _Timer(Answer, frozen=True, kw_only=True):
    timeout_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as it is entered.

    Attributes:
        symbol: the market.
        side: BUY or SELL.
        order_type: LIMIT, MARKET, MARKET_TO_LIMIT, PEGGED, STOP, STOP_LIMIT, TAKE_PROFIT or TAKE_PROFIT_LIMIT.
        quantity: in units of the base asset, > 0; left out with ``quote_quantity``.
        price: in quote currency per unit of base; of limit orders.
        time_in_force: GTC, DAY, GTD, IOC, FOK, ATO or ATC.
        expire_time_ns: nanoseconds since 1970 UTC, a whole number of milliseconds; with GTD.
        client_order_id: 1 to 36 printable ASCII characters, used once; made where it is left out.
        post_only: refuse it rather than take liquidity.
        reduce_only: it only makes a position smaller.
        stp_mode: what becomes of it where it would trade with an order of the same owner.
        min_quantity: trade at once this much or nothing.
        display_quantity: what the book shows of it.
        quote_quantity: what a market buy may spend, in the quote asset.
        protection_price: the worst price of a market order.
        trigger_price: what a stop or a take-profit waits for.
        trigger_type: which price that is compared with.
        peg_type: NEAR, MID or FAR, of PEGGED.
        peg_offset: ticks away from it.
    """

    symbol: str
    side: str
    order_type: str
    quantity: Number | None = None
    price: Number | None = None
    time_in_force: str | None = None
    expire_time_ns: int | None = None
    client_order_id: str | None = None
    post_only: bool = False
    reduce_only: bool = False
    stp_mode: str | None = None
    min_quantity: Number | None = None
    display_quantity: Number | None = None
    quote_quantity: Number | None = None
    protection_price: Number | None = None
    trigger_price: Number | None = None
    trigger_type: str | None = None
    peg_type: str | None = None
    peg_offset: int | None = None

    def body(self) -> dict[str, Any]:
        """Return it as it is sent.

        Raises:
            WrongTypeError: a number is a float.
            UsageError: ``expire_time_ns`` is between two milliseconds.
        """
        return given(
            symbol=self.symbol,
            side=self.side,
            orderType=self.order_type,
            quantity=number("quantity", self.quantity),
            price=number("price", self.price),
            timeInForce=self.time_in_force,
            expireTime=_ms(self.expire_time_ns),
            clientOrderId=self.client_order_id,
            postOnly=self.post_only or None,
            reduceOnly=self.reduce_only or None,
            stpMode=self.stp_mode,
            minQuantity=number("min_quantity", self.min_quantity),
            displayQuantity=number("display_quantity", self.display_quantity),
            quoteQuantity=number("quote_quantity", self.quote_quantity),
            protectionPrice=number("protection_price", self.protection_price),
            triggerPrice=number("trigger_price", self.trigger_price),
            triggerType=self.trigger_type,
            pegType=self.peg_type,
            pegOffset=self.peg_offset,
        )


def create_order(
    symbol: str,
    side: str,
    order_type: str,
    quantity: Number | None = None,
    price: Number | None = None,
    *,
    client_order_id: str | None = None,
    time_in_force: str | None = None,
    post_only: bool = False,
    reduce_only: bool = False,
) -> Call[Order]:
    """Enter an order and return it once it is durable; rarer fields stand in ``NewOrder`` and ``submit_order``."""
    return submit_order(
        NewOrder(
            symbol=symbol,
            side=side,
            order_type=order_type,
            quantity=quantity,
            price=price,
            client_order_id=client_order_id,
            time_in_force=time_in_force,
            post_only=post_only,
            reduce_only=reduce_only,
        )
    )


def submit_order(order: NewOrder) -> Call[Order]:
    """Enter an order with every field there is, and return it once it is durable."""
    return order_call("/orders", order.body())


def create_orders(orders: Sequence[NewOrder]) -> Call[tuple[BatchOutcome, ...]]:
    """Enter several orders; each has an outcome of its own, in their order."""
    return Call(
        method="POST",
        target="/orders/batch",
        answer=_Outcomes,
        take=lambda found: found.results,
        body={"orders": [order.body() for order in orders]},
        is_named=True,
    )


def amend_order(
    order_id: str,
    *,
    quantity: Number | None = None,
    price: Number | None = None,
    client_order_id: str | None = None,
) -> Call[Order]:
    """Change price, quantity or both; ``quantity`` is the new total, what is filled included."""
    body = given(quantity=number("quantity", quantity), price=number("price", price), clientOrderId=client_order_id)
    return Call(
        method="PATCH",
        target=path("orders", order_id),
        answer=Order,
        take=lambda found: found,
        body=body,
        is_named=True,
    )


def cancel_order(order_id: str) -> Call[Order]:
    """Cancel what is left of an order and return it."""
    return Call(method="DELETE", target=path("orders", order_id), answer=Order, take=lambda found: found)


def cancel_all_orders(*, symbol: str | None = None, side: str | None = None) -> Call[int]:
    """Cancel every order of the caller that passes the filters; return how many this request found open."""
    return Call(
        method="DELETE",
        target="/orders" + query(symbol=symbol, side=side),
        answer=_Canceled,
        take=lambda found: found.canceled,
    )


def cancel_all_after(timeout_ms: int) -> Call[int]:
    """Cancel everything ``timeout_ms`` from now, unless this comes again in time; 0 takes the timer away."""
    return Call(
        method="POST",
        target="/cancel-all-after",
        answer=_Timer,
        take=lambda found: found.timeout_ms,
        body={"timeoutMs": timeout_ms},
    )


def order_call(target: str, body: dict[str, Any]) -> Call[Order]:
    """Return the call that enters one order."""
    return Call(method="POST", target=target, answer=Order, take=lambda found: found, body=body, is_named=True)


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are given."""
    return {name: value for name, value in fields.items() if value is not None}


def _ms(time_ns: int | None) -> int | None:
    if time_ns is None:
        return None
    time_ms, rest_ns = divmod(time_ns, _NS_PER_MS)
    if rest_ns:
        raise UsageError(f"expire_time_ns is between two milliseconds: value={time_ns}; give a multiple of 1000000")
    return time_ms
