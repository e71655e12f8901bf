"""Orders of one account: enter, change, cancel, one or many; each with a client id that makes sending again safe."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from fairlead.domain.trading.asked import asked_with
from fairlead.domain.trading.errors import RefusedError, RequestError
from fairlead.domain.trading.limits import check_client_order_id
from fairlead.domain.trading.order_request import OrderRequest, command_of
from fairlead.domain.trading.order_view import Fill, OrderView, after
from fairlead.domain.trading.outcome_side import NO, OUTCOMES, as_asked, in_terms_of_yes
from fairlead.domain.trading.refused import finished_order, not_yet_readable, unknown_order
from fairlead.domain.trading.sent import Sent
from fairlead.domain.trading.words import SIDES, meant
from fairlead.errors import FairleadError
from fairlead.model.report import Report
from fairlead.services.trading.floor import Floor, check_account

__all__ = ["OrderDesk", "Outcome", "Placed"]

# How many orders of one batch are at the exchange at once.
_AT_ONCE_MAX: Final = 16
_AGAIN: Final = "sending it again with the same clientOrderId is safe"
_ASK_FIRST: Final = f"ask GET /orders for its clientOrderId; {_AGAIN}"
_CANCEL_AGAIN: Final = "sending it again is safe: a cancel names its order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order that the exchange has.

    Attributes:
        view: the order, as new as the service knows it.
        fills: its trades so far.
        is_repeat: the client id was used before for the same order: this is that one.
    """

    view: OrderView
    fills: Sequence[Fill] = ()
    is_repeat: bool = False


# What became of one order of several.
Outcome = Placed | FairleadError


class OrderDesk:
    """Takes orders to the exchange.

    Args:
        floor: the exchange, and what is known of it.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def place(self, account: int, request: OrderRequest) -> Placed:
        """Enter an order, once however often it is sent under one client id.

        Raises:
            RequestError: it cannot be meant.
            RefusedError: the exchange says no.
            InDoubtError: no answer came in time.
        """
        floor = self._floor
        asked = request = replace(request, symbol=floor.symbols.canonical(request.symbol))
        if request.side in OUTCOMES:
            scales = await floor.symbols.scales(request.symbol)
            request = in_terms_of_yes(request, is_event=scales.is_event)
        named = floor.client_id(request.client_order_id)
        order, trigger = command_of(request, account=check_account(account))
        order["cl_ord_id"] = named
        what = _Said(asked, named)

        async def send() -> Report:
            return await (floor.front.submit(**order) if trigger is None else floor.front.submit_stop(trigger, **order))

        try:
            report = await floor.ask(
                send,
                what=what,
                in_doubt=f"GET /orders?clientOrderId={named} tells; {_AGAIN}",
                symbol=request.symbol,
                is_sale=order["side"] == "sell",
                is_no=asked.side == NO,
            )
        except RequestError as error:
            raise as_asked(error, asked) from None
        return await self._known(account, report, what, request)

    async def place_batch(self, account: int, requests: Sequence[OrderRequest]) -> list[Outcome]:
        """Enter several orders, in their order, and return what became of each."""
        gate = asyncio.Semaphore(_AT_ONCE_MAX)

        async def one(request: OrderRequest) -> Outcome:
            async with gate:
                try:
                    return await self.place(account, request)
                except FairleadError as error:
                    return error

        return list(await asyncio.gather(*(one(request) for request in requests)))

    async def amend(
        self,
        account: int,
        order_id: int,
        *,
        quantity: Decimal | None,
        price: Decimal | None,
        client_order_id: str | None = None,
    ) -> Placed:
        """Change quantity, price or both; ``quantity`` is the new total, what is filled included.

        Raises:
            RequestError: it changes nothing, or cannot be meant.
            RefusedError: the account has no such order, or the exchange says no.
            InDoubtError: no answer came in time.
        """
        floor = self._floor
        if quantity is None and price is None:
            raise RequestError(
                "FIELD_MISSING", field="quantity", value=None, limit="quantity or price", fix="give what to change"
            )
        check_client_order_id(client_order_id)
        reads = floor.reads
        if (view := reads.heard(check_account(account), order_id) or await reads.find(account, order_id)) is None:
            raise unknown_order(order_id)
        named = floor.client_id(client_order_id)

        async def send() -> Report:
            return await floor.front.amend(
                symbol=view.symbol,
                order_id=order_id,
                cl_ord_id=named,
                order_qty=quantity,
                price=price,
                account=account,
            )

        what = f"change of order orderId={order_id} clientOrderId={named} quantity={quantity} price={price}"
        is_sale = view.side == "SELL"
        try:
            with reads.changing(account, named):
                report = await floor.ask(send, what=what, in_doubt=_ASK_FIRST, symbol=view.symbol, is_sale=is_sale)
        except RefusedError as error:
            raise _of_the_ended(error, view) from None
        return await self._changed(account, view, report)

    async def cancel(self, account: int, order_id: int) -> Placed:
        """Cancel what is left of an order.

        Raises:
            RefusedError: the account has no such order, or it has ended.
            InDoubtError: no answer came in time.
        """
        floor = self._floor

        async def send() -> Report:
            return await floor.front.cancel(order_id=order_id, account=check_account(account))

        view = floor.reads.heard(account, order_id)
        try:
            report = await floor.ask(send, what=f"cancel of order orderId={order_id}", in_doubt=_CANCEL_AGAIN)
        except RefusedError as error:
            raise _of_the_ended(error, view or await floor.reads.find(account, order_id)) from None
        return await self._changed(account, view, report)

    async def cancel_many(self, account: int, *, symbol: str | None, side: str | None) -> int:
        """Cancel every order of the account that passes the filters; return how many.

        Raises:
            RequestError: a word that is none.
            RefusedError: there is no such instrument.
            InDoubtError: no answer came in time.
        """
        floor = self._floor
        word = None if side is None else meant(SIDES, side, field="side")
        symbol = None if symbol is None else floor.symbols.canonical(symbol)

        async def send() -> Report:
            return await floor.front.mass_cancel(symbol=symbol, side=word, account=check_account(account))

        what = f"cancel of all orders symbol={symbol} side={side}"
        return (await floor.ask(send, what=what, in_doubt=_CANCEL_AGAIN, symbol=symbol)).count

    async def cancel_all_after(self, account: int, timeout_ms: int) -> None:
        """Cancel every order of the account ``timeout_ms`` from now, unless this comes again before; 0: never.

        Raises:
            RefusedError: the exchange says no.
            InDoubtError: no answer came in time.
        """
        floor = self._floor

        async def send() -> Report:
            return await floor.front.cancel_all_after(timeout_ms, account=check_account(account))

        await floor.ask(send, what=f"timer timeoutMs={timeout_ms}", in_doubt="send it again")

    def told(self, account: int, order_id: int) -> Placed | None:
        """Return an order as it was heard of last, with its trades where all were heard; ``None``: not at all."""
        if (told := self._floor.reads.told(account, order_id)) is None:
            return None
        view, fills = told
        return Placed(view=view, fills=fills or ())

    async def sent_with(self, view: OrderView) -> Sent | None:
        """Return what an order was sent with, as what reads it says; ``None``: that is not known.

        It is of an answer to what the exchange has done: tables that cannot be read make no failure of it.
        """
        floor = self._floor
        asked = floor.reads.asked(view.account, view.order_id)
        scales = None if asked is None else floor.instruments.scales(view.symbol)
        if asked is None or scales is None:
            return await floor.reads.kept(view.account, view.order_id)
        return asked_with(asked, scales)

    async def _known(self, account: int, report: Report, what: "_Said", request: OrderRequest) -> Placed:
        """Return the order of an answer as the reports behind it left it, or else as the answer says."""
        reads = self._floor.reads
        view, fills = await reads.since(report, account=account)
        view = view or after(None, replace(report, repeated=False))
        if view is None:
            # A repeat of an order that has ended: its answer says no more than its id.
            raise not_yet_readable(f"{what} orderId={report.order_id}")
        # One that was entered before may have changed since.
        reads.note(view, asked=None if report.repeated else request)
        return Placed(view=view, fills=fills, is_repeat=report.repeated)

    async def _changed(self, account: int, view: OrderView | None, report: Report) -> Placed:
        reads = self._floor.reads
        read, fills = await reads.since(report, account=account)
        # The answer itself may be newer than what can be read, or older.
        seen = read or view
        told = after(seen, report) or seen
        if told is None:
            raise unknown_order(report.order_id)
        reads.note(told)
        return Placed(view=told, fills=fills, is_repeat=report.repeated)


def _of_the_ended(error: RefusedError, view: OrderView | None) -> RefusedError:
    """Return the refusal of an order: the exchange knows open ones only, and the account had this one."""
    if error.code != "UNKNOWN_ORDER" or view is None:
        return error
    return finished_order(view.order_id)


class _Said:
    """An order in words, which are put together only where they are read: where it is refused."""

    __slots__ = ("_named", "_request")

    def __init__(self, request: OrderRequest, named: str) -> None:
        self._request, self._named = request, named

    def __str__(self) -> str:
        request = self._request
        parts = {
            "clientOrderId": self._named,
            "symbol": f"{request.symbol:.40}",
            "side": request.side,
            "orderType": request.order_type,
            "quantity": request.quantity,
            "quoteQuantity": request.quote_quantity,
            "price": request.price,
            "triggerPrice": request.trigger_price,
        }
        return "order " + " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)
