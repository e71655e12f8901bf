"""What the service tells of its markets, followed message by message, and what operators do to them."""

from fairlead.domain.market_data.public_trade import PublicTrade
from fairlead.services.markets.account_limits import LimitsDesk
from fairlead.services.markets.accounts import AccountCommands
from fairlead.services.markets.assets import Assets
from fairlead.services.markets.breakers import Breakers, BreakerStatus
from fairlead.services.markets.control import NewMarket, Scope, VenueControl
from fairlead.services.markets.corrections import Corrections
from fairlead.services.markets.coverage import Coverage
from fairlead.services.markets.desk import BookView, CandleRun, Markets, MarketView, TapeMinutes, WantedCandles
from fairlead.services.markets.follow import Following
from fairlead.services.markets.outcomes import Outcomes
from fairlead.services.markets.recall import Recall
from fairlead.services.markets.tape import Tape

__all__ = [
    "AccountCommands",
    "Assets",
    "BookView",
    "BreakerStatus",
    "Breakers",
    "CandleRun",
    "Corrections",
    "Coverage",
    "Following",
    "LimitsDesk",
    "MarketView",
    "Markets",
    "NewMarket",
    "Outcomes",
    "PublicTrade",
    "Recall",
    "Scope",
    "Tape",
    "TapeMinutes",
    "VenueControl",
    "WantedCandles",
]
