"""Reports from a place in the log on: at once where that is kept up with, from the tables where it is behind.

INV-1  Each report is returned once, in the order of the log, and none is left out.
INV-2  ``position`` never goes back.
"""

from collections.abc import Callable, Sequence
from typing import Final

from fairlead.model.report import Position, Report
from fairlead.ports.order_history import OrderHistory
from fairlead.services.streaming.live import Live

__all__ = ["Trail"]

_PAGE: Final = 100


class Trail:
    """What an account, or every account, was told after a place.

    Args:
        account: whose; ``None``: everybody's.
        after: the place.
        orders: the tables.
        live: the reports that have just come.
        reached: the last report that is in the tables.

    Attributes:
        position: up to where everything was returned.
    """

    def __init__(
        self,
        account: int | None,
        *,
        after: Position,
        orders: OrderHistory,
        live: Live,
        reached: Callable[[], Position],
    ) -> None:
        self._account, self._orders, self._live, self._reached = account, orders, live, reached
        self.position = after

    async def more(self) -> Sequence[Report]:
        """Return the next reports, oldest first; none: there are no more at the moment.

        Raises:
            NotFoundError: some of them are not kept any more.
            UnavailableError: the tables do not answer; none is lost.
        """
        while True:
            fresh = self._live.after(self._account, self.position)
            if fresh is not None:
                return self._moved(fresh)
            reached = self._reached()
            fresh = await self._orders.events_after(self._account, self.position, count_max=_PAGE)
            self._moved(fresh)
            if len(fresh) < _PAGE:
                # Between its last event and the end of the tables the account has none.
                self.position = max(self.position, reached)
            if fresh or self._live.after(self._account, self.position) is None:
                return fresh

    def _moved(self, fresh: Sequence[Report]) -> Sequence[Report]:
        if fresh:
            assert fresh[-1].position is not None, "what is told has a place in the log"
            self.position = fresh[-1].position
        return fresh
