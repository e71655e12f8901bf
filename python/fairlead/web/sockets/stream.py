"""The private events of one connection: at once where it keeps up, from the tables where it is behind; none is lost."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec

from fairlead.domain.publishing.event import events_of
from fairlead.domain.streaming.places import kind_of, place_of, place_text
from fairlead.model.report import Position, Report
from fairlead.services.projections import Records
from fairlead.services.streaming import Live
from fairlead.web.money_wire import balance_of
from fairlead.web.problems import ProblemError

__all__ = ["PRIVATE", "PrivateStream"]

PRIVATE: Final = ("orders", "fills", "balances")
_PAGE: Final = 100
_FILLS: Final = frozenset({"ORDER_FILLED", "TRADE_BUSTED", "TRADE_CORRECTED"})
_encode: Final = msgspec.json.Encoder().encode


class PrivateStream:
    """What an account is told, from a place in the log on.

    Args:
        account: whose.
        records: the tables.
        live: the reports that have just come.
        reached: the last report that is in the tables.
    """

    def __init__(self, account: int, records: Records, *, live: Live, reached: Callable[[], Position]) -> None:
        self._account, self._records, self._live, self._reached = account, records, live, reached
        self._position: Position | None = None
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
            position, end = place_of(resume_from), self._live.end
            if position is None or position > end or self.channels:
                raise ProblemError(
                    400,
                    "VALIDATION_ERROR",
                    "the stream cannot begin there",
                    field="resumeFrom",
                    value=f"{resume_from:.64}",
                    limit=f"0.0.0 to {place_text(end)}, before any private channel is there",
                    fix="send the position of the last message you have, with the first private channels",
                )
            self._position = position
        elif not self.channels:
            self._position = self._live.newest
        self.channels.add(name)
        self._has_balances = self._has_balances or name == "balances"

    @property
    def place(self) -> str | None:
        """From where a later connection goes on so that nothing is missing; ``None`` where nothing has begun."""
        return None if self._position is None else place_text(self._position)

    def unsubscribe(self, name: str) -> None:
        """End a channel."""
        self.channels.discard(name)

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield all that is new: each event once, in the order of the log, then the balances where they may differ."""
        while self.channels and self._position is not None:
            fresh = self._live.after(self._account, self._position)
            is_whole = fresh is not None
            reached = self._reached()
            if fresh is None:
                fresh = await self._records.orders.events_after(self._account, self._position, count_max=_PAGE)
            for report in fresh:
                assert report.position is not None, "what is told has a place in the log"
                frame = self._frame(report)
                if frame is not None:
                    yield frame
                self._position = report.position
            if not is_whole and len(fresh) < _PAGE:
                # Between its last event and the end of the tables the account has none.
                self._position = max(self._position, reached)
                if self._live.after(self._account, self._position) is None:
                    break
            elif not fresh:
                break
        if self._has_balances and "balances" in self.channels:
            self._has_balances = False
            yield await self._balances()

    def _frame(self, report: Report) -> bytes | None:
        kind = kind_of(report)
        is_wanted = "orders" in self.channels or ("fills" in self.channels and kind in _FILLS)
        if kind is None or not is_wanted or report.position is None or report.repeated:
            return None
        body = next(event.body for event in events_of(report, log_id="") if event.topic == "reports")
        channel = "orders" if "orders" in self.channels else "fills"
        return self._message(kind, channel, report.position, msgspec.Raw(body))

    async def _balances(self) -> bytes:
        assert self._position is not None, "a channel is there"
        lines = await self._records.money.balances(self._account)
        return self._message("BALANCE_UPDATE", "balances", self._position, [balance_of(line) for line in lines])

    def _message(self, kind: str, channel: str, position: Position, data: Any) -> bytes:
        self._seq += 1
        said = {"type": kind, "channel": channel, "seq": self._seq, "position": place_text(position), "data": data}
        return _encode(said)
