"""What an account has, how it came to that, what it traded, and by what it pays."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from fairlead.domain.portfolio.holding import Holding
from fairlead.domain.trading.order_view import Fill
from fairlead.model.report import Position

__all__ = ["BalanceLine", "FeeSchedule", "LedgerLine", "MoneyHistory", "OwnTrade", "PositionLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """All that an account has of an asset; ``total`` is ``None`` where no market says how many decimals it has."""

    asset_id: int
    asset: str | None
    total: Decimal | None
    updated_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One movement and what the account had after it; amounts as of ``BalanceLine``."""

    position: Position
    line: int
    asset_id: int
    asset: str | None
    kind: str
    amount: Decimal | None
    balance: Decimal | None
    order_id: int | None
    trade_id: int | None
    ts_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLine:
    """A position; ``last_price`` is that of the newest trade of anybody, ``None`` where there was none."""

    symbol: str
    quote: str | None
    holding: Holding
    updated_ns: int
    last_price: Decimal | None
    last_price_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTrade:
    """One trade of an account."""

    position: Position
    order_id: int
    symbol: str
    side: str
    fill: Fill
    fee_asset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """What the orders of an account pay, in millionths, negative for a rebate; 0 until one is set.

    Args:
        number: which it is.
        notional: of price times quantity, by makers and takers.
        variance: of quantity times ``p * (1 - p)``, in markets of events.
    """

    number: int
    notional: tuple[int, int]
    variance: tuple[int, int]


class MoneyHistory(Protocol):
    """What is summed over everything that happened.

    Each raises ``UnavailableError`` where the beginning of the log was gone when the tables were made: a sum over the
    rest would be wrong.
    """

    async def balances(self, account: int, /) -> Sequence[BalanceLine]:
        """Return what an account has, by asset."""
        ...

    async def ledger(
        self, account: int, /, *, before: tuple[Position, int] | None, count_max: int
    ) -> Sequence[LedgerLine]:
        """Return the movements of an account, newest first, before one of them."""
        ...

    async def positions(self, account: int, /) -> Sequence[PositionLine]:
        """Return the positions of an account, those that are closed too, by symbol."""
        ...

    async def fee_schedule(self, account: int, /) -> FeeSchedule:
        """Return by what an account pays."""
        ...

    async def trades(
        self, account: int, /, *, symbol: str | None, before: Position | None, count_max: int
    ) -> Sequence[OwnTrade]:
        """Return the trades of an account, newest first, before one of them. Never refused: it sums nothing."""
        ...
