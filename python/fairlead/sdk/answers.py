"""What the service answers about markets, orders and money: frozen, prices and amounts exact, ids as text.

The names are those of the API in snake_case; a test compares each of them with what the server sends.
"""

from decimal import Decimal

from msgspec import Struct

from fairlead.sdk.times import Timestamp

__all__ = [
    "AccessEntry",
    "Answer",
    "AuditEntry",
    "Balance",
    "BatchOutcome",
    "Candle",
    "Fee",
    "FeeSchedule",
    "Fill",
    "Group",
    "LedgerEntry",
    "Level",
    "LimitChange",
    "Market",
    "Microstructure",
    "NextChange",
    "Order",
    "OrderBook",
    "Outcome",
    "PairsMoved",
    "Position",
    "Problem",
    "PublicTrade",
    "ServerTime",
    "Stats",
    "TickBand",
    "Trade",
]


class Answer(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an answer says; a field that this version does not know is passed over."""


class ServerTime(Answer, frozen=True, kw_only=True):
    """The time of the service."""

    time: Timestamp
    unix_ms: int


class TickBand(Answer, frozen=True, kw_only=True):
    """From this price on, prices are multiples of ``tick_size`` above it."""

    from_price: Decimal
    tick_size: Decimal


class NextChange(Answer, frozen=True, kw_only=True):
    """What the calendar of a market does next; ``is_held``: it leaves that to a person."""

    state: str
    time: Timestamp
    is_held: bool


class Market(Answer, frozen=True, kw_only=True):
    """An instrument and its trading state; ``no_asset``: that of an event, and what pays if it does not happen."""

    symbol: str
    base_asset: str
    quote_asset: str
    no_asset: str | None
    state: str
    price_decimals: int
    quantity_decimals: int
    ticks: tuple[TickBand, ...]
    lot_size: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    min_notional: Decimal
    max_notional: Decimal
    min_price: Decimal
    max_price: Decimal
    last_price: Decimal | None
    last_trade_at: Timestamp | None
    next_change: NextChange | None = None


class Outcome(Answer, frozen=True, kw_only=True):
    """The market of an event; ``result`` is ``None`` while it is open, SETTLED with ``yes_pays``, or VOID."""

    symbol: str
    yes_asset: str
    no_asset: str
    open_interest: Decimal
    result: str | None
    yes_pays: Decimal | None
    resolved_at: Timestamp | None


class PairsMoved(Answer, frozen=True, kw_only=True):
    """Pairs of YES and NO that were paid for or given back; ``seq`` is their command in the log."""

    seq: str
    time: Timestamp
    symbol: str
    quantity: Decimal


class Level(Answer, frozen=True, kw_only=True):
    """A price level: what is displayed at it, by how many orders."""

    price: Decimal
    quantity: Decimal
    orders: int


class OrderBook(Answer, frozen=True, kw_only=True):
    """The best levels, best first, as they were after the message ``seq`` of ``epoch``."""

    symbol: str
    state: str
    epoch: int
    seq: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class PublicTrade(Answer, frozen=True, kw_only=True):
    """A trade of anybody; ``side`` is who came in, ``None`` in an auction."""

    trade_id: str
    time: Timestamp
    price: Decimal
    quantity: Decimal
    side: str | None


class Candle(Answer, frozen=True, kw_only=True):
    """What traded in one interval; ``is_complete``: it is over and no trade of it can be missing."""

    open_time: Timestamp
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    is_complete: bool


class Stats(Answer, frozen=True, kw_only=True):
    """The last 24 hours; ``None`` where nothing traded. ``is_complete``: no trade can be missing."""

    symbol: str
    since: Timestamp
    is_complete: bool
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    last_price: Decimal | None
    change: Decimal | None
    change_percent: Decimal | None
    volume: Decimal
    quote_volume: Decimal
    trades: int


class Microstructure(Answer, frozen=True, kw_only=True):
    """Measures of the best ``levels`` levels; ``None`` where a side is empty."""

    symbol: str
    epoch: int
    seq: int
    levels: int
    spread: Decimal | None
    spread_bps: Decimal | None
    mid: Decimal | None
    microprice: Decimal | None
    imbalance: Decimal | None
    imbalance_signed: Decimal | None
    imbalance_depth: Decimal | None
    bid_depth: Decimal
    ask_depth: Decimal


class Fill(Answer, frozen=True, kw_only=True):
    """One trade of an order; a negative fee is a rebate. ``liquidity`` is ADDED, REMOVED or AUCTION."""

    trade_id: str
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str | None
    liquidity: str
    time: Timestamp


class Order(Answer, frozen=True, kw_only=True):
    """An order; ``seq`` grows with each report of it.

    ``fills`` is ``None`` where the answer leaves them out, as lists do: ``fetch_order_trades`` has them. What stands
    behind is what it was sent with, where it was set. ``expire_time`` is in milliseconds since 1970 UTC.
    """

    order_id: str
    client_order_id: str | None
    symbol: str
    side: str
    order_type: str
    status: str
    quantity: Decimal
    filled_quantity: Decimal
    remaining_quantity: Decimal
    average_price: Decimal | None
    price: Decimal | None
    time_in_force: str
    reason: str | None
    created_at: Timestamp
    updated_at: Timestamp
    seq: int
    fills: tuple[Fill, ...] | None = None
    trigger_price: Decimal | None = None
    trigger_type: str | None = None
    trailing_percent: Decimal | None = None
    trailing_amount: Decimal | None = None
    activation_price: Decimal | None = None
    limit_offset: Decimal | None = None
    expire_time: int | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    stp_mode: str | None = None
    min_quantity: Decimal | None = None
    display_quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    protection_price: Decimal | None = None
    peg_type: str | None = None
    peg_offset: int | None = None


class Group(Answer, frozen=True, kw_only=True):
    """Orders that depend on each other, entry first; ``group_id`` is ``None`` in the answer to a repeat."""

    group_id: str | None
    client_order_ids: tuple[str, ...]
    orders: tuple[Order, ...]


class Problem(Answer, frozen=True, kw_only=True):
    """Why something was not done."""

    title: str
    status: int
    code: str
    detail: str
    correlation_id: str
    field: str | None = None
    value: str | None = None
    limit: str | None = None
    fix: str | None = None
    type: str = "about:blank"


class BatchOutcome(Answer, frozen=True, kw_only=True):
    """What became of one order of a batch: the order, or the problem."""

    status: int
    order: Order | None = None
    problem: Problem | None = None


class Balance(Answer, frozen=True, kw_only=True):
    """All of an asset, what open orders hold included; ``None``: no market says yet how many decimals it has."""

    asset: str | None
    asset_id: int
    total: Decimal | None
    updated_at: Timestamp


class LedgerEntry(Answer, frozen=True, kw_only=True):
    """One movement of money, and what there was after it."""

    kind: str
    asset: str | None
    asset_id: int
    amount: Decimal | None
    balance: Decimal | None
    order_id: str | None
    trade_id: str | None
    time: Timestamp
    seq: int


class Position(Answer, frozen=True, kw_only=True):
    """A position at average cost; ``side`` is LONG, SHORT or FLAT.

    ``unrealized_pnl`` is measured by ``mark_price``: the last price (``mark_source`` LAST), or the middle of bid and
    ask (MID) in the market of an event.
    """

    symbol: str
    side: str
    quantity: Decimal
    average_price: Decimal | None
    cost: Decimal
    realized_pnl: Decimal
    fees: Decimal
    currency: str | None
    last_price: Decimal | None
    last_price_age_ms: int | None
    mark_price: Decimal | None
    mark_source: str | None
    unrealized_pnl: Decimal | None
    updated_at: Timestamp


class Trade(Answer, frozen=True, kw_only=True):
    """One trade of the caller."""

    trade_id: str
    order_id: str
    symbol: str
    side: str
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str
    liquidity: str
    time: Timestamp
    seq: int


class FeeRates(Answer, frozen=True, kw_only=True):
    """What trades pay, in parts per million; negative is a rebate."""

    maker_ppm: int
    taker_ppm: int


class FeeSchedule(Answer, frozen=True, kw_only=True):
    """What trades from now on pay, in parts per million of the notional; negative is a rebate.

    ``variance``: what they pay in markets of events instead, in parts of the quantity times ``p * (1 - p)``.
    """

    number: int
    maker_ppm: int
    taker_ppm: int
    variance: FeeRates


class Fee(Answer, frozen=True, kw_only=True):
    """What was paid in one market so far; negative where rebates were more."""

    symbol: str
    asset: str | None
    paid: Decimal


class LimitChange(Answer, frozen=True, kw_only=True):
    """One limit that was set, by its name in the API; ``None``: no limit of that kind."""

    field: str
    old: str | None
    new: str | None


class AuditEntry(Answer, frozen=True, kw_only=True):
    """A report of the exchange to anybody. ``value`` and ``limit`` are whole numbers, in the unit of ``reason``.

    ``changes`` and ``user_id`` are those of ``LIMITS_SET``.
    """

    position: str
    time: Timestamp
    action: str
    account: int | None
    operator: int | None
    symbol: str | None
    order_id: str | None
    client_order_id: str | None
    status: str | None
    side: str | None
    order_type: str | None
    quantity: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    last_quantity: Decimal | None
    last_price: Decimal | None
    fee: Decimal | None
    trade_id: str | None
    is_rejected: bool
    reason: str | None
    value: str | None
    limit: str | None
    count: int | None
    subject: str | None
    user_id: str | None = None
    changes: tuple[LimitChange, ...] | None = None


class AccessEntry(Answer, frozen=True, kw_only=True):
    """What somebody did; ``subject`` is another user, a key, a session, or method and path of what was ordered."""

    time: Timestamp
    action: str
    user_id: str | None
    key_id: str | None
    subject: str | None
    correlation_id: str | None
