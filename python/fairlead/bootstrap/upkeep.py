"""The part that keeps the tables tidy: partitions ahead, and what is old taken away."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from fairlead.adapters.stores.projections import SqlUpkeep
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.services.projections import Caretaker

__all__ = ["kept_from", "upkeep"]

_NS_PER_HOUR: Final = 3_600 * 1_000_000_000
# A demo is left on for days, and nobody looks at what its agents did yesterday.
_DEMO_HOURS: Final = 6


def kept_from(house: House) -> Callable[[], int]:
    """Return since when the tables write down what they are told of.

    Where somebody outside follows them, everything: what is old is taken away after it was handed on.
    """
    keep_ns, now_ns = _keep_ns(house), house.needs.clock.now_ns
    followed = {house.settings.bus.kind, house.settings.cache.kind} != {"memory"}
    return (lambda: 0) if keep_ns is None or followed else (lambda: now_ns() - keep_ns)


def _keep_ns(house: House) -> int | None:
    hours = house.settings.store.keep_hours or (_DEMO_HOURS if house.with_demo else 0)
    return hours * _NS_PER_HOUR or None


@asynccontextmanager
async def upkeep(house: House) -> AsyncIterator[None]:
    """Look after the tables meanwhile."""

    def held_from_seq() -> int | None:
        return min((it.wanted_from.event_seq for it in house.publishers), default=None)

    tidying = SqlUpkeep(house.database, keep_ns=_keep_ns(house), held_from_seq=held_from_seq)
    caretaker = Caretaker(tidying, clock=house.needs.clock)
    async with background(caretaker.run(), name="upkeep", lost="the tables are tidied no more"):
        yield
