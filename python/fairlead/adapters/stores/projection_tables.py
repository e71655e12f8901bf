"""The tables that follow the reports of the exchange. All of it can be deleted: it is made again from the log.

A place in the log is ``event_seq, sub, leg``; times are nanoseconds UTC in BIGINT. Prices, quantities and values are
exact text; amounts of an asset are whole numbers at the decimals of the asset.
"""

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, Text, column
from sqlalchemy.dialects.postgresql import JSONB

from fairlead.adapters.stores.exact import ExactDecimal, WholeNumber
from fairlead.adapters.stores.metadata import METADATA
from fairlead.domain.explain import MARKET_EVENTS

__all__ = [
    "FOLLOWING",
    "STATUSES_OPEN",
    "STOP_EVENTS",
    "account_fees",
    "advanced_orders",
    "balances",
    "candles",
    "circuit_breaker_events",
    "command_cursor",
    "fee_rates",
    "fills",
    "instruments",
    "ledger",
    "limit_changes",
    "order_client_ids",
    "order_events",
    "order_terms",
    "orders",
    "outcomes",
    "position_days",
    "positions",
    "projection_cursor",
    "trades",
]

# Of orders to which more can happen.
STATUSES_OPEN: Final = frozenset({"OPEN", "PARTIALLY_FILLED", "PENDING_TRIGGER"})
# What stops markets or accounts, and lets them go on.
STOP_EVENTS: Final = ("BreakerTripped", "HaltOrdered", "KillSwitchCleared", "KillSwitchSet", "ResumeOrdered")


def _place(*, is_key: bool = False) -> list[Column[int]]:
    types = {"event_seq": BigInteger(), "sub": BigInteger(), "leg": SmallInteger()}
    return [Column(name, of, primary_key=is_key, nullable=False, autoincrement=False) for name, of in types.items()]


def _holding() -> list[Column[object]]:
    """What a position is."""
    return [
        Column("quantity", ExactDecimal, nullable=False),
        Column("cost", ExactDecimal, nullable=False),
        Column("realized", ExactDecimal, nullable=False),
        Column("fees", ExactDecimal, nullable=False),
        Column("updated_ts_ns", BigInteger, nullable=False),
    ]


projection_cursor: Final = Table(
    "projection_cursor",
    METADATA,
    Column("name", String(16), primary_key=True),
    # Which log is followed, and in which form the tables are written: another one makes them again.
    Column("log_id", String(32), nullable=False),
    Column("form", Integer, nullable=False),
    # False where the beginning of the log was gone: what sums over all of it is not told.
    Column("is_whole", Boolean, nullable=False),
    *_place(),
    # Reports of records up to this one may have been taken away as old; sums over them are whole all the same.
    Column("kept_after_seq", BigInteger, nullable=False, server_default="0"),
)

instruments: Final = Table(
    "instruments",
    METADATA,
    Column("instrument_id", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), nullable=False, index=True),
    Column("price_decimals", Integer, nullable=False),
    Column("qty_decimals", Integer, nullable=False),
    Column("base_id", BigInteger, nullable=False),
    Column("base_symbol", String(36), nullable=False),
    Column("base_decimals", Integer, nullable=False),
    Column("quote_id", BigInteger, nullable=False),
    Column("quote_symbol", String(36), nullable=False),
    Column("quote_decimals", Integer, nullable=False),
)

# Markets of an event: the asset that pays if it does not happen, the pairs that exist, and what a YES paid at the end.
outcomes: Final = Table(
    "outcomes",
    METADATA,
    Column("instrument_id", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), nullable=False, unique=True),
    Column("no_id", BigInteger, nullable=False),
    Column("no_symbol", String(36), nullable=False),
    Column("pairs", ExactDecimal, nullable=False),
    Column("is_void", Boolean, nullable=False),
    Column("yes_pays", ExactDecimal, nullable=True),
    Column("resolved_ts_ns", BigInteger, nullable=True),
)

# What makers and takers pay, in millionths of the notional (base 0) or the variance (1); nothing before it is set.
fee_rates: Final = Table(
    "fee_rates",
    METADATA,
    Column("schedule", Integer, primary_key=True, autoincrement=False),
    Column("base", Integer, primary_key=True, autoincrement=False),
    Column("maker_ppm", Integer, nullable=False),
    Column("taker_ppm", Integer, nullable=False),
)

# Accounts that were moved to a schedule; the others pay by 0.
account_fees: Final = Table(
    "account_fees",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("schedule", Integer, nullable=False),
)

orders: Final = Table(
    "orders",
    METADATA,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("client_order_id", String(36), nullable=True),
    Column("symbol", String(36), nullable=False),
    Column("side", String(4), nullable=False),
    Column("order_type", String(24), nullable=False),
    Column("time_in_force", String(8), nullable=False),
    Column("expire_ts_ns", BigInteger, nullable=True),
    Column("status", String(24), nullable=False),
    Column("price", ExactDecimal, nullable=True),
    Column("quantity", ExactDecimal, nullable=False),
    Column("filled_quantity", ExactDecimal, nullable=False),
    Column("remaining_quantity", ExactDecimal, nullable=False),
    # Price times quantity and fees, summed over its fills.
    Column("filled_value", ExactDecimal, nullable=False),
    Column("fees", ExactDecimal, nullable=False),
    Column("trigger_price", ExactDecimal, nullable=True),
    Column("reason", String(64), nullable=True),
    # The command that brought it: orders of one command are the legs of a group.
    Column("first_seq", BigInteger, nullable=False),
    Column("created_ts_ns", BigInteger, nullable=False),
    Column("updated_ts_ns", BigInteger, nullable=False),
    *_place(),
    Index("ix_orders_account_order_id", "account", "order_id"),
    Index("ix_orders_account_symbol_order_id", "account", "symbol", "order_id"),
    Index("ix_orders_account_status_order_id", "account", "status", "order_id"),
)

# Every id of an order's chain of amends finds it.
order_client_ids: Final = Table(
    "order_client_ids",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("client_order_id", String(36), primary_key=True),
    Column("order_id", BigInteger, nullable=False, index=True),
)

# What an order was sent with that no report tells of; of most orders there is nothing.
order_terms: Final = Table(
    "order_terms",
    METADATA,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("terms", Text, nullable=False),
)

advanced_orders: Final = Table(
    "advanced_orders",
    METADATA,
    # Of a group that of its first order.
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("group_id", BigInteger, nullable=True),
    Column("account", BigInteger, nullable=False),
    Column("order_type", String(24), nullable=False, index=True),
    Column("symbol", String(36), nullable=False),
    Column("metadata", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    Column("created_ts_ns", BigInteger, nullable=False),
    Column("updated_ts_ns", BigInteger, nullable=False),
    Index("ix_advanced_orders_account_order_id", "account", "order_id"),
)

# The values of limits that were set, which no report tells.
limit_changes: Final = Table(
    "limit_changes",
    METADATA,
    Column("event_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    # Empty: over all markets.
    Column("symbol", String(36), nullable=False),
    Column("content", Text, nullable=False),
    Index("ix_limit_changes_account_symbol_event_seq", "account", "symbol", "event_seq"),
)

# The last command of the log that was looked at for the tables above, which no report tells of.
command_cursor: Final = Table(
    "command_cursor",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

# The audit: every report, in the words it came with.
order_events: Final = Table(
    "order_events",
    METADATA,
    *_place(is_key=True),
    Column("account", BigInteger, nullable=False),
    Column("order_id", BigInteger, nullable=True),
    Column("kind", String(24), nullable=False),
    Column("what", String(24), nullable=True),
    Column("ts_ns", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Index("ix_order_events_account_event_seq_sub_leg", "account", "event_seq", "sub", "leg"),
    Index("ix_order_events_order_id_event_seq_sub_leg", "order_id", "event_seq", "sub", "leg"),
    # Few of many: what stopped markets, and what let them go on.
    Index(
        "ix_order_events_stops",
        "event_seq",
        sqlite_where=column("what").in_(STOP_EVENTS),
        postgresql_where=column("what").in_(STOP_EVENTS),
    ),
    Index(
        "ix_order_events_markets",
        "event_seq",
        sqlite_where=column("what").in_(MARKET_EVENTS),
        postgresql_where=column("what").in_(MARKET_EVENTS),
    ),
)

fills: Final = Table(
    "fills",
    METADATA,
    *_place(is_key=True),
    Column("account", BigInteger, nullable=False),
    Column("order_id", BigInteger, nullable=False),
    Column("trade_id", BigInteger, nullable=False),
    Column("symbol", String(36), nullable=False),
    Column("side", String(4), nullable=False),
    Column("price", ExactDecimal, nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("fee", ExactDecimal, nullable=False),
    Column("fee_asset", String(36), nullable=False),
    Column("liquidity", String(12), nullable=False),
    Column("ts_ns", BigInteger, nullable=False),
    Index("ix_fills_account_event_seq_sub_leg", "account", "event_seq", "sub", "leg"),
    Index("ix_fills_order_id_event_seq_sub_leg", "order_id", "event_seq", "sub", "leg"),
)

trades: Final = Table(
    "trades",
    METADATA,
    Column("trade_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ts_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), nullable=False),
    Column("price", ExactDecimal, nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    # Who came in; none in an auction.
    Column("taker_side", String(4), nullable=True),
    Column("event_seq", BigInteger, nullable=False),
    Column("sub", BigInteger, nullable=False),
    Index("ix_trades_symbol_trade_id", "symbol", "trade_id"),
    Index("ix_trades_symbol_ts_ns", "symbol", "ts_ns"),
    postgresql_partition_by="RANGE (ts_ns)",
)

positions: Final = Table(
    "positions",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), primary_key=True),
    *_holding(),
)

# A position as it was at the end of a day on which it changed.
position_days: Final = Table(
    "position_days",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), primary_key=True),
    Column("day_ts_ns", BigInteger, primary_key=True, autoincrement=False),
    *_holding(),
    postgresql_partition_by="RANGE (day_ts_ns)",
)

balances: Final = Table(
    "balances",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("asset_id", BigInteger, primary_key=True, autoincrement=False),
    Column("total", WholeNumber, nullable=False),
    Column("updated_ts_ns", BigInteger, nullable=False),
)

ledger: Final = Table(
    "ledger",
    METADATA,
    *_place(is_key=True),
    Column("line", SmallInteger, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("asset_id", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount", WholeNumber, nullable=False),
    Column("balance", WholeNumber, nullable=False),
    Column("order_id", BigInteger, nullable=True),
    Column("trade_id", BigInteger, nullable=True),
    Column("ts_ns", BigInteger, nullable=False),
    Index("ix_ledger_account_event_seq_sub_leg_line", "account", "event_seq", "sub", "leg", "line"),
)

circuit_breaker_events: Final = Table(
    "circuit_breaker_events",
    METADATA,
    Column("event_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("sub", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), nullable=False, index=True),
    Column("reason", String(32), nullable=False),
    Column("trip_time", BigInteger, nullable=False, index=True),
    Column("recovery_time", BigInteger, nullable=True),
)

candles: Final = Table(
    "candles",
    METADATA,
    Column("symbol", String(36), primary_key=True),
    # Length in seconds.
    Column("interval_s", Integer, primary_key=True, autoincrement=False),
    Column("open_ts_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("open", ExactDecimal, nullable=False),
    Column("high", ExactDecimal, nullable=False),
    Column("low", ExactDecimal, nullable=False),
    Column("close", ExactDecimal, nullable=False),
    Column("volume", ExactDecimal, nullable=False),
    Column("value", ExactDecimal, nullable=False),
    Column("trades", Integer, nullable=False),
)

# Everything that is made again from the log, in an order in which it may be emptied.
FOLLOWING: Final = (
    projection_cursor,
    instruments,
    outcomes,
    fee_rates,
    account_fees,
    orders,
    order_client_ids,
    order_terms,
    advanced_orders,
    limit_changes,
    command_cursor,
    order_events,
    fills,
    trades,
    positions,
    position_days,
    balances,
    ledger,
    circuit_breaker_events,
    candles,
)
