"""Sends one HTTP request and says what became of it: an answer, or none and whether the request may have arrived."""

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from fairlead.errors import UnavailableError, UsageError
from fairlead.sdk.retries import Answered, Lost

__all__ = ["Proof", "Transport"]

# Made of a method, a target and a body: the headers that prove who asks.
Proof = Callable[[str, str, bytes], Mapping[str, str]]
_STALE: Final = "fairlead-stale"
_log = logging.getLogger("fairlead.sdk")


class Transport:
    """Connections to one service.

    Args:
        base_url: where it is, as in ``https://api.example.com``.
        timeout_s: after so long there is no answer, > 0.
        over: what carries the requests, for tests; ``None``: the network.

    Raises:
        UnavailableError: the library is not installed.
        UsageError: the address is none, or the time is not positive.
    """

    def __init__(self, base_url: str, *, timeout_s: float, over: Any = None) -> None:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise UnavailableError(
                "fairlead.AsyncClient and RestClient need httpx: pip install 'fairlead[client]'"
            ) from error
        if timeout_s <= 0:
            raise UsageError(f"timeout_s is not positive: value={timeout_s}")
        try:
            url = httpx.URL(base_url)
        except (httpx.InvalidURL, TypeError) as error:
            raise UsageError(f"base_url is none: value={base_url!r}; give http://HOST:PORT or https://HOST") from error
        if url.scheme not in {"http", "https"} or not url.host or url.path not in {"", "/"} or url.userinfo:
            raise UsageError(f"base_url is none: host={url.host!r}; give http://HOST:PORT or https://HOST, no more")
        self._httpx = httpx
        self._timeout_s = timeout_s
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout_s, transport=over)

    @property
    def is_private(self) -> bool:
        """Whether nobody between here and the service can read along: TLS, or this very machine."""
        return self._url.scheme == "https" or _is_here(self._url.host)

    @property
    def socket_url(self) -> str:
        """Where live connections are."""
        scheme = "wss" if self._url.scheme == "https" else "ws"
        return str(self._url.copy_with(scheme=scheme)).rstrip("/")

    @property
    def host(self) -> str:
        """The host of the service."""
        return self._url.host

    async def send(self, method: str, target: str, body: bytes, *, proof: Proof | None) -> Answered | Lost:
        """Send a request once and return what became of it."""
        headers = {"Content-Type": "application/json"} if body else {}
        request = self._http.build_request(method, target, headers=headers, content=body or None)
        if proof is not None:
            # What is signed is what stands in the request line.
            request.headers.update(proof(method, request.url.raw_path.decode("ascii"), body))
        httpx = self._httpx
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Lost(why=f"no connection: {_why(error)}", is_sent=False)
        except (TimeoutError, httpx.TimeoutException):
            return Lost(why=f"no answer in time: timeout_s={self._timeout_s}", is_sent=True)
        except httpx.RequestError as error:
            return Lost(why=f"the connection was lost: {_why(error)}", is_sent=True)
        told = answer.headers.get("retry-after", "")
        if _STALE in answer.headers:
            _log.warning("what is read may be older than what was answered: path=%s", request.url.path)
        wait_s = int(told) if told.isascii() and told.isdecimal() else None
        return Answered(status=answer.status_code, body=answer.content, retry_after_s=wait_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
