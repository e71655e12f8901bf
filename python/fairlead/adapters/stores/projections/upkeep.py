"""The tables kept tidy by the thread that writes them, a small step at a time."""

from collections.abc import Callable
from functools import partial

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projections.partitions import tidy_partitions
from fairlead.adapters.stores.projections.pruning import Pruned, prune
from fairlead.adapters.stores.step import Step

__all__ = ["SqlUpkeep"]


class SqlUpkeep:
    """Looks after one store.

    Args:
        database: the store.
        keep_ns: how long what happened is kept, > 0; ``None``: for ever.
        held_from_seq: the record of the log from which on events are still wanted, however old they are, asked at each
            step; ``None``: from none.
    """

    def __init__(
        self, database: Database, *, keep_ns: int | None = None, held_from_seq: Callable[[], int | None] = lambda: None
    ) -> None:
        self._direct, self._keep_ns, self._held_from_seq = database.direct, keep_ns, held_from_seq
        # Of the thread that writes.
        self._pruned = Pruned()

    async def tidy(self, now_ns: int, /) -> bool:
        """Take one step; return whether there is more to do now."""
        return await self._direct.step(partial(self._tidy, now_ns, self._held_from_seq()))

    def _tidy(self, now_ns: int, held_from_seq: int | None, step: Step) -> bool:
        kept_from_ns = 0 if self._keep_ns is None else now_ns - self._keep_ns
        if step.has_partitions and tidy_partitions(step, now_ns=now_ns, kept_from_ns=kept_from_ns):
            return True
        if self._keep_ns is None:
            return False
        return prune(step, self._pruned, kept_from_ns=kept_from_ns, held_from_seq=held_from_seq)
