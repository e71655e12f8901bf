"""What the service tells of its markets, followed message by message, and what operators do to them."""

from fairlead.services.markets.breakers import Breakers, BreakerStatus
from fairlead.services.markets.control import NewMarket, Scope, VenueControl
from fairlead.services.markets.coverage import Coverage
from fairlead.services.markets.desk import BookView, CandleRun, Markets, MarketView, TapeMinutes, WantedCandles
from fairlead.services.markets.follow import Following
from fairlead.services.markets.tape import PublicTrade, Tape

__all__ = [
    "BookView",
    "BreakerStatus",
    "Breakers",
    "CandleRun",
    "Coverage",
    "Following",
    "MarketView",
    "Markets",
    "NewMarket",
    "PublicTrade",
    "Scope",
    "Tape",
    "TapeMinutes",
    "VenueControl",
    "WantedCandles",
]
