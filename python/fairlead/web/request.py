"""A request whose body came in one piece is read without a stream around it."""

from math import inf
from typing import Any

from litestar import Request
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import HTTPReceiveMessage, Receive, Scope
from litestar.types.empty import Empty

__all__ = ["WholeRequest"]


class WholeRequest(Request[Any, Any, Any]):
    """What every route and guard is given."""

    async def body(self) -> bytes:
        """Return the body; what comes in several pieces, or not at all, is left to the framework."""
        state = self._connection_state
        if self._body is not Empty or state.body is not Empty:
            return await super().body()
        bytes_max = self.route_handler.resolve_request_max_body_size() or inf
        if _declared(self.scope) > bytes_max:
            # Said before it is sent: it need not be waited for.
            raise RequestEntityTooLarge
        message: HTTPReceiveMessage = await self.receive()  # type: ignore[assignment]
        if message["type"] != "http.request" or message.get("more_body", False):
            self.receive = _again(message, self.receive)
            return await super().body()
        body = message["body"]
        if len(body) > bytes_max:
            raise RequestEntityTooLarge
        self.is_connected = False
        self._body = state.body = body
        return body


def _declared(scope: Scope) -> int:
    """Return how long the head says that the body is; 0: it does not say."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), 0)


def _again(message: HTTPReceiveMessage, receive: Receive) -> Receive:
    waiting = [message]

    async def receive_again() -> Any:
        return waiting.pop() if waiting else await receive()

    return receive_again
