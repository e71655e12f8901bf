"""The client for code without an event loop: the same session, in a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar, Unpack

from fairlead.client import aio
from fairlead.client.book import Book
from fairlead.client.instruments import Instruments
from fairlead.errors import UsageError
from fairlead.model.report import Position, Report
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger
from fairlead.wire.codec import Value

__all__ = ["Client"]

T = TypeVar("T")
_LAST_TURNS = 3


class Client:
    """A session of the gateway whose calls return when they are answered.

    Takes the arguments of ``fairlead.aio.Client``, connects at once, and has the same methods.

    Raises:
        UnavailableError: nobody answers, or the gateway refuses the logon.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 7411, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fairlead-client", daemon=True)
        self._thread.start()
        try:
            self._client = self._call(_make(host, port, options))
            self._call(self._client.connect())
        except BaseException:
            self._end()
            raise

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        if not self._thread.is_alive():
            work.close()
            raise UsageError("the client is closed: make another")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._call(_settle())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def close(self) -> None:
        """Log out and close; again is nothing."""
        if self._thread.is_alive():
            self._call(self._client.close())
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def position(self) -> Position | None:
        """The last report that was received: give it as ``resume`` to a later client."""
        return self._client.position

    @property
    def instruments(self) -> Instruments:
        """The instruments of the venue."""
        return self._client.instruments

    @property
    def connections(self) -> int:
        """How often it has logged on."""
        return self._client.connections

    @property
    def is_connected(self) -> bool:
        """Whether a session is there now."""
        return self._client.is_connected

    def submit(self, **order: Unpack[OrderWords]) -> Report:
        """Enter an order and return the first answer; as ``fairlead.aio.Client.submit``."""
        return self._call(self._client.submit(**order))

    def submit_stop(self, trigger: Trigger, **order: Unpack[OrderWords]) -> Report:
        """Enter an order that waits for its trigger; as ``submit``."""
        return self._call(self._client.submit_stop(trigger, **order))

    def submit_group(self, kind: str, legs: Sequence[tuple[OrderWords, Trigger | None]], **how: str) -> Report:
        """Enter orders that depend on each other; as ``fairlead.aio.Client.submit_group``."""
        return self._call(self._client.submit_group(kind, legs, **how))

    def amend(self, **change: Any) -> Report:
        """Change an order in place; as ``fairlead.aio.Client.amend``."""
        return self._call(self._client.amend(**change))

    def cancel(self, cl_ord_id: str | None = None, *, order_id: int | None = None, account: int = 0) -> Report:
        """Cancel an order by its client id or by the exchange's."""
        return self._call(self._client.cancel(cl_ord_id, order_id=order_id, account=account))

    def mass_cancel(self, *, symbol: str | None = None, side: str | None = None, account: int = 0) -> Report:
        """Cancel every order of the account that passes the filters; ``count`` says how many."""
        return self._call(self._client.mass_cancel(symbol=symbol, side=side, account=account))

    def cancel_all_after(self, timeout_ms: int, *, account: int = 0) -> Report:
        """Arm or renew the account's dead-man timer; 0 disarms."""
        return self._call(self._client.cancel_all_after(timeout_ms, account=account))

    def command(self, kind: str, fields: Mapping[str, Value], entries: tuple[Mapping[str, Value], ...] = ()) -> Report:
        """Send any command of the page of layouts, as an operator does."""
        return self._call(self._client.command(kind, fields, entries))

    def refresh_instruments(self) -> Instruments:
        """Ask for the list of instruments again and return it."""
        return self._call(self._client.refresh_instruments())

    def subscribe(self, symbol: str, depth: str = "L2") -> Book:
        """Return the public book of an instrument, kept up to date from now on; look at it between calls."""
        return self._call(self._client.subscribe(symbol, depth))

    def events(self, *, timeout_s: float | None = None) -> Iterator[Report]:
        """Yield every report once, oldest first, across reconnections.

        Args:
            timeout_s: end when nothing came for so long, in seconds; ``None``: wait for ever.
        """
        events = self._client.events()
        while (report := self._call(_next(events, timeout_s))) is not None:
            yield report


async def _make(host: str, port: int, options: dict[str, Any]) -> aio.Client:
    return aio.Client(host, port, **options)


async def _settle() -> None:
    """Let the loop close what is closed: it does so in its next turns."""
    for _ in range(_LAST_TURNS):
        await asyncio.sleep(0)


async def _next(events: Any, timeout_s: float | None) -> Report | None:
    try:
        async with asyncio.timeout(timeout_s):
            report: Report = await anext(events)
            return report
    except (TimeoutError, StopAsyncIteration):
        return None
