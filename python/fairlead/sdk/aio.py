"""The client of the service for code with an event loop: the verbs, one loop of attempts, lists page by page."""

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from fairlead.errors import UsageError
from fairlead.sdk import access_calls, advanced_calls, order_calls, outcome_calls, reading_calls
from fairlead.sdk.answers import AccessEntry, AuditEntry, LedgerEntry, Order, OrderBook, Trade
from fairlead.sdk.call import Call, Page
from fairlead.sdk.decode import answer_in
from fairlead.sdk.door import Door
from fairlead.sdk.errors import Details, NotFoundError, RejectedError
from fairlead.sdk.live import LiveClient
from fairlead.sdk.live_link import LiveLink
from fairlead.sdk.people import Funds
from fairlead.sdk.retries import Answered, Retries, error_of, is_in_doubt, wait_s
from fairlead.sdk.surroundings import Surroundings
from fairlead.sdk.transport import Transport

__all__ = ["AsyncClient"]

P = ParamSpec("P")
T = TypeVar("T")
_OPEN: Final = ("PENDING_TRIGGER", "OPEN", "PARTIALLY_FILLED")


def _verb(call: Callable[P, Call[T]]) -> Callable[Concatenate["AsyncClient", P], Coroutine[Any, Any, T]]:
    """Return the method that sends what ``call`` makes of its arguments."""

    @wraps(call)
    async def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.ask(call(*args, **kwargs))

    return method


class AsyncClient:
    """A client of ``fairlead serve``: public data without, everything else with a login or an API key.

    Args:
        base_url: where the service is.
        email: who, with ``password``: the client logs in at the first call that needs it, and renews by itself.
        password: the proof of it.
        key_id: an API key, with ``secret``: each request is signed.
        secret: of the key, as it was shown.
        timeout_s: of one attempt, > 0.
        retries: how often and when a call is sent again.
        allow_plain_http: send proofs over HTTP without TLS also to another machine, where everybody between reads them.
        surroundings: time, sleep and chance.
        over: what carries requests, for tests.

    Raises:
        UsageError: half a proof, two of them, an address that is none, or a proof that others could read.
        UnavailableError: the library for HTTP is not installed.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8080",
        *,
        email: str | None = None,
        password: str | None = None,
        key_id: str | None = None,
        secret: str | None = None,
        timeout_s: float = 10.0,
        retries: Retries | None = None,
        allow_plain_http: bool = False,
        surroundings: Surroundings | None = None,
        over: Any = None,
    ) -> None:
        self._world = surroundings or Surroundings()
        self._timeout_s = timeout_s
        self._user_id: str | None = None
        self._retries = retries or Retries()
        self._transport = Transport(base_url, timeout_s=timeout_s, over=over)
        self._door = Door(
            self._transport,
            self.ask,
            world=self._world,
            email=email,
            password=password,
            key_id=key_id,
            secret=secret,
            allow_plain_http=allow_plain_http,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; a session of the service stays open until ``log_out`` or its end."""
        await self._transport.close()

    fetch_time = _verb(reading_calls.fetch_time)
    fetch_markets = _verb(reading_calls.fetch_markets)
    fetch_market = _verb(reading_calls.fetch_market)
    fetch_order_book = _verb(reading_calls.fetch_order_book)
    fetch_trades = _verb(reading_calls.fetch_trades)
    fetch_candles = _verb(reading_calls.fetch_candles)
    fetch_stats = _verb(reading_calls.fetch_stats)
    fetch_microstructure = _verb(reading_calls.fetch_microstructure)
    fetch_outcome = _verb(outcome_calls.fetch_outcome)
    fetch_order = _verb(reading_calls.fetch_order)
    fetch_order_trades = _verb(reading_calls.fetch_order_trades)
    fetch_balance = _verb(reading_calls.fetch_balance)
    fetch_positions = _verb(reading_calls.fetch_positions)
    fetch_fees = _verb(reading_calls.fetch_fees)
    fetch_fee_schedule = _verb(reading_calls.fetch_fee_schedule)
    fetch_assets = _verb(reading_calls.fetch_assets)
    fetch_api_keys = _verb(reading_calls.fetch_api_keys)
    who_am_i = _verb(reading_calls.who_am_i)

    create_order = _verb(order_calls.create_order)
    submit_order = _verb(order_calls.submit_order)
    create_orders = _verb(order_calls.create_orders)
    amend_order = _verb(order_calls.amend_order)
    cancel_all_orders = _verb(order_calls.cancel_all_orders)
    cancel_all_after = _verb(order_calls.cancel_all_after)
    create_stop_loss = _verb(advanced_calls.create_stop_loss)
    create_trailing_stop = _verb(advanced_calls.create_trailing_stop)
    create_iceberg = _verb(advanced_calls.create_iceberg)
    create_oco = _verb(advanced_calls.create_oco)
    create_bracket = _verb(advanced_calls.create_bracket)
    cancel_group = _verb(advanced_calls.cancel_group)
    mint_pairs = _verb(outcome_calls.mint_pairs)
    merge_pairs = _verb(outcome_calls.merge_pairs)

    register = _verb(access_calls.register)
    verify = _verb(access_calls.verify)
    create_api_key = _verb(access_calls.create_api_key)
    revoke_api_key = _verb(access_calls.revoke_api_key)
    revoke_everything = _verb(access_calls.revoke_everything)
    revoke_user = _verb(access_calls.revoke_user)
    create_deposit = _verb(access_calls.create_deposit)
    create_withdrawal = _verb(access_calls.create_withdrawal)

    async def cancel_order(self, order_id: str) -> Order:
        """Cancel what is left of an order and return it.

        Raises:
            RejectedError: it has ended otherwise, with ``ORDER_FINISHED``.
            NotFoundError: the caller has no such order.
        """
        try:
            return await self.ask(order_calls.cancel_order(order_id))
        except RejectedError as error:
            if error.code != "ORDER_FINISHED" or error.attempts == 1:
                raise
            # An attempt whose answer was lost may have done it.
            order = await self.fetch_order(order_id)
            if order.status != "CANCELED":
                raise
            return order

    async def fetch_order_by_client_id(self, client_order_id: str) -> Order:
        """Return the order with a client order id: what tells after an outcome in doubt.

        Raises:
            NotFoundError: the caller has none; where it was sent a moment ago it may still be on its way.
        """
        call = reading_calls.orders_page(client_order_id=client_order_id)
        page = await self.ask(call)
        if not page.items:
            details = Details(code="NOT_FOUND_ERROR", client_order_ids=(client_order_id,))
            raise NotFoundError(f"no such order: clientOrderId={client_order_id}", details)
        return page.items[0]

    async def fetch_open_orders(self, symbol: str | None = None) -> list[Order]:
        """Return the orders that wait, lie in the book or are partly filled, newest first.

        They are asked for in the order of an order's life, so that none is missed that moves on meanwhile.
        """
        found: dict[str, Order] = {}
        for status in _OPEN:
            async for order in self.fetch_orders(symbol=symbol, status=status):
                if order.order_id not in found or order.seq >= found[order.order_id].seq:
                    found[order.order_id] = order
        return sorted(found.values(), key=lambda order: int(order.order_id), reverse=True)

    def fetch_orders(
        self, *, symbol: str | None = None, status: str | None = None, side: str | None = None
    ) -> AsyncIterator[Order]:
        """Return the orders of the caller, newest first, page by page as they are taken."""
        return self._pages(
            lambda cursor: reading_calls.orders_page(symbol=symbol, status=status, side=side, cursor=cursor)
        )

    def fetch_my_trades(self, *, symbol: str | None = None) -> AsyncIterator[Trade]:
        """Return the trades of the caller, newest first, page by page as they are taken."""
        return self._pages(lambda cursor: reading_calls.trades_page(symbol=symbol, cursor=cursor))

    def fetch_ledger(self) -> AsyncIterator[LedgerEntry]:
        """Return every movement of the caller's money, newest first, page by page as they are taken."""
        return self._pages(lambda cursor: reading_calls.ledger_page(cursor=cursor))

    def fetch_deposits(self) -> AsyncIterator[Funds]:
        """Return deposits, newest first, page by page as they are taken."""
        return self._pages(lambda cursor: reading_calls.deposits_page(cursor=cursor))

    def fetch_withdrawals(self) -> AsyncIterator[Funds]:
        """Return withdrawals, newest first, page by page as they are taken."""
        return self._pages(lambda cursor: reading_calls.withdrawals_page(cursor=cursor))

    def fetch_access(
        self,
        *,
        user_id: str | None = None,
        action: str | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> AsyncIterator[AccessEntry]:
        """Return what people did, newest first, page by page; for risk managers and compliance."""
        return self._pages(
            lambda cursor: reading_calls.access_page(
                user_id=user_id, action=action, from_ms=from_ms, to_ms=to_ms, cursor=cursor
            )
        )

    def fetch_audit(
        self,
        *,
        account: int | None = None,
        user_id: str | None = None,
        symbol: str | None = None,
        action: str | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> AsyncIterator[AuditEntry]:
        """Return what happened at the exchange, newest first, page by page; for risk managers and compliance."""
        return self._pages(
            lambda cursor: reading_calls.audit_page(
                account=account,
                user_id=user_id,
                symbol=symbol,
                action=action,
                from_ms=from_ms,
                to_ms=to_ms,
                cursor=cursor,
            )
        )

    async def watch_order_book(
        self, symbol: str, *, levels: int = 50, every_s: float = 0.5
    ) -> AsyncIterator[OrderBook]:
        """Return the book as it is, and again each time it is found to have moved; it never ends by itself.

        It is asked for every ``every_s`` seconds, > 0: moves between two askings are seen as one.

        Raises:
            UsageError: ``every_s`` is not positive.
        """
        if every_s <= 0:
            raise UsageError(f"every_s is not positive: value={every_s}")
        shown: tuple[int, int] | None = None
        while True:
            book = await self.fetch_order_book(symbol, levels=levels)
            if (book.epoch, book.seq) != shown:
                shown = (book.epoch, book.seq)
                yield book
            await self._world.sleep(every_s)

    def live(self) -> LiveClient:
        """Return a live connection, to be used with ``async with``; this client stays open at least as long."""
        link = LiveLink(
            self._transport.socket_url,
            door=self._door,
            user_id=self._my_id,
            world=self._world,
            timeout_s=self._timeout_s,
        )
        return LiveClient(
            link,
            fetch_order=self.fetch_order,
            fetch_market=self.fetch_market,
            world=self._world,
            retries=self._retries,
        )

    async def _my_id(self) -> str:
        if self._user_id is None:
            self._user_id = (await self.who_am_i()).user_id
        return self._user_id

    async def log_out(self) -> None:
        """End the session at the service; a later call logs in again. Nothing where there is none."""
        if self._door.is_in_session:
            await self.ask(access_calls.log_out())
            self._door.forget()

    async def ask(self, call: Call[T]) -> T:
        """Send a call, again where that is safe, and return its answer.

        Raises:
            ApiError: the service did not say yes; ``is_in_doubt`` says whether it may have been done all the same.
        """
        call = call.with_ids(lambda: f"py-{self._world.token()}")
        body, in_doubt, attempt = call.content(), False, 1
        while True:
            outcome = await self._door.send(call, body)
            if isinstance(outcome, Answered) and outcome.is_success:
                return answer_in(call, outcome, attempts=attempt)
            in_doubt = is_in_doubt(call, outcome, before=in_doubt)
            chance = self._world.chance()
            pause_s = wait_s(call, outcome, attempt=attempt, retries=self._retries, chance=chance)
            if pause_s is None:
                raise error_of(call, outcome, attempts=attempt, in_doubt=in_doubt)
            await self._world.sleep(pause_s)
            attempt += 1

    async def _pages(self, page: Callable[[str | None], Call[Page[T]]]) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            found = await self.ask(page(cursor))
            for item in found.items:
                yield item
            if (cursor := found.next_cursor) is None:
                return
