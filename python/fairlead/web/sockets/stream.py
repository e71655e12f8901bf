"""The private events of one connection: at once where it keeps up, from the tables where it is behind; none is lost."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from fairlead.domain.streaming.places import kind_of, place_text
from fairlead.model.report import Position, Report
from fairlead.services.projections import Records
from fairlead.services.publishing import Bodies
from fairlead.services.streaming import Live, Trail
from fairlead.web.money_wire import balance_of
from fairlead.web.sockets.event_messages import EXECUTIONS, message, place_to_resume

__all__ = ["PRIVATE", "PrivateStream"]

PRIVATE: Final = ("orders", "fills", "balances")


class PrivateStream:
    """What an account is told, from a place in the log on.

    Args:
        account: whose.
        records: the tables.
        live: the reports that have just come.
        bodies: writes what is told of them.
        reached: the last report that is in the tables.
    """

    def __init__(
        self, account: int, records: Records, *, live: Live, bodies: Bodies, reached: Callable[[], Position]
    ) -> None:
        self._account, self._records, self._live, self._reached = account, records, live, reached
        self._bodies = bodies
        self._trail: Trail | None = None
        self._told: Position | None = None
        self._seq = 0
        self._has_balances = False
        self.channels: set[str] = set()

    def note_balances(self) -> None:
        """The tables have news of the account: its balances may be others."""
        self._has_balances = True

    def subscribe(self, name: str, *, resume_from: str | None) -> None:
        """Begin a channel; the first one says from where on.

        Raises:
            ProblemError: the place is none of this log, or a stream that runs already cannot begin elsewhere.
        """
        if resume_from is not None:
            self._begin(place_to_resume(resume_from, self._live, is_begun=bool(self.channels)))
        elif not self.channels:
            self._begin(self._live.newest)
        self.channels.add(name)
        self._has_balances = self._has_balances or name == "balances"

    def _begin(self, after: Position) -> None:
        self._told = after
        self._trail = Trail(
            self._account, after=after, orders=self._records.orders, live=self._live, reached=self._reached
        )

    @property
    def place(self) -> str | None:
        """From where a later connection goes on so that nothing is missing; ``None`` where nothing has begun."""
        return None if self._told is None else place_text(self._told)

    def unsubscribe(self, name: str) -> None:
        """End a channel."""
        self.channels.discard(name)

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield all that is new: each event once, in the order of the log, then the balances where they may differ."""
        trail = self._trail
        while self.channels and trail is not None:
            fresh = await trail.more()
            for report in fresh:
                if trail is self._trail and (frame := await self._frame(report, trail)) is not None:
                    yield frame
                self._note(report.position, trail)
            if not fresh:
                self._note(trail.position, trail)
                break
        if self._has_balances and "balances" in self.channels:
            self._has_balances = False
            yield await self._balances()

    def _note(self, position: Position | None, trail: Trail) -> None:
        # Where it has begun elsewhere meanwhile, that is its place.
        if trail is self._trail:
            self._told = position

    async def _frame(self, report: Report, trail: Trail) -> bytes | None:
        kind = kind_of(report)
        is_wanted = "orders" in self.channels or ("fills" in self.channels and kind in EXECUTIONS)
        if kind is None or not is_wanted or report.position is None or report.repeated:
            return None
        channel = "orders" if "orders" in self.channels else "fills"
        body = await self._bodies.of(report)
        if trail is not self._trail:
            return None
        self._seq += 1
        return message(kind, channel, seq=self._seq, position=report.position, data=body)

    async def _balances(self) -> bytes:
        assert self._told is not None, "a channel is there"
        lines = await self._records.money.balances(self._account)
        self._seq += 1
        data = [balance_of(line) for line in lines]
        return message("BALANCE_UPDATE", "balances", seq=self._seq, position=self._told, data=data)
