"""The client of the service for code without an event loop: the same client, in a thread of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from fairlead.errors import UsageError
from fairlead.sdk.aio import AsyncClient
from fairlead.sdk.call import Call

__all__ = ["RestClient"]

P = ParamSpec("P")
T = TypeVar("T")


def _blocking(
    verb: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["RestClient", P], T]:
    @wraps(verb)
    def method(self: "RestClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._wait(lambda client: verb(client, *args, **kwargs))

    return method


def _listing(
    verb: Callable[Concatenate[AsyncClient, P], AsyncIterator[T]],
) -> Callable[Concatenate["RestClient", P], Iterator[T]]:
    @wraps(verb)
    def method(self: "RestClient", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return self._taken(lambda client: verb(client, *args, **kwargs))

    return method


class RestClient:
    """A client of ``fairlead serve`` whose calls return when they are answered; several threads may use it.

    Takes the arguments of ``fairlead.AsyncClient`` and has its methods; lists are ordinary iterators.

    Raises:
        UsageError: the arguments cannot be meant.
        UnavailableError: the library for HTTP is not installed.
    """

    def __init__(self, base_url: str = "http://127.0.0.1:8080", **options: Any) -> None:
        self._client = AsyncClient(base_url, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fairlead-rest", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; again is nothing."""
        if self._thread.is_alive():
            self._wait(AsyncClient.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def ask(self, call: Call[T]) -> T:
        """Send a call, again where that is safe, and return its answer."""
        return self._wait(lambda client: client.ask(call))

    fetch_time = _blocking(AsyncClient.fetch_time)
    fetch_markets = _blocking(AsyncClient.fetch_markets)
    fetch_market = _blocking(AsyncClient.fetch_market)
    fetch_order_book = _blocking(AsyncClient.fetch_order_book)
    fetch_trades = _blocking(AsyncClient.fetch_trades)
    fetch_candles = _blocking(AsyncClient.fetch_candles)
    fetch_stats = _blocking(AsyncClient.fetch_stats)
    fetch_microstructure = _blocking(AsyncClient.fetch_microstructure)
    fetch_outcome = _blocking(AsyncClient.fetch_outcome)
    fetch_order = _blocking(AsyncClient.fetch_order)
    fetch_order_by_client_id = _blocking(AsyncClient.fetch_order_by_client_id)
    fetch_order_trades = _blocking(AsyncClient.fetch_order_trades)
    fetch_open_orders = _blocking(AsyncClient.fetch_open_orders)
    fetch_balance = _blocking(AsyncClient.fetch_balance)
    fetch_positions = _blocking(AsyncClient.fetch_positions)
    fetch_fees = _blocking(AsyncClient.fetch_fees)
    fetch_fee_schedule = _blocking(AsyncClient.fetch_fee_schedule)
    fetch_assets = _blocking(AsyncClient.fetch_assets)
    fetch_api_keys = _blocking(AsyncClient.fetch_api_keys)
    who_am_i = _blocking(AsyncClient.who_am_i)

    fetch_orders = _listing(AsyncClient.fetch_orders)
    fetch_my_trades = _listing(AsyncClient.fetch_my_trades)
    fetch_ledger = _listing(AsyncClient.fetch_ledger)
    fetch_access = _listing(AsyncClient.fetch_access)
    fetch_audit = _listing(AsyncClient.fetch_audit)
    fetch_deposits = _listing(AsyncClient.fetch_deposits)
    fetch_withdrawals = _listing(AsyncClient.fetch_withdrawals)
    watch_order_book = _listing(AsyncClient.watch_order_book)

    create_order = _blocking(AsyncClient.create_order)
    submit_order = _blocking(AsyncClient.submit_order)
    create_orders = _blocking(AsyncClient.create_orders)
    amend_order = _blocking(AsyncClient.amend_order)
    cancel_order = _blocking(AsyncClient.cancel_order)
    cancel_all_orders = _blocking(AsyncClient.cancel_all_orders)
    cancel_all_after = _blocking(AsyncClient.cancel_all_after)
    create_stop_loss = _blocking(AsyncClient.create_stop_loss)
    create_trailing_stop = _blocking(AsyncClient.create_trailing_stop)
    create_iceberg = _blocking(AsyncClient.create_iceberg)
    create_oco = _blocking(AsyncClient.create_oco)
    create_bracket = _blocking(AsyncClient.create_bracket)
    cancel_group = _blocking(AsyncClient.cancel_group)
    mint_pairs = _blocking(AsyncClient.mint_pairs)
    merge_pairs = _blocking(AsyncClient.merge_pairs)

    register = _blocking(AsyncClient.register)
    verify = _blocking(AsyncClient.verify)
    log_out = _blocking(AsyncClient.log_out)
    create_api_key = _blocking(AsyncClient.create_api_key)
    revoke_api_key = _blocking(AsyncClient.revoke_api_key)
    revoke_everything = _blocking(AsyncClient.revoke_everything)
    revoke_user = _blocking(AsyncClient.revoke_user)
    create_deposit = _blocking(AsyncClient.create_deposit)
    create_withdrawal = _blocking(AsyncClient.create_withdrawal)

    def _wait(self, work: Callable[[AsyncClient], Coroutine[Any, Any, T]]) -> T:
        if not self._thread.is_alive():
            raise UsageError("the client is closed: make another")
        asked = asyncio.run_coroutine_threadsafe(work(self._client), self._loop)
        try:
            return asked.result()
        except BaseException:
            # Ctrl-C: what nobody waits for any more is not sent again.
            asked.cancel()
            raise

    def _taken(self, start: Callable[[AsyncClient], AsyncIterator[T]]) -> Iterator[T]:
        items, end = start(self._client), object()

        async def following(_: AsyncClient) -> T | object:
            return await anext(items, end)

        while (item := self._wait(following)) is not end:
            yield item  # type: ignore[misc]
