"""The calls that ask what there is: markets, orders, trades, money."""

from typing import Any, Final, TypeVar

from fairlead.sdk.answers import (
    AccessEntry,
    Answer,
    AuditEntry,
    Balance,
    Candle,
    Fee,
    FeeSchedule,
    Fill,
    LedgerEntry,
    Market,
    Microstructure,
    Order,
    OrderBook,
    Position,
    PublicTrade,
    ServerTime,
    Stats,
    Trade,
)
from fairlead.sdk.call import Call, Page, path, query
from fairlead.sdk.people import ApiKey, Asset, Caller, Funds

__all__ = [
    "access_page",
    "audit_page",
    "deposits_page",
    "fetch_api_keys",
    "fetch_assets",
    "fetch_balance",
    "fetch_candles",
    "fetch_fee_schedule",
    "fetch_fees",
    "fetch_market",
    "fetch_markets",
    "fetch_microstructure",
    "fetch_order",
    "fetch_order_book",
    "fetch_order_trades",
    "fetch_positions",
    "fetch_stats",
    "fetch_time",
    "fetch_trades",
    "ledger_page",
    "orders_page",
    "trades_page",
    "who_am_i",
    "withdrawals_page",
]

T = TypeVar("T")
_PAGE: Final = 500


class _Markets(Answer, frozen=True, kw_only=True):
    markets: tuple[Market, ...]


class _PublicTrades(Answer, frozen=True, kw_only=True):
    trades: tuple[PublicTrade, ...]


class _Candles(Answer, frozen=True, kw_only=True):
    candles: tuple[Candle, ...]


class _Fills(Answer, frozen=True, kw_only=True):
    fills: tuple[Fill, ...]


class _Balances(Answer, frozen=True, kw_only=True):
    balances: tuple[Balance, ...]


class _Positions(Answer, frozen=True, kw_only=True):
    positions: tuple[Position, ...]


class _Fees(Answer, frozen=True, kw_only=True):
    fees: tuple[Fee, ...]


class _FeeSchedule(Answer, frozen=True, kw_only=True):
    schedule: FeeSchedule


class _Assets(Answer, frozen=True, kw_only=True):
    assets: tuple[Asset, ...]


class _Keys(Answer, frozen=True, kw_only=True):
    keys: tuple[ApiKey, ...]


class _Orders(Answer, frozen=True, kw_only=True):
    orders: tuple[Order, ...]
    next_cursor: str | None


class _Trades(Answer, frozen=True, kw_only=True):
    trades: tuple[Trade, ...]
    next_cursor: str | None


class _Ledger(Answer, frozen=True, kw_only=True):
    entries: tuple[LedgerEntry, ...]
    next_cursor: str | None


class _Audit(Answer, frozen=True, kw_only=True):
    entries: tuple[AuditEntry, ...]
    next_cursor: str | None


class _Access(Answer, frozen=True, kw_only=True):
    entries: tuple[AccessEntry, ...]
    next_cursor: str | None


class _Deposits(Answer, frozen=True, kw_only=True):
    deposits: tuple[Funds, ...]
    next_cursor: str | None


class _Withdrawals(Answer, frozen=True, kw_only=True):
    withdrawals: tuple[Funds, ...]
    next_cursor: str | None


def fetch_time() -> Call[ServerTime]:
    """Return the time of the service."""
    return _get("/time", ServerTime, is_public=True)


def fetch_markets() -> Call[tuple[Market, ...]]:
    """Return every market, by symbol."""
    return _part("/markets", _Markets, "markets", is_public=True)


def fetch_market(symbol: str) -> Call[Market]:
    """Return one market: its grid, its bounds, its trading state."""
    return _get(path("markets", symbol), Market, is_public=True)


def fetch_order_book(symbol: str, *, levels: int = 50) -> Call[OrderBook]:
    """Return the best levels of each side, 1 to 1,000 of them."""
    return _get(path("markets", symbol, "book") + query(levels=levels), OrderBook, is_public=True)


def fetch_trades(symbol: str, *, limit: int = 100) -> Call[tuple[PublicTrade, ...]]:
    """Return the newest trades of anybody, newest first, 1 to 1,000 of them."""
    target = path("markets", symbol, "trades") + query(limit=limit)
    return _part(target, _PublicTrades, "trades", is_public=True)


def fetch_candles(symbol: str, *, interval: str = "1m", limit: int = 100) -> Call[tuple[Candle, ...]]:
    """Return the newest candles, oldest first; ``interval`` is 1s, 1m, 5m, 15m, 1h, 4h or 1d."""
    target = path("markets", symbol, "candles") + query(interval=interval, limit=limit)
    return _part(target, _Candles, "candles", is_public=True)


def fetch_stats(symbol: str) -> Call[Stats]:
    """Return the last 24 hours of a market."""
    return _get(path("markets", symbol, "stats"), Stats, is_public=True)


def fetch_microstructure(symbol: str, *, levels: int = 5) -> Call[Microstructure]:
    """Return measures of the best levels, 1 to 50 of them."""
    return _get(path("markets", symbol, "microstructure") + query(levels=levels), Microstructure, is_public=True)


def who_am_i() -> Call[Caller]:
    """Return who asks, as the service knows them."""
    return _get("/me", Caller)


def fetch_order(order_id: str) -> Call[Order]:
    """Return one order of the caller with its trades."""
    return _get(path("orders", order_id), Order)


def fetch_order_trades(order_id: str) -> Call[tuple[Fill, ...]]:
    """Return the trades of one order, oldest first."""
    return _part(path("orders", order_id, "fills"), _Fills, "fills")


def fetch_balance() -> Call[tuple[Balance, ...]]:
    """Return what the caller has, asset by asset."""
    return _part("/balances", _Balances, "balances")


def fetch_positions() -> Call[tuple[Position, ...]]:
    """Return the positions of the caller, by symbol."""
    return _part("/positions", _Positions, "positions")


def fetch_fees() -> Call[tuple[Fee, ...]]:
    """Return what trading cost the caller so far, by symbol."""
    return _part("/fees", _Fees, "fees")


def fetch_fee_schedule() -> Call[FeeSchedule]:
    """Return what the caller's trades pay from now on."""
    return _part("/fees", _FeeSchedule, "schedule")


def fetch_assets() -> Call[tuple[Asset, ...]]:
    """Return the assets that can be moved."""
    return _part("/assets", _Assets, "assets")


def fetch_api_keys() -> Call[tuple[ApiKey, ...]]:
    """Return the API keys of the caller, oldest first."""
    return _part("/api-keys", _Keys, "keys")


def orders_page(
    *,
    symbol: str | None = None,
    status: str | None = None,
    side: str | None = None,
    client_order_id: str | None = None,
    cursor: str | None = None,
) -> Call[Page[Order]]:
    """Return a page of the caller's orders, newest first."""
    asked = query(symbol=symbol, status=status, side=side, clientOrderId=client_order_id, limit=_PAGE, cursor=cursor)
    return _page("/orders" + asked, _Orders, "orders")


def trades_page(*, symbol: str | None = None, cursor: str | None = None) -> Call[Page[Trade]]:
    """Return a page of the caller's trades, newest first."""
    return _page("/trades" + query(symbol=symbol, limit=_PAGE, cursor=cursor), _Trades, "trades")


def ledger_page(*, cursor: str | None = None) -> Call[Page[LedgerEntry]]:
    """Return a page of the caller's movements of money, newest first."""
    return _page("/ledger" + query(limit=_PAGE, cursor=cursor), _Ledger, "entries")


def access_page(
    *,
    user_id: str | None = None,
    action: str | None = None,
    from_ms: int | None = None,
    to_ms: int | None = None,
    cursor: str | None = None,
) -> Call[Page[AccessEntry]]:
    """Return a page of what people did, newest first; times are milliseconds since 1970 UTC."""
    asked = {"userId": user_id, "action": action, "from": from_ms, "to": to_ms}
    return _page("/audit/access" + query(**asked, limit=_PAGE, cursor=cursor), _Access, "entries")


def audit_page(
    *,
    account: int | None = None,
    user_id: str | None = None,
    symbol: str | None = None,
    action: str | None = None,
    from_ms: int | None = None,
    to_ms: int | None = None,
    cursor: str | None = None,
) -> Call[Page[AuditEntry]]:
    """Return a page of what happened at the exchange, newest first; times are milliseconds since 1970 UTC."""
    asked = {"account": account, "userId": user_id, "symbol": symbol, "action": action, "from": from_ms, "to": to_ms}
    return _page("/audit" + query(**asked, limit=_PAGE, cursor=cursor), _Audit, "entries")


def deposits_page(*, cursor: str | None = None) -> Call[Page[Funds]]:
    """Return a page of deposits, newest first."""
    return _page("/deposits" + query(limit=_PAGE, cursor=cursor), _Deposits, "deposits")


def withdrawals_page(*, cursor: str | None = None) -> Call[Page[Funds]]:
    """Return a page of withdrawals, newest first."""
    return _page("/withdrawals" + query(limit=_PAGE, cursor=cursor), _Withdrawals, "withdrawals")


def _get(target: str, answer: type[T], *, is_public: bool = False) -> Call[T]:
    return Call(method="GET", target=target, answer=answer, take=lambda found: found, is_public=is_public)


def _part(target: str, answer: Any, name: str, *, is_public: bool = False) -> Call[Any]:
    return Call(
        method="GET", target=target, answer=answer, take=lambda found: getattr(found, name), is_public=is_public
    )


def _page(target: str, answer: Any, name: str) -> Call[Page[Any]]:
    def take(found: Any) -> Page[Any]:
        return Page(items=getattr(found, name), next_cursor=found.next_cursor)

    return Call(method="GET", target=target, answer=answer, take=take)
