"""How a service stands up: its parts in their order, each by its name, and down again in reverse."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Part", "standing"]

Whole = TypeVar("Whole")
_log = logging.getLogger("fairlead.service")


@dataclass(frozen=True, slots=True)
class Part(Generic[Whole]):
    """One part: what it is called, and what starts it on entry and ends it on exit."""

    name: str
    open: Callable[[Whole], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def standing(whole: Whole, parts: Sequence[Part[Whole]]) -> AsyncIterator[None]:
    """Start the parts one after the other; end those that stand in reverse, also where one does not start.

    An error of a part comes out as it is. Every other part is ended all the same.
    """
    async with AsyncExitStack() as stood:
        for part in parts:
            try:
                await stood.enter_async_context(part.open(whole))
            except BaseException:
                _log.info("did not start: part=%s", part.name)
                raise
            stood.callback(_log.debug, "ends: part=%s", part.name)
            _log.debug("stands: part=%s", part.name)
        yield
