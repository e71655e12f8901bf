"""One live connection: reads what it asks, sends what it is told, and ends it where a rule says so."""

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from litestar import WebSocket

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Principal
from fairlead.domain.limits.bucket import Bucket
from fairlead.domain.streaming.outbox import Channel, Renew
from fairlead.domain.streaming.text_frame import text_frame
from fairlead.errors import FairleadError, NotFoundError, UnavailableError
from fairlead.ports.pipe import Pipe
from fairlead.services.streaming.listener import Listener
from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.correlation import correlation_id
from fairlead.web.order_requests import given
from fairlead.web.problems import ProblemError, problem_in
from fairlead.web.services import Services
from fairlead.web.sockets import orders
from fairlead.web.sockets.channels import channel_of, unknown
from fairlead.web.sockets.drop_copy import DROP_COPY
from fairlead.web.sockets.ending import EndError, Ending, GoneError
from fairlead.web.sockets.frames import Frame, NoFields, SubscribeOp, UnsubscribeOp, read_frame
from fairlead.web.sockets.private_side import PrivateSide
from fairlead.web.sockets.stream import PRIVATE

__all__ = ["Connection", "pipe_of"]

_SEND_S: Final = 10.0
_BEAT_S: Final = 5.0
# Who was taken back is gone within a second; a store that does not answer is borne for a while.
_LOOK_S: Final = 0.75
_BLIND_NS: Final = 5_000_000_000
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
        self._pipe: Pipe = pipe_of(socket)
        self._listener = Listener(self._pipe, bytes_max=sockets.queue_bytes_max)
        self._limits = BodyLimits(bytes_max=sockets.body_bytes_max, depth_max=sockets.depth_max)
        self._public: set[Channel] = set()
        wake = self._listener.wake.set
        self._private = None if caller is None else PrivateSide(caller, services, wake=wake)
        self._bucket, self._bytes = Bucket(sockets.rate), Bucket(sockets.byte_rate)

    async def run(self) -> None:
        """Serve until the client goes or a rule ends it.

        Raises:
            EndError: a rule ends it.
            GoneError: the client is gone.
        """
        sockets = self._services.sockets
        with contextlib.ExitStack() as parts:
            kind = "public" if self._caller is None else "private"
            parts.enter_context(sockets.tally.counted(kind, self._names))
            if self._private is not None:
                parts.enter_context(self._private.hearing())
            parts.callback(self._leave)
            await self._check()
            watch = () if self._caller is None else (self._watch,)
            tasks = [asyncio.create_task(part()) for part in (self._read, self._write, self._beat, *watch)]
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
            if not self._bytes.take(len(message), now_ns=self._services.sockets.now_ns()).is_granted:
                raise EndError(Ending.TOO_MANY_MESSAGES, "too many bytes; limits.connection_bytes_per_s")
            await self._send(text_frame(await self._answer(message)))

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
            await self._send_private()
            # Private news that comes between two public frames goes first, yet the markets are not kept out by it.
            while await self._send_public(outbox.take()) and not self._has_news:
                continue

    @property
    def _has_news(self) -> bool:
        return self._private is not None and self._private.has_news

    async def _send_private(self) -> None:
        if self._private is None or not self._private.has_news:
            return
        try:
            async for frame in self._private.frames():
                await self._send(text_frame(frame))
        except NotFoundError:
            raise EndError(Ending.NOT_KEPT, "not kept that long; resume from 0.0.0, or begin now") from None

    async def _send_public(self, entry: bytes | Renew | None) -> bool:
        if (lost := self._listener.outbox.lost) is not None:
            what = f"behind with {lost.name} {lost.depth} {lost.symbol:.36}; connect again, limits.queue_bytes_max"
            raise EndError(Ending.TOO_SLOW, what)
        frame = self._services.sockets.hub.state(entry.channel) if isinstance(entry, Renew) else entry
        if frame is not None:
            self._listener.is_sending = True
            await self._send(frame)
            self._listener.is_sending = False
        return entry is not None

    async def _beat(self) -> None:
        while True:
            await self._send(
                text_frame(_encode({"type": "HEARTBEAT", "serverTime": str(self._services.clock.now_ns())}))
            )
            await asyncio.sleep(_BEAT_S)

    async def _watch(self) -> None:
        """Look whether the caller may still be there, often; end it where that cannot be known for long."""
        now_ns = self._services.sockets.now_ns
        seen_ns = now_ns()
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                await self._check()
            except UnavailableError:
                if now_ns() - seen_ns >= _BLIND_NS:
                    raise
            else:
                seen_ns = now_ns()

    async def _check(self) -> None:
        if self._caller is not None and not await self._services.sockets.counts(self._caller):
            raise EndError(Ending.NOT_AUTHENTICATED, "the session has ended; log in and connect again")

    async def _send(self, frame: bytes) -> None:
        if self._pipe.write_now(frame):
            return
        try:
            async with asyncio.timeout(_SEND_S):
                await self._pipe.write(frame)
        except TimeoutError:
            raise EndError(Ending.TOO_SLOW, f"takes nothing for {_SEND_S:g} s; connect again and resume") from None
        except OSError:
            raise GoneError from None

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
            if frame.op == "subscribe":
                await self._subscribe(parse_body(frame.body, SubscribeOp, limits=self._limits))
            else:
                self._unsubscribe(parse_body(frame.body, UnsubscribeOp, limits=self._limits))
            return {"status": 200, "data": self._standing()}
        if frame.op not in orders.OPS:
            raise unknown("op", frame.op, _OPS)
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
        symbols = self._services.trading.symbols
        read = [channel_of(one, symbols) for one in asked.channels]
        private, resume_from = [one for one in read if not isinstance(one, Channel)], given(asked.resume_from)
        if resume_from is not None and not private:
            raise _nothing_to_resume(resume_from)
        if private and self._private is None:
            raise AuthorizationError("not allowed: this channel needs a private connection")
        if self._private is not None:
            await self._private.begin(private, resume_from=resume_from)
        for channel in read:
            if isinstance(channel, Channel) and channel not in self._public:
                await self._services.sockets.hub.subscribe(self._listener, channel)
                self._public.add(channel)

    def _unsubscribe(self, asked: UnsubscribeOp) -> None:
        symbols = self._services.trading.symbols
        for channel in [channel_of(one, symbols) for one in asked.channels]:
            if not isinstance(channel, Channel):
                if self._private is not None:
                    self._private.end(channel)
            elif channel in self._public:
                self._public.discard(channel)
                self._services.sockets.hub.unsubscribe(self._listener, channel)

    def _leave(self) -> None:
        for channel in self._public:
            self._services.sockets.hub.unsubscribe(self._listener, channel)

    def _names(self) -> list[str]:
        private = () if self._private is None else self._private.names
        return [*private, *(channel.name for channel in self._public)]

    def _standing(self) -> dict[str, object]:
        return {"subscriptions": self._count()} | ({} if self._private is None else self._private.standing)

    def _count(self) -> int:
        return len(self._names())


def pipe_of(socket: Socket) -> Pipe:
    """Return where the frames of a connection go."""
    extensions: Any = socket.scope["extensions"]
    pipe: Pipe = extensions["fairlead.pipe"]
    return pipe


def _nothing_to_resume(place: str) -> ProblemError:
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        "public channels cannot be resumed",
        field="resumeFrom",
        value=f"{place:.64}",
        limit=f"one of the channels {', '.join((*PRIVATE, DROP_COPY))}",
        fix="leave it out: a public channel begins with how things are; or name a private channel",
    )
