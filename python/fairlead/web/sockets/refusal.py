"""A live connection that is not opened: answered as a request is, with a status and a problem."""

from typing import Any

from fairlead.web.correlation import correlation_id
from fairlead.web.problems import PROBLEM_TYPE, problem_of

__all__ = ["refuse"]


async def refuse(error: Exception, scope: Any, send: Any) -> None:
    """Answer the request for a connection, which is not accepted yet, with what an error means."""
    problem, body = problem_of(error, correlation_id(scope))
    named = {"Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body)), **problem.headers}
    headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
