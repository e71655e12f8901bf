"""The two paths of live connections: who comes in, and with which code one is closed."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import WebSocket, websocket
from litestar.handlers import WebsocketRouteHandler
from litestar.params import PathParameter

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError
from fairlead.domain.access.roles import Principal, Scope, scopes_of
from fairlead.domain.access.secret import Secret
from fairlead.errors import FairleadError
from fairlead.services.streaming import FullError
from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.identity import PUBLIC, demand_own, proven_caller, shows_proof
from fairlead.web.problems import ProblemError
from fairlead.web.services import Given, Services
from fairlead.web.sockets.connection import Connection, pipe_of
from fairlead.web.sockets.ending import EndError, Ending, GoneError
from fairlead.web.sockets.frames import AuthOp, read_frame

__all__ = ["SOCKETS"]

Socket = WebSocket[Any, Any, Any]
UserId = Annotated[str, PathParameter(max_length=64)]


@websocket("/ws", opt=PUBLIC)
async def public(socket: Socket, services: Given) -> None:
    """What everybody may hear."""
    await _serve(socket, services, user_id=None)


@websocket("/ws/{user_id:str}", opt=PUBLIC)
async def private(socket: Socket, user_id: UserId, services: Given) -> None:
    """What one user hears, and may do."""
    await _serve(socket, services, user_id=user_id)


SOCKETS: Final[tuple[WebsocketRouteHandler, ...]] = (public, private)


async def _serve(socket: Socket, services: Services, *, user_id: str | None) -> None:
    doors = services.sockets.doors
    await socket.accept()
    with contextlib.ExitStack() as passed:
        try:
            caller = None
            if user_id is not None:
                caller = await _caller(socket, services, user_id)
                passed.enter_context(doors.pass_through("account", caller.user_id))
            await Connection(socket, services, caller).run()
        except GoneError:
            return
        except FullError as error:
            await _close(socket, Ending.TOO_MANY_CONNECTIONS, str(error))
        except EndError as end:
            await _close(socket, end.code, end.reason)


async def _caller(socket: Socket, services: Services, user_id: str) -> Principal:
    try:
        if shows_proof(socket):
            caller = await proven_caller(socket, entry=services.entry, desk=services.desk)
        else:
            caller = await services.entry.authenticate(await _token(socket, services))
        demand_own(caller, user_id)
    except AuthorizationError:
        raise EndError(Ending.NOT_YOURS, "the path names another user") from None
    except AuthenticationError:
        raise EndError(Ending.NOT_AUTHENTICATED, "the proof does not count; log in, or sign anew") from None
    except FairleadError:
        raise EndError(Ending.TRY_LATER, "something the service needs does not answer; try later") from None
    if Scope.TRADE in scopes_of(caller.role):
        caller = replace(caller, account=await services.trading.accounts.ensure(caller.user_id, caller.account))
    return caller


async def _token(socket: Socket, services: Services) -> Secret:
    """Read the token of a client that can set no header."""
    sockets = services.sockets
    limits = BodyLimits(bytes_max=sockets.body_bytes_max, depth_max=sockets.depth_max)
    try:
        async with asyncio.timeout(sockets.auth_wait_s):
            message: Any = await socket.receive()
        frame = read_frame(str(message.get("text") or "").encode(), limits=limits)
        if frame.op == "auth":
            return Secret(parse_body(frame.body, AuthOp, limits=limits).token)
    except (TimeoutError, ProblemError):
        pass
    raise EndError(Ending.NOT_AUTHENTICATED, f"no op auth with a token within {sockets.auth_wait_s:g} s")


async def _close(socket: Socket, code: int, reason: str) -> None:
    # Whoever is gone needs no reason.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1.0):
            await pipe_of(socket).close(code, reason[:120])
