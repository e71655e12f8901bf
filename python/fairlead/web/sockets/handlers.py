"""The two paths of live connections: who is let in, and with which code one is closed."""

import asyncio
import contextlib
import logging
from typing import Annotated, Any, Final

from litestar import WebSocket, websocket
from litestar.handlers import WebsocketRouteHandler
from litestar.params import PathParameter

from fairlead.domain.access.roles import Principal
from fairlead.errors import UnavailableError
from fairlead.services.streaming import FullError
from fairlead.web.correlation import correlation_id
from fairlead.web.identity import PUBLIC, shows_proof
from fairlead.web.services import Given, Services
from fairlead.web.sockets.connection import Connection, pipe_of
from fairlead.web.sockets.ending import EndError, Ending, GoneError
from fairlead.web.sockets.handshake import proven, told
from fairlead.web.sockets.refusal import refuse

__all__ = ["SOCKETS"]

Socket = WebSocket[Any, Any, Any]
UserId = Annotated[str, PathParameter(max_length=64)]
_log = logging.getLogger("fairlead.web")


@websocket("/ws", opt=PUBLIC)
async def public(socket: Socket, services: Given) -> None:
    """What everybody may hear."""
    await _serve(socket, services, user_id=None)


@websocket("/ws/{user_id:str}", opt=PUBLIC)
async def private(socket: Socket, user_id: UserId, services: Given) -> None:
    """What one user hears, and may do."""
    caller = None
    if shows_proof(socket):
        try:
            caller = await proven(socket, services, user_id)
        except Exception as error:  # noqa: BLE001 - whatever it is has an answer
            await refuse(error, socket.scope, socket.send)
            return
    await _serve(socket, services, user_id=user_id, caller=caller)


SOCKETS: Final[tuple[WebsocketRouteHandler, ...]] = (public, private)


async def _serve(socket: Socket, services: Services, *, user_id: str | None, caller: Principal | None = None) -> None:
    """Open a connection and serve it until its end, which is said by its code."""
    await socket.accept()
    with contextlib.ExitStack() as passed:
        try:
            if user_id is not None:
                caller = caller or await told(socket, services, user_id)
                passed.enter_context(services.sockets.doors.pass_through("account", caller.user_id))
            await Connection(socket, services, caller).run()
        except GoneError:
            return
        except FullError as error:
            await _close(socket, Ending.TOO_MANY_CONNECTIONS, str(error))
        except EndError as end:
            await _close(socket, end.code, end.reason)
        except UnavailableError as error:
            _log.warning("a live connection ends: correlation_id=%s why=%s", correlation_id(socket.scope), error)
            await _close(socket, Ending.TRY_LATER, "something the service needs does not answer; resume later")
        except Exception:  # noqa: BLE001 - a fault is written down, and the other side is told
            _log.exception("a live connection ends: correlation_id=%s", correlation_id(socket.scope))
            await _close(socket, Ending.FAULT, "a fault of the service; connect again and resume")


async def _close(socket: Socket, code: int, reason: str) -> None:
    # Whoever is gone needs no reason.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1.0):
            await pipe_of(socket).close(code, reason[:120])
