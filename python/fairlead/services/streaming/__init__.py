"""Live connections: who may have one, what the markets tell them, and when an account has news."""

from fairlead.services.streaming.doors import Doors, FullError
from fairlead.services.streaming.hub import Hub
from fairlead.services.streaming.live import Live
from fairlead.services.streaming.live_candles import LiveCandles
from fairlead.services.streaming.news import News
from fairlead.services.streaming.sockets import Sockets
from fairlead.services.streaming.tally import Tally
from fairlead.services.streaming.trail import Trail

__all__ = ["Doors", "FullError", "Hub", "Live", "LiveCandles", "News", "Sockets", "Tally", "Trail"]
