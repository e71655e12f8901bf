"""Live connections as programs use them: private events, books, trades, and orders that are entered once."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Final, Literal, Self

from fairlead.errors import UsageError
from fairlead.sdk import order_calls
from fairlead.sdk.answers import Market, Order, OrderBook
from fairlead.sdk.call import Call, Number
from fairlead.sdk.decode import answer_in
from fairlead.sdk.errors import RejectedError
from fairlead.sdk.inbox import Inbox
from fairlead.sdk.live_feeds import BookFeed, Feed, Key
from fairlead.sdk.live_link import LiveLink
from fairlead.sdk.live_messages import (
    CandleUpdate,
    MeasuresUpdate,
    Missed,
    OrderEvent,
    PriceUpdate,
    PrivateEvent,
    TradeUpdate,
)
from fairlead.sdk.order_calls import NewOrder
from fairlead.sdk.retries import Answered, Retries, error_of, is_in_doubt, wait_s
from fairlead.sdk.surroundings import Surroundings

__all__ = ["LiveClient"]

# Trades and candles that wait for who takes them.
_WAITING_MAX: Final = 10_000
_DEPTHS: Final = ("L1", "L2")


class LiveClient:
    """One live connection at a time, which comes back by itself; made by ``AsyncClient.live``.

    Args:
        link: what keeps it.
        fetch_order: reads an order over HTTP.
        fetch_market: reads a market over HTTP: its symbol stands in what comes of it, whatever it was asked as.
        world: sleep and chance.
        retries: how often and when an order is sent again.
    """

    def __init__(
        self,
        link: LiveLink,
        *,
        fetch_order: Callable[[str], Awaitable[Order]],
        fetch_market: Callable[[str], Awaitable[Market]],
        world: Surroundings,
        retries: Retries,
    ) -> None:
        self._link, self._fetch_order, self._world, self._retries = link, fetch_order, world, retries
        self._fetch_market = fetch_market
        # By the names that were asked for.
        self._symbols: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        await self._link.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; whoever reads is told."""
        await self._link.close()

    @property
    def connections(self) -> int:
        """How many connections there were so far."""
        return self._link.connections

    async def events(
        self, *, resume_from: str | None = None, channels: Sequence[str] = ("orders",)
    ) -> AsyncGenerator[PrivateEvent, None]:
        """Return what happens to the caller's orders: each event once, in order, across lost connections.

        Args:
            resume_from: the ``position`` of the last event there is of an earlier life; without it they begin now.
            channels: of ``orders``, ``fills`` and ``balances``.

        Raises:
            UsageError: somebody reads them already, a channel is unknown, or nobody says who asks.
            ApiError: the service refuses for good, or does not answer in time.
        """
        await self._link.begin_events(channels, resume_from=resume_from)
        try:
            while True:
                yield await self._link.events.take()
        finally:
            self._link.end_events()

    async def drop_copy(
        self, account: int | Literal["ALL"], *, resume_from: str | None = None
    ) -> AsyncGenerator[OrderEvent, None]:
        """Return the executions, busts and corrections of an account: each once, in order, across lost connections.

        Args:
            account: the caller's own, or with the right to read all any other or ``ALL``.
            resume_from: the ``position`` of the last one there is of an earlier life; without it they begin now.

        Raises:
            UsageError: somebody reads private events of this connection already, or nobody says who asks.
            AuthorizationError: the account is another's.
            ApiError: the service refuses for good, or does not answer in time.
        """
        await self._link.begin_copy(account, resume_from=resume_from)
        try:
            while True:
                event = await self._link.events.take()
                assert isinstance(event, OrderEvent), "a copy has no balances"
                yield event
        finally:
            self._link.end_events()

    async def book(self, symbol: str, *, depth: str = "L2", levels: int = 50) -> AsyncGenerator[OrderBook, None]:
        """Return a book as it is, and again when it has moved; moves between two takings are one.

        It is followed message by message and proven by its checksums; where one does not fit it is asked for anew.

        Raises:
            UsageError: ``depth`` is neither ``L1`` nor ``L2``.
            ApiError: the service refuses for good.
        """
        if depth not in _DEPTHS:
            raise UsageError(f"unknown depth: depth={depth} known={', '.join(_DEPTHS)}")
        symbol = await self._meant(symbol)
        async with self._listening(Key("book", symbol, depth=depth), count_max=1) as (feed, inbox):
            assert isinstance(feed, BookFeed), "the channel of a book has one"
            while True:
                await inbox.take()
                if feed.book.is_whole:
                    yield feed.book.view(levels)

    async def trades(self, symbol: str) -> AsyncGenerator[TradeUpdate | Missed, None]:
        """Return every trade of a market from now on, or that some were missed."""
        symbol = await self._meant(symbol)
        async with self._listening(Key("trades", symbol)) as (_, inbox):
            while True:
                if inbox.missed:
                    inbox.missed = 0
                    yield Missed(symbol=symbol)
                yield await inbox.take()

    async def prices(self, symbol: str) -> AsyncGenerator[PriceUpdate, None]:
        """Return the last price and each later one; of those that are not taken in time the newest."""
        symbol = await self._meant(symbol)
        async with self._listening(Key("prices", symbol), count_max=1) as (_, inbox):
            while True:
                yield await inbox.take()

    async def candles(self, symbol: str, *, interval: str = "1m") -> AsyncGenerator[CandleUpdate, None]:
        """Return the candle that grows, as it grows, and its end."""
        symbol = await self._meant(symbol)
        async with self._listening(Key("candles", symbol, interval=interval)) as (_, inbox):
            while True:
                yield await inbox.take()

    async def microstructure(self, symbol: str) -> AsyncGenerator[MeasuresUpdate, None]:
        """Return measures of the best five levels when they have moved."""
        symbol = await self._meant(symbol)
        async with self._listening(Key("microstructure", symbol), count_max=1) as (_, inbox):
            while True:
                yield await inbox.take()

    async def create_order(
        self, symbol: str, side: str, order_type: str, quantity: Number | None = None, price: Number | None = None
    ) -> Order:
        """Enter an order over the connection; with more fields: ``submit_order``."""
        return await self._order("order.place", order_calls.create_order(symbol, side, order_type, quantity, price))

    async def submit_order(self, order: NewOrder) -> Order:
        """Enter an order over the connection and return it once it is durable; it is entered once, however often sent.

        Raises:
            ApiError: it is refused, or no answer came: ``is_in_doubt`` says whether it may be there.
        """
        return await self._order("order.place", order_calls.submit_order(order))

    async def amend_order(self, order_id: str, *, quantity: Number | None = None, price: Number | None = None) -> Order:
        """Change an order over the connection; as ``submit_order``."""
        call = order_calls.amend_order(order_id, quantity=quantity, price=price)
        return await self._order("order.amend", call, orderId=order_id)

    async def cancel_order(self, order_id: str) -> Order:
        """Cancel what is left of an order over the connection and return it.

        Raises:
            RejectedError: it has ended otherwise, with ``ORDER_FINISHED``.
            NotFoundError: the caller has no such order.
        """
        try:
            return await self._order("order.cancel", order_calls.cancel_order(order_id), orderId=order_id)
        except RejectedError as error:
            if error.code != "ORDER_FINISHED" or error.attempts == 1:
                raise
            # An attempt whose answer was lost may have done it.
            order = await self._fetch_order(order_id)
            if order.status != "CANCELED":
                raise
            return order

    async def _order(self, op: str, call: Call[Order], **fields: str) -> Order:
        call = call.with_ids(lambda: f"py-{self._world.token()}")
        message = {"op": op, **fields, **(call.body or {})}
        in_doubt, attempt = False, 1
        while True:
            outcome = await self._link.exchange(message)
            if isinstance(outcome, Answered) and outcome.is_success:
                return answer_in(call, outcome, attempts=attempt)
            in_doubt = is_in_doubt(call, outcome, before=in_doubt)
            chance = self._world.chance()
            pause_s = wait_s(call, outcome, attempt=attempt, retries=self._retries, chance=chance)
            if pause_s is None:
                raise error_of(call, outcome, attempts=attempt, in_doubt=in_doubt)
            await self._world.sleep(pause_s)
            attempt += 1

    async def _meant(self, symbol: str) -> str:
        """Return the symbol that messages of a market have, which may have been asked for by another name."""
        if symbol not in self._symbols:
            self._symbols[symbol] = (await self._fetch_market(symbol)).symbol
        return self._symbols[symbol]

    def _listening(self, key: Key, *, count_max: int = _WAITING_MAX) -> "_Listening":
        return _Listening(self._link, key, count_max=count_max)


class _Listening:
    """One reader of a channel; no generator, of which the end of a program would end the inner one first."""

    def __init__(self, link: LiveLink, key: Key, *, count_max: int) -> None:
        self._link, self._inbox = link, Inbox[Any](count_max)
        self._feed = link.feeds.join(key, self._inbox)

    async def __aenter__(self) -> tuple[Feed, Inbox[Any]]:
        try:
            await self._link.ask_feed(self._feed)
        except BaseException:
            await self.__aexit__()
            raise
        return self._feed, self._inbox

    async def __aexit__(self, *_: object) -> None:
        if self._link.feeds.leave(self._feed, self._inbox):
            await self._link.leave_feed(self._feed)
