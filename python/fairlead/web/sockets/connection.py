"""One live connection: reads what it asks, sends what it is told, and ends it where a rule says so."""

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from litestar import WebSocket

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Permission, Principal, demand
from fairlead.domain.limits.bucket import Bucket
from fairlead.domain.streaming.outbox import Channel, Renew
from fairlead.errors import FairleadError
from fairlead.services.streaming.hub import DEPTHS, PUBLIC, Listener
from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.correlation import correlation_id
from fairlead.web.order_requests import given
from fairlead.web.problems import ProblemError, problem_in
from fairlead.web.services import Services
from fairlead.web.sockets import orders
from fairlead.web.sockets.ending import EndError, Ending
from fairlead.web.sockets.frames import ChannelAsked, Frame, NoFields, SubscribeOp, read_frame
from fairlead.web.sockets.stream import PRIVATE, PrivateStream

__all__ = ["Connection"]

_SEND_S: Final = 10.0
_BEAT_S: Final = 5.0
_OPS: Final = ("subscribe", "unsubscribe", "ping", *orders.OPS)
_encode: Final = msgspec.json.Encoder().encode
Socket = WebSocket[Any, Any, Any]


class Connection:
    """A connection that was let in.

    Args:
        socket: where it is.
        services: what it works with.
        caller: whose it is; ``None``: anybody's.
    """

    def __init__(self, socket: Socket, services: Services, caller: Principal | None) -> None:
        self._socket, self._services, self._caller = socket, services, caller
        sockets = services.sockets
        self._listener = Listener(bytes_max=sockets.queue_bytes_max)
        self._limits = BodyLimits(bytes_max=sockets.body_bytes_max, depth_max=sockets.depth_max)
        self._public: set[Channel] = set()
        self._stream = None if caller is None else PrivateStream(caller.account, services.records)
        self._bucket = Bucket(sockets.rate)
        self._has_news = False
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve until the client goes or a rule ends it.

        Raises:
            EndError: a rule ends it.
        """
        sockets = self._services.sockets
        with contextlib.ExitStack() as parts:
            if self._caller is not None:
                parts.enter_context(sockets.news.of(self._caller.account, self._note_news))
            parts.callback(self._leave)
            tasks = [asyncio.create_task(part()) for part in (self._read, self._write, self._beat)]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                task.result()

    async def _read(self) -> None:
        while (message := await self._next()) is not None:
            grant = self._bucket.take(now_ns=self._services.sockets.now_ns())
            if not grant.is_granted:
                raise EndError(Ending.TOO_MANY_MESSAGES, "too many messages; limits.connection_messages_per_s")
            await self._send(await self._answer(message))

    async def _next(self) -> bytes | None:
        idle_s = self._services.sockets.idle_s
        try:
            async with asyncio.timeout(idle_s):
                message: Any = await self._socket.receive()
        except TimeoutError:
            raise EndError(Ending.TOO_SLOW, f"silent for {idle_s:g} s; send a ping") from None
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            raise EndError(Ending.NOT_TEXT, "a message is binary; send JSON as text")
        return str(text).encode()

    async def _write(self) -> None:
        outbox, wake = self._listener.outbox, self._listener.wake
        while True:
            await wake.wait()
            wake.clear()
            if self._stream is not None and self._has_news:
                self._has_news = False
                async for frame in self._stream.frames():
                    await self._send(frame)
            # Private news that comes between two public frames goes first.
            while not self._has_news and await self._send_public(outbox.take()):
                continue

    def _note_news(self) -> None:
        self._has_news = True
        self._listener.wake.set()

    async def _send_public(self, entry: bytes | Renew | None) -> bool:
        frame = self._services.sockets.hub.state(entry.channel) if isinstance(entry, Renew) else entry
        if frame is not None:
            await self._send(frame)
        return entry is not None

    async def _beat(self) -> None:
        while True:
            await self._check()
            await self._send(_encode({"type": "HEARTBEAT", "serverTime": str(self._services.clock.now_ns())}))
            await asyncio.sleep(_BEAT_S)

    async def _check(self) -> None:
        if self._caller is not None and not await self._services.sockets.counts(self._caller):
            raise EndError(Ending.NOT_AUTHENTICATED, "the session has ended; log in and connect again")

    async def _send(self, frame: bytes) -> None:
        try:
            async with asyncio.timeout(_SEND_S), self._sending:
                await self._socket.send({"type": "websocket.send", "bytes": None, "text": frame.decode()})
        except TimeoutError:
            raise EndError(Ending.TOO_SLOW, f"takes nothing for {_SEND_S:g} s; connect again and resume") from None

    async def _answer(self, raw: bytes) -> bytes:
        ident: str | None = None
        try:
            frame = read_frame(raw, limits=self._limits)
            ident = frame.id
            said = await self._carry_out(frame)
        except (FairleadError, ProblemError) as error:
            problem = problem_in(error, correlation_id(self._socket.scope))
            return _encode({"type": "ERROR", "id": ident, "problem": problem})
        return _encode({"type": "RESPONSE", "id": ident, **said})

    async def _carry_out(self, frame: Frame) -> dict[str, object]:
        if frame.op == "ping":
            parse_body(frame.body, NoFields, limits=self._limits)
            return {"status": 200, "data": {"serverTime": str(self._services.clock.now_ns())}}
        if frame.op in {"subscribe", "unsubscribe"}:
            asked = parse_body(frame.body, SubscribeOp, limits=self._limits)
            await (self._subscribe(asked) if frame.op == "subscribe" else self._unsubscribe(asked))
            return {"status": 200, "data": {"subscriptions": self._count()}}
        if frame.op not in orders.OPS:
            raise _unknown("op", frame.op, _OPS)
        if self._caller is None:
            raise AuthorizationError("not allowed: orders need a private connection")
        await self._check()
        done = await orders.carry_out(frame, self._caller, self._services, limits=self._limits)
        return {"status": done.status, "data": done.data}

    async def _subscribe(self, asked: SubscribeOp) -> None:
        limit = self._services.sockets.subscriptions_max
        if self._count() + len(asked.channels) > limit:
            what = f"too many subscriptions: open={self._count()} asked={len(asked.channels)} max={limit}"
            raise ProblemError(
                400, "VALIDATION_ERROR", what, field="channels", limit=str(limit), fix="leave some of them first"
            )
        read = [_channel(one) for one in asked.channels]
        private = [one.name for one in read if one.name in PRIVATE]
        self._begin_private(private, resume_from=given(asked.resume_from))
        for channel in read:
            if channel.name in PUBLIC and channel not in self._public:
                await self._services.sockets.hub.subscribe(self._listener, channel)
                self._public.add(channel)

    def _begin_private(self, names: list[str], *, resume_from: str | None) -> None:
        if not names:
            return
        if self._caller is None or self._stream is None:
            raise AuthorizationError("not allowed: this channel needs a private connection")
        demand(self._caller, Permission.READ_OWN)
        newest = self._services.sockets.position()
        for place, name in enumerate(names):
            self._stream.subscribe(name, resume_from=None if place else resume_from, newest=newest)
        self._note_news()

    async def _unsubscribe(self, asked: SubscribeOp) -> None:
        for channel in [_channel(one) for one in asked.channels]:
            if channel in self._public:
                self._public.discard(channel)
                self._services.sockets.hub.unsubscribe(self._listener, channel)
            elif self._stream is not None:
                self._stream.unsubscribe(channel.name)

    def _leave(self) -> None:
        for channel in self._public:
            self._services.sockets.hub.unsubscribe(self._listener, channel)

    def _count(self) -> int:
        return len(self._public) + (0 if self._stream is None else len(self._stream.channels))


def _channel(asked: ChannelAsked) -> Channel:
    symbol, depth = asked.symbol or "", asked.depth or ""
    if asked.name not in {*PRIVATE, *PUBLIC}:
        raise _unknown("name", asked.name, (*PRIVATE, *PUBLIC))
    if asked.name == "book":
        if (depth or "L2") not in DEPTHS:
            raise _unknown("depth", depth, DEPTHS)
        return Channel("book", symbol, depth or "L2")
    if depth:
        raise _unknown("depth", depth, ("none: only books have one",))
    if asked.name in PRIVATE and symbol:
        raise _unknown("symbol", symbol, ("none: private channels are of all symbols",))
    return Channel(asked.name, symbol)


def _unknown(field: str, value: str, known: tuple[str, ...]) -> ProblemError:
    listed = ", ".join(known)
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        f"{field} is not known: {field}={value:.64}",
        field=field,
        value=f"{value:.64}",
        limit=listed,
        fix=f"known: {listed}",
    )
