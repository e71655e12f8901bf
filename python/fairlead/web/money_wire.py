"""What the routes of money answer: decimals as text; what is not known is ``null`` and never a zero."""

from collections.abc import Sequence
from decimal import Decimal

from fairlead.domain.portfolio.mark import Mark
from fairlead.model.instants import iso
from fairlead.ports.money_history import BalanceLine, FeeSchedule, LedgerLine, OwnTrade, PositionLine
from fairlead.web.order_wire import decimal_text
from fairlead.web.wire import Answer

__all__ = [
    "Balance",
    "Balances",
    "Entry",
    "Fee",
    "Fees",
    "Holding",
    "Holdings",
    "Ledger",
    "OwnTrades",
    "Rates",
    "TradeLine",
    "balance_of",
    "entry_of",
    "fees_of",
    "holding_line",
    "trade_line",
]


class Balance(Answer, frozen=True, kw_only=True):
    """All of an asset, what open orders hold included. ``null``: no market says yet how many decimals it has."""

    asset: str | None
    asset_id: int
    total: str | None
    updated_at: str


class Balances(Answer, frozen=True, kw_only=True):
    """What somebody has."""

    balances: list[Balance]


class Entry(Answer, frozen=True, kw_only=True):
    """One movement, and what there was after it."""

    kind: str
    asset: str | None
    asset_id: int
    amount: str | None
    balance: str | None
    order_id: str | None
    trade_id: str | None
    time: str
    seq: int


class Ledger(Answer, frozen=True, kw_only=True):
    """Movements, newest first."""

    entries: list[Entry]
    next_cursor: str | None


class Holding(Answer, frozen=True, kw_only=True):
    """A position at average cost. Without a price to measure it by what is open has no profit that could be said.

    ``markPrice`` is what it is measured by: the last price, or, in the market of an event, the middle of bid and ask.
    """

    symbol: str
    side: str
    quantity: str
    average_price: str | None
    cost: str
    realized_pnl: str
    fees: str
    currency: str | None
    last_price: str | None
    last_price_age_ms: int | None
    mark_price: str | None
    mark_source: str | None
    unrealized_pnl: str | None
    updated_at: str


class Holdings(Answer, frozen=True, kw_only=True):
    """Positions, by symbol."""

    positions: list[Holding]


class TradeLine(Answer, frozen=True, kw_only=True):
    """One trade of who asks."""

    trade_id: str
    order_id: str
    symbol: str
    side: str
    price: str
    quantity: str
    fee: str
    fee_asset: str
    liquidity: str
    time: str
    seq: int


class OwnTrades(Answer, frozen=True, kw_only=True):
    """Trades, newest first."""

    trades: list[TradeLine]
    next_cursor: str | None


class Fee(Answer, frozen=True, kw_only=True):
    """What was paid in one market so far; negative where rebates were more."""

    symbol: str
    asset: str | None
    paid: str


class Rates(Answer, frozen=True, kw_only=True):
    """What trades pay, in parts per million; negative is a rebate."""

    maker_ppm: int
    taker_ppm: int


class Schedule(Answer, frozen=True, kw_only=True):
    """What trades from now on pay, in parts per million of the notional; negative is a rebate.

    ``variance``: what they pay in markets of events instead, in parts of the quantity times ``p * (1 - p)``.
    """

    number: int
    maker_ppm: int
    taker_ppm: int
    variance: Rates


class Fees(Answer, frozen=True, kw_only=True):
    """By which schedule somebody pays, and what trading cost, by symbol."""

    schedule: Schedule
    fees: list[Fee]


_NS_PER_MS = 1_000_000


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


def balance_of(line: BalanceLine) -> Balance:
    """Return what somebody has of one asset."""
    return Balance(asset=line.asset, asset_id=line.asset_id, total=_text(line.total), updated_at=iso(line.updated_ns))


def entry_of(line: LedgerLine) -> Entry:
    """Return one movement."""
    return Entry(
        kind=line.kind,
        asset=line.asset,
        asset_id=line.asset_id,
        amount=_text(line.amount),
        balance=_text(line.balance),
        order_id=_id(line.order_id),
        trade_id=_id(line.trade_id),
        time=iso(line.ts_ns),
        seq=line.position.event_seq,
    )


def holding_line(line: PositionLine, mark: Mark | None, *, now_ns: int) -> Holding:
    """Return a position as it is worth now."""
    held = line.holding
    side = "LONG" if held.quantity > 0 else "SHORT" if held.quantity < 0 else "FLAT"
    age_ns = None if line.last_price_ns is None else max(0, now_ns - line.last_price_ns)
    return Holding(
        symbol=line.symbol,
        side=side,
        quantity=decimal_text(held.quantity),
        average_price=_text(held.average_price),
        cost=decimal_text(held.cost),
        realized_pnl=decimal_text(held.realized),
        fees=decimal_text(held.fees),
        currency=line.quote,
        last_price=_text(line.last_price),
        last_price_age_ms=None if age_ns is None else age_ns // _NS_PER_MS,
        mark_price=None if mark is None else decimal_text(mark.price),
        mark_source=None if mark is None else mark.source,
        unrealized_pnl=None if mark is None else decimal_text(held.unrealized(mark.price)),
        updated_at=iso(line.updated_ns),
    )


def trade_line(trade: OwnTrade) -> TradeLine:
    """Return one trade."""
    fill = trade.fill
    return TradeLine(
        trade_id=str(fill.trade_id),
        order_id=str(trade.order_id),
        symbol=trade.symbol,
        side=trade.side,
        price=decimal_text(fill.price),
        quantity=decimal_text(fill.quantity),
        fee=decimal_text(fill.fee),
        fee_asset=trade.fee_asset,
        liquidity=fill.liquidity,
        time=iso(fill.time_ns),
        seq=trade.position.event_seq,
    )


def fees_of(schedule: FeeSchedule, lines: Sequence[PositionLine]) -> Fees:
    """Return by what somebody pays, and what each market cost."""
    paid = [Fee(symbol=it.symbol, asset=it.quote, paid=decimal_text(it.holding.fees)) for it in lines]
    (maker, taker), (event_maker, event_taker) = schedule.notional, schedule.variance
    variance = Rates(maker_ppm=event_maker, taker_ppm=event_taker)
    asked = Schedule(number=schedule.number, maker_ppm=maker, taker_ppm=taker, variance=variance)
    return Fees(schedule=asked, fees=paid)
