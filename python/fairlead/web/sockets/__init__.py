"""``/ws`` and ``/ws/{userId}``: live connections."""

from fairlead.web.sockets.handlers import SOCKETS

__all__ = ["SOCKETS"]
