"""Run the demo market and say what it looks like: levels, prints and totals as values a screen can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fairlead.engine import DemoMarket

Aggressor = Literal["buy", "sell", "none"]

IMBALANCE_LEVELS = 5
# A market that just opened has thin books; a demo begins after this many commands.
WARM_COMMANDS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One price of one side: ``price`` and ``qty`` as decimals, ``n_orders`` waiting there."""

    price: Decimal
    qty: Decimal
    n_orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One trade: when (nanoseconds of the market's time), at what price, how much, and who came in."""

    ts_ns: int
    price: Decimal
    qty: Decimal
    aggressor: Aggressor


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """One instrument at one moment: levels best first, prints newest first."""

    symbol: str
    bids: Sequence[Level]
    asks: Sequence[Level]
    prints: Sequence[Print]

    @property
    def spread(self) -> Decimal | None:
        """Best ask less best bid, ``None`` where a side is empty."""
        return self.asks[0].price - self.bids[0].price if self.bids and self.asks else None

    @property
    def bid_share(self) -> Decimal | None:
        """Quantity of the best five bids over that of the best five levels of both sides, 0 to 1."""
        bid = sum((level.qty for level in self.bids[:IMBALANCE_LEVELS]), Decimal(0))
        ask = sum((level.qty for level in self.asks[:IMBALANCE_LEVELS]), Decimal(0))
        return bid / (bid + ask) if bid + ask else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What happened since the opening; latencies are of the engine alone, in nanoseconds."""

    ts_ns: int
    commands: int
    events: int
    trades: int
    rejected: int
    open_orders: int
    p50_ns: int
    p99_ns: int
    p999_ns: int


class DemoSession:
    """A demo market with decimals for integers. The same seed, rate and number of commands give the same state."""

    def __init__(self, *, seed: int, rate: int) -> None:
        """Open the market.

        Args:
            seed: chooses the market, 0 to 2**64 - 1.
            rate: commands per second of the market's time, 1 to 10,000,000.
        """
        self._market = DemoMarket(seed=seed, rate=rate)
        self._decimals = {symbol: (price, qty) for symbol, price, qty in self._market.instruments()}

    @property
    def symbols(self) -> Sequence[str]:
        """The instruments, in the order in which they were listed."""
        return list(self._decimals)

    def run_to(self, commands: int) -> None:
        """Run until ``commands`` commands were applied since the beginning, those of the opening included."""
        applied = self._market.counts()[1]
        self._market.run(commands=max(0, commands - applied))

    def run_until(self, ts_ns: int, *, commands_max: int) -> int:
        """Run until the market's time reaches ``ts_ns``, at most ``commands_max`` commands; return how many."""
        return self._market.run(commands=commands_max, until_ns=ts_ns)

    def view(self, symbol: str, *, levels: int, prints: int) -> MarketView:
        """Return up to ``levels`` levels of each side and ``prints`` trades of an instrument.

        Raises:
            NotFoundError: there is no such instrument; the message names those that exist.
        """
        bids, asks = self._market.book(symbol, levels=levels)
        tape = self._market.tape(symbol, n=prints)
        price_decimals, qty_decimals = self._decimals[symbol]

        def level(row: tuple[int, int, int]) -> Level:
            price, qty, n_orders = row
            return Level(price=_decimal(price, price_decimals), qty=_decimal(qty, qty_decimals), n_orders=n_orders)

        return MarketView(
            symbol=symbol,
            bids=[level(row) for row in bids],
            asks=[level(row) for row in asks],
            prints=[
                Print(
                    ts_ns=ts_ns,
                    price=_decimal(price, price_decimals),
                    qty=_decimal(qty, qty_decimals),
                    aggressor=aggressor,
                )
                for ts_ns, price, qty, aggressor in tape
            ],
        )

    def totals(self) -> Totals:
        """Return what happened so far."""
        ts_ns, commands, events, trades, rejected, open_orders = self._market.counts()
        p50_ns, p99_ns, p999_ns = self._market.latency_ns()
        return Totals(
            ts_ns=ts_ns,
            commands=commands,
            events=events,
            trades=trades,
            rejected=rejected,
            open_orders=open_orders,
            p50_ns=p50_ns,
            p99_ns=p99_ns,
            p999_ns=p999_ns,
        )

    def state_hash(self) -> str:
        """Return the engine's state hash, 16 hexadecimal digits."""
        return self._market.state_hash()


def _decimal(mantissa: int, decimals: int) -> Decimal:
    return Decimal(mantissa).scaleb(-decimals)
