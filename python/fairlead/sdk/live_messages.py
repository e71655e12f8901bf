"""What a live connection tells, as structs: private events with their place in the log, and what the markets do."""

from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Raw, UnsetType

from fairlead.sdk.answers import Answer, Balance
from fairlead.sdk.times import Timestamp

__all__ = [
    "DROP_COPY",
    "PRIVATE",
    "BalanceUpdate",
    "BookMessage",
    "CandleUpdate",
    "Head",
    "MeasuresUpdate",
    "Missed",
    "OrderEvent",
    "OrderReport",
    "PriceUpdate",
    "PrivateEvent",
    "TradeUpdate",
    "head_of",
    "read",
]


# The channels of an account, and the one of who watches over accounts.
PRIVATE: Final = frozenset({"orders", "fills", "balances"})
DROP_COPY: Final = "drop_copy"


class Head(Answer, frozen=True, kw_only=True):
    """What kind of message it is, and what it answers or is of."""

    type: str
    channel: str | None = None
    symbol: str = ""
    depth: str = ""
    interval: str = ""
    id: str | None = None
    status: int = 0
    data: Raw | UnsetType = UNSET
    problem: Raw | UnsetType = UNSET

    def body(self) -> bytes:
        """Return what an answer says, or why it was refused."""
        given = self.problem if self.type == "ERROR" else self.data
        return b"" if isinstance(given, UnsetType) else bytes(given)


class OrderReport(Answer, frozen=True, kw_only=True):
    """What happened to an order, in the words of ``docs/reference/events.md``; what has no value is ``None``."""

    position: str
    kind: str
    time: Timestamp
    account: int = 0
    symbol: str | None = None
    exec_type: str | None = None
    status: str | None = None
    order_id: str | None = None
    client_order_id: str | None = None
    side: str | None = None
    order_type: str | None = None
    time_in_force: str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    remaining_quantity: Decimal | None = None
    filled_quantity: Decimal | None = None
    last_quantity: Decimal | None = None
    last_price: Decimal | None = None
    previous_quantity: Decimal | None = None
    previous_price: Decimal | None = None
    fee: Decimal | None = None
    trade_id: str | None = None
    liquidity: str | None = None
    trigger_price: Decimal | None = None
    is_rejected: bool = False
    reason: str | None = None
    field: str | None = None
    value: Decimal | None = None
    limit: Decimal | None = None
    fix: str | None = None


class OrderEvent(Answer, frozen=True, kw_only=True):
    """``ORDER_CREATED``, ``ORDER_FILLED`` and so on; ``position`` is its place in the log: resume from it."""

    type: str
    position: str
    data: OrderReport


class BalanceUpdate(Answer, frozen=True, kw_only=True):
    """All balances as they are now: a state, not an event."""

    type: str
    position: str
    data: tuple[Balance, ...]


PrivateEvent: TypeAlias = OrderEvent | BalanceUpdate


class TradeUpdate(Answer, frozen=True, kw_only=True):
    """A trade of anybody; ``taker_side`` is ``None`` in an auction."""

    symbol: str
    seq: int
    trade_id: str
    price: Decimal
    quantity: Decimal
    taker_side: str | None
    time: Timestamp


class PriceUpdate(Answer, frozen=True, kw_only=True):
    """The last price."""

    symbol: str
    seq: int
    price: Decimal
    time: Timestamp


class CandleUpdate(Answer, frozen=True, kw_only=True):
    """A candle as it is after message ``seq`` of its market; a closed one comes again where a late trade changed it."""

    symbol: str
    epoch: int
    seq: int
    interval: str
    open_time: Timestamp
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    is_closed: bool
    is_complete: bool


class MeasuresUpdate(Answer, frozen=True, kw_only=True):
    """Measures of a book; ``None`` where a side is empty."""

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


class Missed(Answer, frozen=True, kw_only=True):
    """Trades were left out, because they were not taken fast enough: ``fetch_trades`` has the newest."""

    symbol: str


class BookMessage(Answer, frozen=True, kw_only=True):
    """A snapshot of a book or what changed; a level is price, quantity and number of orders."""

    type: str
    epoch: int
    seq: int
    prev_seq: int = 0
    state: str | None = None
    bids: tuple[tuple[str, str, int], ...] = ()
    asks: tuple[tuple[str, str, int], ...] = ()
    checksum: int | None = None
    trade_id: str | None = None


_KINDS: Final[dict[str, Any]] = {
    "BALANCE_UPDATE": BalanceUpdate,
    "TRADE_EXECUTED": TradeUpdate,
    "PRICE_UPDATE": PriceUpdate,
    "CANDLE_UPDATE": CandleUpdate,
    "MICROSTRUCTURE": MeasuresUpdate,
    "MISSED": Missed,
    "BOOK_SNAPSHOT": BookMessage,
    "BOOK_UPDATE": BookMessage,
}
_head: Final = msgspec.json.Decoder(Head).decode


def head_of(text: str) -> Head:
    """Return what kind of message it is."""
    return _head(text)


def read(head: Head, text: str) -> Any:
    """Return a message; a kind that is not known is one of an order.

    Raises:
        DecodeError: it has another shape.
    """
    kind = _KINDS.get(head.type, OrderEvent)
    return msgspec.json.decode(text, type=kind, dec_hook=_hook)


def _hook(kind: type[Any], value: Any) -> Any:
    if kind is not Timestamp or not isinstance(value, str):
        raise ValueError(f"no {kind.__name__}: value={value!r:.40}")
    return Timestamp(value) if value.isdecimal() else Timestamp.parse(value)
