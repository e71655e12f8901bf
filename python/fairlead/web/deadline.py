"""A request has so long and no longer: a body that trickles in, and a part that does not answer, hold nothing up."""

import asyncio
from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.web.problems import ProblemError

__all__ = ["deadline", "too_late"]


def deadline(timeout_s: float) -> Callable[[ASGIApp], ASGIApp]:
    """Return what ends requests that take longer, with 503 and the hint that their outcome is not known."""

    def around(app: ASGIApp) -> ASGIApp:
        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.WEBSOCKET:
                # A live connection lasts; what it asks for has limits of its own.
                await app(scope, receive, send)
                return
            try:
                async with asyncio.timeout(timeout_s):
                    await app(scope, receive, send)
            except TimeoutError:
                raise too_late(timeout_s) from None

        return timed

    return around


def too_late(timeout_s: float) -> ProblemError:
    """Return what a request is answered with that took longer."""
    return ProblemError(
        503,
        "REQUEST_TIMEOUT",
        "the request took too long, and what became of it is in doubt",
        limit=f"{timeout_s:g} s",
        fix="look what became of it before you send it again",
        headers={"Retry-After": "1"},
    )
