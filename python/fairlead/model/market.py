"""What one sees of a market: its book, its balances, its trade statistics, as frozen values."""

from dataclasses import dataclass
from decimal import Decimal
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One price of a book: displayed quantity and number of displayed orders."""

    price: Decimal
    qty: Decimal
    count: int

    def __repr__(self) -> str:
        return f"{self.qty} @ {self.price} ({self.count})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The displayed levels of an instrument, best first."""

    symbol: str
    state: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]

    @property
    def best_bid(self) -> Level | None:
        """The highest displayed buy price."""
        return self.bids[0] if self.bids else None

    @property
    def best_ask(self) -> Level | None:
        """The lowest displayed sell price."""
        return self.asks[0] if self.asks else None

    def __repr__(self) -> str:
        return (
            f"Book({self.symbol} {self.state} bid {self.best_bid or '-'} ask {self.best_ask or '-'}, "
            f"{len(self.bids)} x {len(self.asks)} levels)"
        )

    def _repr_html_(self) -> str:
        rows = [f"<tr><td></td><td>{ask.price}</td><td>{ask.qty}</td></tr>" for ask in reversed(self.asks)]
        rows += [f"<tr><td>{bid.qty}</td><td>{bid.price}</td><td></td></tr>" for bid in self.bids]
        head = "<tr><th>bid qty</th><th>price</th><th>ask qty</th></tr>"
        return f"<table><caption>{escape(self.symbol)} ({self.state})</caption>{head}{''.join(rows)}</table>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account has of one asset: everything, what open orders hold of it, and what is free."""

    asset: str
    total: Decimal
    reserved: Decimal
    available: Decimal

    def __repr__(self) -> str:
        return f"Balance({self.asset} total={self.total} reserved={self.reserved} available={self.available})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStatistics:
    """The trades of one instrument in figures (F-013).

    Attributes:
        count: number of trades.
        volume: sum of quantities.
        notional: sum of ``price * qty`` in the quote asset.
        vwap: ``notional / volume``; ``None`` before the first trade.
        twap: ``sum(px_i * (t_{i+1} - t_i)) / (t_n - t_1)``; the plain mean where all times are equal.

    Ratios have 28 significant digits, rounded half to even.
    """

    symbol: str
    count: int
    volume: Decimal
    notional: Decimal
    vwap: Decimal | None
    twap: Decimal | None
    first: Decimal | None
    last: Decimal | None
    high: Decimal | None
    low: Decimal | None
