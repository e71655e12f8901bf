"""Threads that do what must not hold up an event loop, for a third of what an executor of the library costs a call."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

__all__ = ["Threads"]

T = TypeVar("T")
_Task = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Threads:
    """Threads that take calls in turn. They start with the first one, and hold up no end of the process.

    Args:
        count: how many, 1 or more.
        name: of each, for who looks at the process.
    """

    def __init__(self, count: int, *, name: str) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for _ in range(count)]
        self._is_started = self._is_closed = False

    def run(self, act: Callable[[], T]) -> "asyncio.Future[T]":
        """Return what ``act`` will have returned or raised. Who stops waiting for it does not stop it."""
        assert not self._is_closed, "it is closed"
        if not self._is_started:
            self._is_started = True
            for thread in self._threads:
                thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._tasks.put((loop, done, act))
        return done

    async def close(self) -> None:
        """Wait until everything is done."""
        self._is_closed = True
        if self._is_started:
            for _ in self._threads:
                self._tasks.put(None)
            for thread in self._threads:
                await asyncio.to_thread(thread.join)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            loop, done, act = task
            result, error = None, None
            try:
                result = act()
            except BaseException as raised:  # noqa: BLE001 - whoever waits gets it
                error = raised
            # Nobody waits any more where the loop is closed.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, done, result, error)
            del task, loop, done, act, result, error


def _settle(done: "asyncio.Future[Any]", result: object, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
