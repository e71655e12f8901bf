"""Keeps one live connection alive: comes back by itself, asks again for what is listened to, goes on where it was.

Invariants: (1) a private event is kept once, in the order of the log, whatever was cut; (2) the place from which the
next connection goes on is that of the last event that was kept; (3) each connection is asked once for each channel.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import count
from typing import Any, Final

import msgspec

from fairlead.errors import UsageError
from fairlead.sdk.answers import Answer, Problem
from fairlead.sdk.door import Door
from fairlead.sdk.errors import Details, RateLimitedError, UnavailableError
from fairlead.sdk.inbox import Inbox
from fairlead.sdk.live_feeds import Feed, Feeds
from fairlead.sdk.live_messages import DROP_COPY, PRIVATE, BalanceUpdate, Head, PrivateEvent, head_of, read
from fairlead.sdk.live_socket import Ended, Socket, lasting_error, opened, refusal
from fairlead.sdk.retries import Answered, Lost
from fairlead.sdk.surroundings import Surroundings

__all__ = ["LiveLink"]

# Events that wait for who takes them; when there are more the connection is not read, and the service keeps them.
_EVENTS_MAX: Final = 10_000
_BACKOFF_S_MIN, _BACKOFF_S_MAX = 0.05, 5.0
# A service ends connections that say nothing for a while.
_SIGN_OF_LIFE_S: Final = 2.0
_STREAM: Final = "stream"
# Refusals of a channel after which it is asked for again.
_TEMPORARY: Final = frozenset({429, 503})
_HALF: Final = 0.5


class _Copying(Answer, frozen=True, kw_only=True):
    position: str


class _Begun(Answer, frozen=True, kw_only=True):
    position: str | None = None
    drop_copy: _Copying | None = None

    @property
    def place(self) -> str | None:
        """From where what was begun goes on."""
        return self.position if self.drop_copy is None else self.drop_copy.position


class LiveLink:
    """Live connections to one service, one at a time.

    Args:
        url: where live connections are.
        door: who proves who asks.
        user_id: says whose connection it is; not asked where nobody proves who they are.
        world: time, sleep and chance.
        timeout_s: of one attempt.

    Attributes:
        feeds: the public channels.
        events: private events that are not taken yet.
        position: of the last of them.
        connections: how many there were.
    """

    def __init__(
        self, url: str, *, door: Door, user_id: Callable[[], Awaitable[str]], world: Surroundings, timeout_s: float
    ) -> None:
        self._url, self._door, self._user_id, self._world, self._timeout_s = url, door, user_id, world, timeout_s
        self._numbers = count(1)
        self._socket: Socket | None = None
        self._opened, self._begun = asyncio.Event(), asyncio.Event()
        self._failure: Exception | None = None
        self._task: asyncio.Task[None] | None = None
        self._asked: dict[str, asyncio.Future[Answered | Lost]] = {}
        self._channels: tuple[Mapping[str, str | int], ...] = ()
        # The connection that was last asked for private events.
        self._streams_in = 0
        self.feeds = Feeds()
        self.events: Inbox[PrivateEvent] = Inbox(_EVENTS_MAX)
        self.position: str | None = None
        self.connections = 0

    async def open(self) -> None:
        """Connect, and stay so.

        Raises:
            ApiError: the service does not answer in time, or lets nobody in.
        """
        self._task = asyncio.create_task(self._run(), name="fairlead-live")
        try:
            await self._wait(self._opened, what="no live connection")
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the connection; whoever reads is told."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._fail(UsageError("the live connection is closed: make another"))

    async def begin_events(self, channels: Iterable[str], *, resume_from: str | None) -> None:
        """Begin the private events; they come into ``events``.

        Raises:
            UsageError: somebody reads them already, a channel is unknown, or nobody says who asks.
            ApiError: the service does not answer in time.
        """
        wanted = tuple(channels)
        if not wanted or not set(wanted) <= PRIVATE:
            raise UsageError(f"no private events: channels={wanted} known={', '.join(sorted(PRIVATE))}")
        await self._begin_stream([{"name": name} for name in wanted], resume_from=resume_from)

    async def begin_copy(self, account: int | str, *, resume_from: str | None) -> None:
        """Begin copies of executions; they come into ``events``.

        Raises:
            UsageError: somebody reads private events already, or nobody says who asks.
            ApiError: the service does not answer in time.
        """
        await self._begin_stream([{"name": DROP_COPY, "account": account}], resume_from=resume_from)

    async def _begin_stream(self, channels: Iterable[Mapping[str, str | int]], *, resume_from: str | None) -> None:
        if self._channels or not self._door.has_proof:
            reading = ", ".join(str(channel["name"]) for channel in self._channels) or "nothing"
            raise UsageError(f"no private events: reading={reading}; one reader at a time, with a login or a key")
        self._channels, self.position, self.events = tuple(channels), resume_from, Inbox(_EVENTS_MAX)
        self._begun.clear()
        if self._socket is not None and self._streams_in == self.connections:
            # What is still under way of an earlier reader could not be told from ours.
            await self._socket.close()
        elif self._socket is not None:
            await self._ask_stream(self._socket)
        await self._wait(self._begun, what="the events do not begin")

    def end_events(self) -> None:
        """Hear no more of them; the next connection is not asked for any."""
        self._channels = ()

    async def ask_feed(self, feed: Feed) -> None:
        """Ask for a channel; where nobody is there the next connection is asked."""
        self._check()
        if self._socket is not None:
            await self._ask_once(self._socket, feed)

    async def leave_feed(self, feed: Feed) -> None:
        """Say that a channel is not listened to any more."""
        await self._say({"op": "unsubscribe", "channels": [feed.key.channel()]})

    async def exchange(self, message: dict[str, Any]) -> Answered | Lost:
        """Send a message and return what became of it."""
        try:
            await self._wait(self._opened, what="no live connection")
        except UnavailableError as error:
            return Lost(why=str(error), is_sent=False)
        ident = f"o{next(self._numbers)}"
        answer = self._asked[ident] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._timeout_s):
                if not await self._say(message | {"id": ident}):
                    return Lost(why="the connection was lost", is_sent=True)
                outcome: Answered | Lost = await answer
                return outcome
        except TimeoutError:
            return Lost(why=f"no answer in time: timeout_s={self._timeout_s}", is_sent=True)
        finally:
            self._asked.pop(ident, None)

    # What follows runs in the client's task.

    async def _run(self) -> None:
        backoff_s, is_refused = _BACKOFF_S_MIN, False
        while True:
            before = self.connections
            try:
                await self._session(is_refused=is_refused)
            except Ended as ended:
                was_refused, is_refused = is_refused, ended.is_unproven
                lasting = lasting_error(ended)
                if lasting is not None and (was_refused or not is_refused):
                    return self._fail(lasting)
            except (UnavailableError, RateLimitedError):
                # The service cannot be asked who we are; it is perhaps back soon.
                pass
            except Exception as error:  # noqa: BLE001 - told to everybody who waits
                return self._fail(error)
            backoff_s = _BACKOFF_S_MIN if self.connections > before else min(backoff_s * 2, _BACKOFF_S_MAX)
            await self._world.sleep(backoff_s * (_HALF + _HALF * self._world.chance()))

    async def _session(self, *, is_refused: bool) -> None:
        target, headers = "/ws", {}
        if self._door.has_proof:
            target = f"/ws/{await self._user_id()}"
            headers = dict(await self._door.live_proof(target, is_refused=is_refused))
        async with opened(self._url + target, headers, timeout_s=self._timeout_s) as socket:
            # The service speaks first: whom it lets in hears its heartbeat.
            first = await socket.receive()
            self.connections += 1
            signs = asyncio.create_task(self._show_life(socket))
            try:
                await self._begin_again(socket)
                await self._take(socket, first)
                while True:
                    await self._take(socket, await socket.receive())
            finally:
                signs.cancel()
                self._lose()

    async def _begin_again(self, socket: Socket) -> None:
        """Ask for everything that is listened to, also what is meanwhile; then it is open for everybody."""
        if self._channels:
            await self._ask_stream(socket)
        while asked := [feed for feed in self.feeds if feed.asked_in != self.connections]:
            for feed in asked:
                await self._ask_once(socket, feed)
        self._socket = socket
        self._opened.set()
        if self._channels and self._streams_in != self.connections:
            await self._ask_stream(socket)

    def _lose(self) -> None:
        self._socket = None
        if self._failure is None:
            self._opened.clear()
        self.feeds.lose()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result(Lost(why="the connection was lost", is_sent=True))

    async def _show_life(self, socket: Socket) -> None:
        with contextlib.suppress(Ended):
            while True:
                await asyncio.sleep(_SIGN_OF_LIFE_S)
                await socket.send('{"op":"ping"}')
                for feed in self.feeds:
                    await self._ask_once(socket, feed)

    async def _ask_stream(self, socket: Socket) -> None:
        if self._streams_in == self.connections:
            return
        self._streams_in = self.connections
        asked: dict[str, Any] = {"op": "subscribe", "id": _STREAM}
        asked["channels"] = self._channels
        await _send(socket, asked if self.position is None else asked | {"resumeFrom": self.position})

    async def _ask_once(self, socket: Socket, feed: Feed) -> None:
        if feed.asked_in != self.connections:
            feed.asked_in = self.connections
            await _send(socket, feed.asked(self._numbers))

    async def _take(self, socket: Socket, text: str) -> None:
        head = head_of(text)
        if head.type in {"RESPONSE", "ERROR"}:
            self._take_answer(head)
        elif head.channel in PRIVATE or head.channel == DROP_COPY:
            await self._take_event(read(head, text))
        elif head.channel is not None and (feed := self.feeds.of(head)) is not None and not feed.hear(head, text):
            await _send(socket, {"op": "unsubscribe", "channels": [feed.key.channel()]})
            await _send(socket, feed.asked(self._numbers))

    async def _take_event(self, event: PrivateEvent) -> None:
        if not self._channels or self._streams_in != self.connections:
            return
        is_new = self.position is None or _is_after(event.position, self.position)
        if is_new or isinstance(event, BalanceUpdate):
            await self.events.put(event)
            self.position = event.position

    def _take_answer(self, head: Head) -> None:
        body, ident = head.body(), head.id
        status = msgspec.json.decode(body, type=Problem).status if head.type == "ERROR" else head.status
        answered = Answered(status=status, body=body)
        if ident is None:
            return
        if ident == _STREAM:
            self._take_begin(answered)
        elif (feed := self.feeds.asked_as(ident)) is not None:
            if answered.status in _TEMPORARY:
                feed.asked_in = 0
            elif not answered.is_success:
                feed.fail(refusal(answered))
        elif (answer := self._asked.get(ident)) is not None and not answer.done():
            answer.set_result(answered)

    def _take_begin(self, answered: Answered) -> None:
        if answered.is_success:
            self.position = self.position or msgspec.json.decode(answered.body, type=_Begun).place
        else:
            self.events.fail(refusal(answered))
        self._begun.set()

    async def _say(self, message: dict[str, Any]) -> bool:
        """Send a message; ``False``: nobody is there."""
        if self._socket is None:
            return False
        return await _send(self._socket, message)

    async def _wait(self, event: asyncio.Event, *, what: str) -> None:
        self._check()
        try:
            async with asyncio.timeout(self._timeout_s):
                await event.wait()
        except TimeoutError:
            text = f"NO_ANSWER: {what}: timeout_s={self._timeout_s}; check the address, and that the service runs"
            raise UnavailableError(text, Details(code="NO_ANSWER")) from None
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        self._opened.set()
        self._begun.set()
        self.events.fail(self._failure)
        self.feeds.fail(self._failure)


async def _send(socket: Socket, message: dict[str, Any]) -> bool:
    """Send a message; ``False``: the connection is over, which who reads it finds too."""
    try:
        await socket.send(msgspec.json.encode(message).decode())
    except Ended:
        return False
    return True


def _is_after(position: str, other: str) -> bool:
    here, there = (tuple(int(part) for part in place.split(".")) for place in (position, other))
    return here > there
