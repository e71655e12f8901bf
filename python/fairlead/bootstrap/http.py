"""HTTP of a service that stands: its application, and the socket on which it is answered until the end."""

import socket
from collections.abc import Callable

from litestar.types import ASGIApp

from fairlead.adapters.serving import HttpServer, settle
from fairlead.bootstrap.house import House
from fairlead.web.app import make_app
from fairlead.web.bodies import BodyLimits

__all__ = ["answer"]


def _app(house: House) -> ASGIApp:
    settings = house.settings
    return make_app(
        house.services,
        limits=BodyLimits(bytes_max=settings.limits.body_bytes_max, depth_max=settings.limits.json_depth_max),
        timeout_s=settings.server.request_timeout_s,
        allowed_origins=settings.server.allowed_origins,
    )


async def answer(house: House, on: Callable[[], socket.socket], *, on_ready: Callable[[tuple[str, int]], None]) -> None:
    """Answer HTTP until somebody says the end.

    Args:
        house: the service.
        on: returns the socket that listens.
        on_ready: hears its address once requests are answered.

    Raises:
        UnavailableError: nobody can listen there.
    """
    app, server = _app(house), house.settings.server
    if house.ended.is_set():
        return
    listening = on()
    settle()
    host, port = listening.getsockname()[:2]
    http = HttpServer(
        app,
        door=house.door,
        grace_s=server.shutdown_grace_s,
        trusted_proxies=server.trusted_proxies,
        on_ready=lambda: on_ready((host, port)),
    )
    await http.serve(listening, until=house.ended)
