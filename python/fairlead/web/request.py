"""A request whose body came in one piece is read without a stream around it."""

import sys
from typing import Any

from litestar import Request
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import HTTPReceiveMessage, Receive, Scope
from litestar.types.empty import Empty

from fairlead.web.bodies import too_large

__all__ = ["WholeRequest"]


class WholeRequest(Request[Any, Any, Any]):
    """What every route and guard is given."""

    async def body(self) -> bytes:
        """Return the body; what comes in several pieces, or not at all, is left to the framework.

        Raises:
            ProblemError: it has more bytes than may be.
        """
        state = self._connection_state
        if self._body is not Empty or state.body is not Empty:
            return await super().body()
        bytes_max = self.route_handler.resolve_request_max_body_size() or sys.maxsize
        if _declared(self.scope) > bytes_max:
            # Said before it is sent: it need not be waited for.
            raise too_large(bytes_max)
        message: HTTPReceiveMessage = await self.receive()  # type: ignore[assignment]
        if message["type"] != "http.request" or message.get("more_body", False):
            self.receive = _again(message, self.receive)
            try:
                return await super().body()
            except RequestEntityTooLarge:
                raise too_large(bytes_max) from None
        body = message["body"]
        if len(body) > bytes_max:
            raise too_large(bytes_max)
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
