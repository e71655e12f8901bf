"""Who comes in: proven by the headers before a live connection is opened, or told by its first message after that."""

import asyncio
from dataclasses import replace
from typing import Any

from litestar import WebSocket

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError
from fairlead.domain.access.roles import Principal, Scope, scopes_of
from fairlead.domain.access.secret import Secret
from fairlead.errors import FairleadError
from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.identity import demand_own, proven_caller
from fairlead.web.problems import ProblemError
from fairlead.web.services import Services
from fairlead.web.sockets.ending import EndError, Ending
from fairlead.web.sockets.frames import AuthOp, read_frame

__all__ = ["proven", "told"]

Socket = WebSocket[Any, Any, Any]


async def proven(socket: Socket, services: Services, user_id: str) -> Principal:
    """Return who the headers prove.

    Args:
        socket: a connection that is not accepted yet.
        services: what it works with.
        user_id: whom its path names.

    Raises:
        AuthenticationError: the proof does not count.
        AuthorizationError: it is another user's.
        UnavailableError: something the service needs does not answer.
    """
    caller = await proven_caller(socket, entry=services.entry, desk=services.desk)
    return await _own(caller, services, user_id)


async def told(socket: Socket, services: Services, user_id: str) -> Principal:
    """Return who the first message names, of a client that can set no header; ``socket`` is accepted.

    Raises:
        EndError: there is no such message in time, its token does not count, or it is another user's.
    """
    try:
        caller = await services.entry.authenticate(await _token(socket, services))
        return await _own(caller, services, user_id)
    except AuthorizationError:
        raise EndError(Ending.NOT_YOURS, "the path names another user") from None
    except AuthenticationError:
        raise EndError(Ending.NOT_AUTHENTICATED, "the token does not count; log in") from None
    except FairleadError:
        raise EndError(Ending.TRY_LATER, "something the service needs does not answer; try later") from None


async def _own(caller: Principal, services: Services, user_id: str) -> Principal:
    """Return who asks with the account that the exchange has for them."""
    demand_own(caller, user_id)
    if Scope.TRADE not in scopes_of(caller.role):
        return caller
    return replace(caller, account=await services.trading.accounts.ensure(caller.user_id, caller.account))


async def _token(socket: Socket, services: Services) -> Secret:
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
