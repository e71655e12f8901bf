"""Live connections: who may have one, what the markets tell them, and when an account has news."""

from fairlead.services.streaming.doors import Doors, FullError
from fairlead.services.streaming.hub import Hub
from fairlead.services.streaming.news import News
from fairlead.services.streaming.sockets import Sockets

__all__ = ["Doors", "FullError", "Hub", "News", "Sockets"]
