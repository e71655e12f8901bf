"""One live connection, opened and read: what its end means is said by its code."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from fairlead.errors import UnavailableError
from fairlead.sdk.call import Call
from fairlead.sdk.errors import (
    ApiError,
    AuthenticationError,
    AuthorizationError,
    Details,
    NotFoundError,
    ServiceFaultError,
)
from fairlead.sdk.retries import Answered, error_of

__all__ = ["Ended", "Socket", "lasting_error", "opened", "refusal"]

_UNAUTHORIZED, _FORBIDDEN = 401, 403
_NOT_AUTHENTICATED: Final = 4401
_NOT_YOURS: Final = 4403
# Coming again with the same place would end the same way.
_NOT_KEPT: Final = 4410
_UNREAD: Final = frozenset({1003, 1007, 1009})
# Of one message; snapshots of deep books are long.
_BYTES_MAX: Final = 16 * 1_048_576
# A server that is gone without a word is noticed within twice this time.
_PING_S: Final = 10.0


class Ended(Exception):  # noqa: N818 - it is no error that a connection ends
    """The connection is over.

    Args:
        code: why, as the service says it; 0 where it says nothing.
        why: for people.
        answer: what the service said instead of opening it.
    """

    def __init__(self, code: int, why: str, answer: Answered | None = None) -> None:
        super().__init__(why)
        self.code, self.answer = code, answer

    @property
    def is_unproven(self) -> bool:
        """Whether another proof may open the next one."""
        return self.code == _NOT_AUTHENTICATED or (self.answer is not None and self.answer.status == _UNAUTHORIZED)


class Socket:
    """A connection that is open.

    Args:
        link: of the library.
        closed: what the library raises at the end.
    """

    def __init__(self, link: Any, closed: type[Exception]) -> None:
        self._link, self._closed = link, closed

    async def close(self) -> None:
        """End it; who receives is told."""
        await self._link.close()

    async def send(self, text: str) -> None:
        """Send a message.

        Raises:
            Ended: the connection is over.
        """
        try:
            await self._link.send(text)
        except self._closed as error:
            raise _ended(error) from None

    async def receive(self) -> str:
        """Return the next message.

        Raises:
            Ended: the connection is over.
        """
        try:
            return str(await self._link.recv())
        except self._closed as error:
            raise _ended(error) from None


@asynccontextmanager
async def opened(url: str, headers: Mapping[str, str], *, timeout_s: float) -> AsyncIterator[Socket]:
    """Open a connection, and close it at the end.

    Raises:
        Ended: it does not open.
        UnavailableError: the library is not installed.
    """
    try:
        from websockets.asyncio.client import connect
        from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
    except ModuleNotFoundError as error:
        raise UnavailableError("live connections need websockets: pip install 'fairlead[client]'") from error
    try:
        link = await connect(
            url,
            additional_headers=dict(headers),
            open_timeout=timeout_s,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            close_timeout=1.0,
            max_size=_BYTES_MAX,
            compression=None,
            proxy=None,
        )
    except InvalidStatus as error:
        answer = Answered(status=error.response.status_code, body=bytes(error.response.body or b""))
        raise Ended(0, f"no connection: status={answer.status}", answer) from None
    except (OSError, TimeoutError, EOFError, WebSocketException) as error:
        raise Ended(0, f"no connection: {str(error) or type(error).__name__}") from None
    try:
        yield Socket(link, ConnectionClosed)
    finally:
        await link.close()


def lasting_error(ended: Ended) -> ApiError | None:
    """Return the error after which coming again is no use; ``None``: come again."""
    if ended.answer is not None:
        return refusal(ended.answer) if ended.answer.status in {_UNAUTHORIZED, _FORBIDDEN} else None
    text = f"the service ended the connection: code={ended.code} {ended}"
    if ended.code == _NOT_AUTHENTICATED:
        return AuthenticationError(text, Details(code="AUTHENTICATION_ERROR", status=401))
    if ended.code == _NOT_YOURS:
        return AuthorizationError(text, Details(code="AUTHORIZATION_ERROR", status=403))
    if ended.code == _NOT_KEPT:
        return NotFoundError(text, Details(code="NOT_FOUND", status=404))
    if ended.code in _UNREAD:
        return ServiceFaultError(text, Details(code="UNREADABLE_MESSAGE", status=400))
    return None


def refusal(answer: Answered) -> ApiError:
    """Return the error that an answer is, of which no verb of the client asks."""
    call: Call[Any] = Call(method="GET", target="/ws", answer=None, take=lambda _: None)
    return error_of(call, answer, attempts=1, in_doubt=False)


def _ended(error: Any) -> Ended:
    return Ended(error.rcvd.code, error.rcvd.reason) if error.rcvd is not None else Ended(0, "the connection was lost")
