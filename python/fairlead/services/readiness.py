"""Whether everything the service needs is there: one probe a part, run together, and not for each who asks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from fairlead.errors import FairleadError
from fairlead.ports.clock import Clock

__all__ = ["PartState", "Probe", "Readiness"]

Probe = Callable[[], Awaitable[None]]
_NS_PER_S: Final = 1_000_000_000
_log = logging.getLogger("fairlead.readiness")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """One part: what it is called, whether it is there, and whether the service can do nothing without it."""

    name: str
    is_ready: bool
    is_needed: bool = True


class Readiness:
    """Asks the parts of a service. Who asks within a second of another gets the same answer, so asking costs nothing.

    Args:
        probes: by the name of the part; one that raises says that the part is not there.
        clock: the time.
        timeout_s: a part that takes longer is not there.
        spared: names of parts without which orders and cancels go on.
    """

    def __init__(
        self, probes: Mapping[str, Probe], *, clock: Clock, timeout_s: float = 2.0, spared: Collection[str] = ()
    ) -> None:
        self._probes, self._clock, self._timeout_s = dict(probes), clock, timeout_s
        self._spared = frozenset(spared)
        self._turn = asyncio.Lock()
        self._known: list[PartState] = []
        self._known_ns = 0

    async def check(self) -> list[PartState]:
        """Return the state of every part, in their order."""
        async with self._turn:
            # A clock that is put back counts as a second that passed.
            if not self._known or not 0 <= self._clock.now_ns() - self._known_ns < _NS_PER_S:
                asked = (self._ask(name, probe) for name, probe in self._probes.items())
                self._known = list(await asyncio.gather(*asked))
                self._known_ns = self._clock.now_ns()
            return self._known

    async def _ask(self, name: str, probe: Probe) -> PartState:
        try:
            async with asyncio.timeout(self._timeout_s):
                await probe()
        except (FairleadError, OSError, TimeoutError) as error:
            _log.warning("not ready: part=%s why=%s", name, error)
            return PartState(name=name, is_ready=False, is_needed=name not in self._spared)
        return PartState(name=name, is_ready=True, is_needed=name not in self._spared)
