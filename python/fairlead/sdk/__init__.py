"""The client of the service over HTTP: what people and programs call, what they are answered, what goes wrong.

``client`` is that of the binary gateway, for programs that count microseconds.
"""

from fairlead.sdk.aio import AsyncClient
from fairlead.sdk.answers import (
    Balance,
    BatchOutcome,
    Candle,
    Fee,
    Fill,
    Group,
    LedgerEntry,
    Level,
    Market,
    Microstructure,
    NextChange,
    Order,
    OrderBook,
    Position,
    Problem,
    PublicTrade,
    ServerTime,
    Stats,
    TickBand,
    Trade,
)
from fairlead.sdk.blocking import RestClient
from fairlead.sdk.errors import (
    ApiError,
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServiceFaultError,
    UnavailableError,
    ValidationError,
)
from fairlead.sdk.live import LiveClient
from fairlead.sdk.live_messages import (
    BalanceUpdate,
    CandleUpdate,
    MeasuresUpdate,
    Missed,
    OrderEvent,
    OrderReport,
    PriceUpdate,
    TradeUpdate,
)
from fairlead.sdk.order_calls import NewOrder
from fairlead.sdk.people import ApiKey, Asset, Caller, Funds, NewApiKey, User
from fairlead.sdk.retries import Retries
from fairlead.sdk.surroundings import Surroundings
from fairlead.sdk.times import Timestamp

__all__ = [
    "ApiError",
    "ApiKey",
    "Asset",
    "AsyncClient",
    "AuthenticationError",
    "AuthorizationError",
    "Balance",
    "BalanceUpdate",
    "BatchOutcome",
    "Caller",
    "Candle",
    "CandleUpdate",
    "ConflictError",
    "Fee",
    "Fill",
    "Funds",
    "Group",
    "LedgerEntry",
    "Level",
    "LiveClient",
    "Market",
    "MeasuresUpdate",
    "Microstructure",
    "Missed",
    "NewApiKey",
    "NewOrder",
    "NextChange",
    "NotFoundError",
    "Order",
    "OrderBook",
    "OrderEvent",
    "OrderReport",
    "Position",
    "PriceUpdate",
    "Problem",
    "PublicTrade",
    "RateLimitedError",
    "RejectedError",
    "RestClient",
    "Retries",
    "ServerTime",
    "ServiceFaultError",
    "Stats",
    "Surroundings",
    "TickBand",
    "Timestamp",
    "Trade",
    "TradeUpdate",
    "UnavailableError",
    "User",
    "ValidationError",
]
