"""What the service tells of its markets: books, trades, candles, statistics and states, followed message by message."""

from fairlead.services.markets.desk import BookView, Markets, MarketView, TapeMinutes
from fairlead.services.markets.follow import Following
from fairlead.services.markets.tape import PublicTrade, Tape

__all__ = ["BookView", "Following", "MarketView", "Markets", "PublicTrade", "Tape", "TapeMinutes"]
