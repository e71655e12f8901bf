"""Work that goes on while the service runs: begun, watched and ended in one way."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

__all__ = ["background"]

_log = logging.getLogger("fairlead.service")


@asynccontextmanager
async def background(work: Coroutine[Any, Any, object], *, name: str, lost: str) -> AsyncIterator[None]:
    """Do the work meanwhile; it is cancelled at the end.

    It has no end of its own: where it ends by a fault, the log says at once what is no more, and the rest goes on.

    Args:
        work: what is done.
        name: what the task is called after ``fairlead-``.
        lost: what is no more without it.
    """
    task = asyncio.create_task(work, name=f"fairlead-{name}")
    task.add_done_callback(partial(_say_end, lost))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def _say_end(lost: str, task: "asyncio.Task[object]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("%s: a fault of the service", lost, exc_info=error)
