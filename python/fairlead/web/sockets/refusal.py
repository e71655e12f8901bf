"""A live connection that is not opened: answered as a request is, with a status and a problem."""

from typing import Any

from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.web.correlation import correlation_id
from fairlead.web.problems import PROBLEM_TYPE, problem_of

__all__ = ["answered", "refuse"]


def answered(app: ASGIApp) -> ASGIApp:
    """Return the application so that a live connection of no path that there is gets the answer of a request."""

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def say(message: Any) -> None:
            nonlocal is_begun
            if message["type"] == "websocket.close" and not is_begun:
                # The router says it so; a server makes a 403 of it.
                await refuse(NotFoundException(), scope, send)
                return
            is_begun = True
            await send(message)

        await app(scope, receive, say if scope["type"] == ScopeType.WEBSOCKET else send)

    return answering


async def refuse(error: Exception, scope: Any, send: Any) -> None:
    """Answer the request for a connection, which is not accepted yet, with what an error means."""
    problem, body = problem_of(error, correlation_id(scope))
    named = {"Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body)), **problem.headers}
    headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
