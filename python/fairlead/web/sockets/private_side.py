"""What one private connection hears that not everybody may: the caller's own events, and copies of executions."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from fairlead.domain.access.roles import Permission, Principal, demand
from fairlead.domain.streaming.places import place_of
from fairlead.ports.access_trail import AccessAction
from fairlead.services.streaming import Trail
from fairlead.web.problems import ProblemError
from fairlead.web.services import Services
from fairlead.web.sockets.channels import Copied, Own
from fairlead.web.sockets.drop_copy import DROP_COPY, EVERYBODY, DropCopy, demand_copy
from fairlead.web.sockets.event_messages import place_to_resume
from fairlead.web.sockets.stream import PrivateStream

__all__ = ["PrivateSide"]


class PrivateSide:
    """The private channels of a connection.

    Args:
        caller: whose connection it is.
        services: what it works with.
        wake: called when there is something to send.

    Attributes:
        has_news: whether there may be something to send.
    """

    def __init__(self, caller: Principal, services: Services, *, wake: Callable[[], None]) -> None:
        sockets = services.sockets
        self._caller, self._services, self._wake = caller, services, wake
        self._stream = PrivateStream(
            caller.account, services.records, live=sockets.live, bodies=sockets.bodies, reached=sockets.position
        )
        self._copy: DropCopy | None = None
        self._copying = contextlib.ExitStack()
        self.has_news = False

    @contextlib.contextmanager
    def hearing(self) -> Iterator[None]:
        """Be told of news meanwhile."""
        sockets, account = self._services.sockets, self._caller.account
        with self._copying, sockets.live.of(account, self._note), sockets.news.of(account, self._note_tables):
            yield

    @property
    def names(self) -> list[str]:
        """The channels that were begun."""
        return [*self._stream.channels, *([] if self._copy is None else [DROP_COPY])]

    @property
    def standing(self) -> dict[str, Any]:
        """From where a later connection goes on so that nothing is missing."""
        place = self._stream.place
        said = {} if place is None else {"position": place}
        return said if self._copy is None else said | {"dropCopy": self._copy.standing}

    async def begin(self, channels: Sequence[Own | Copied], *, resume_from: str | None) -> None:
        """Begin channels.

        Raises:
            AuthorizationError: the caller may not hear one of them; none is begun.
            ProblemError: a stream cannot begin there, or there is a copy of another account.
            UnavailableError: it cannot be written down who hears of others; none is begun.
        """
        if not channels:
            return
        of_others = []
        for channel in channels:
            if not isinstance(channel, Copied):
                demand(self._caller, Permission.READ_OWN)
            elif demand_copy(self._caller, channel.account):
                of_others.append(channel)
        for one in of_others:
            await self._note_order(one, is_resumed=resume_from is not None)
        own = [channel for channel in channels if isinstance(channel, Own)]
        copied = [channel for channel in channels if isinstance(channel, Copied)]
        if resume_from is not None:
            await self._settled(resume_from, is_copied=bool(copied))
        for place, channel in enumerate(own):
            self._stream.subscribe(channel.name, resume_from=None if place else resume_from)
        for one in copied:
            self._begin_copy(one, resume_from=resume_from)
        self._note()

    def end(self, channel: Own | Copied) -> None:
        """End a channel; one that was not begun is left out."""
        if isinstance(channel, Own):
            self._stream.unsubscribe(channel.name)
        elif self._copy is not None and self._copy.account == channel.account:
            self._copying.close()
            self._copy = None

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield what is new; between two pages of copies the caller's own events go first, while ``has_news``."""
        self.has_news = False
        async for frame in self._stream.frames():
            yield frame
        if (copy := self._copy) is None:
            return
        async for frame in copy.frames(rests=lambda: self.has_news):
            if copy is not self._copy:
                return
            yield frame

    def _begin_copy(self, asked: Copied, *, resume_from: str | None) -> None:
        sockets, running = self._services.sockets, self._copy
        if running is not None and running.account != asked.account:
            raise _one_at_a_time(asked, running)
        if running is not None and resume_from is None:
            return
        after = sockets.live.end
        if resume_from is not None:
            after = place_to_resume(resume_from, sockets.live, is_begun=running is not None)
        if asked.account is not None:
            self._copying.enter_context(sockets.live.of(asked.account, self._note))
        self._copying.enter_context(sockets.news.of(asked.account, self._note))
        orders = self._services.records.orders
        trail = Trail(asked.account, after=after, orders=orders, live=sockets.live, reached=sockets.position)
        self._copy = DropCopy(asked.account, trail)

    async def _note_order(self, asked: Copied, *, is_resumed: bool) -> None:
        """Write down who begins to hear of others, before they do."""
        running = self._copy
        if running is not None and running.account == asked.account and not is_resumed:
            return
        whose = EVERYBODY if asked.account is None else asked.account
        subject = f"SUBSCRIBE /ws/{self._caller.user_id} {DROP_COPY} account={whose}"
        await self._services.audit.note(AccessAction.ORDERED, self._caller, subject=subject)

    async def _settled(self, place: str, *, is_copied: bool) -> None:
        """Wait for a place that another process has told of and that is on its way to this one."""
        await self._services.trading.recent.settled()
        position = place_of(place)
        if is_copied and position is not None and position > self._services.sockets.live.end:
            await self._services.records.orders.reached(position)

    def _note(self) -> None:
        self.has_news = True
        self._wake()

    def _note_tables(self) -> None:
        self._stream.note_balances()
        self._note()


def _one_at_a_time(asked: Copied, running: DropCopy) -> ProblemError:
    whose, other = (EVERYBODY if one.account is None else str(one.account) for one in (asked, running))
    return ProblemError(
        409,
        "CONFLICT_ERROR",
        f"a connection has one drop copy: account={whose} running={other}",
        field="account",
        value=whose,
        limit="1",
        fix="unsubscribe from the other one first, or open another connection",
    )
