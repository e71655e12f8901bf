"""The tables that follow the reports of the exchange."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EXACT = sa.String(96)


def upgrade() -> None:
    """Make the tables. On PostgreSQL what grows with time is partitioned, with a default for the rest."""
    _make_cursor()
    _make_orders()
    _make_audit()
    _make_money()
    _make_markets()
    if op.get_bind().dialect.name == "postgresql":
        for name in ("trades", "position_days"):
            op.execute(f"CREATE TABLE {name}_default PARTITION OF {name} DEFAULT")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, autoincrement=False, nullable=False)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _exact(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _EXACT, nullable=False) for name in names]


def _place() -> list[sa.Column[int]]:
    leg: sa.Column[int] = sa.Column("leg", sa.SmallInteger, autoincrement=False, nullable=False)
    return [_number("event_seq"), _number("sub"), leg]


def _holding() -> list[sa.Column[Any]]:
    return [*_exact("quantity", "cost", "realized", "fees"), _number("updated_ts_ns")]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _make_cursor() -> None:
    op.create_table(
        "projection_cursor",
        _text("name", 16),
        _text("log_id", 32),
        sa.Column("form", sa.Integer, nullable=False),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        *_place(),
        _key("projection_cursor", "name"),
    )
    op.create_table(
        "instruments",
        _number("instrument_id"),
        _text("symbol", 36),
        sa.Column("price_decimals", sa.Integer, nullable=False),
        sa.Column("qty_decimals", sa.Integer, nullable=False),
        _number("base_id"),
        _text("base_symbol", 36),
        sa.Column("base_decimals", sa.Integer, nullable=False),
        _number("quote_id"),
        _text("quote_symbol", 36),
        sa.Column("quote_decimals", sa.Integer, nullable=False),
        _key("instruments", "instrument_id"),
    )
    _index("instruments", "symbol")


def _make_orders() -> None:
    op.create_table(
        "orders",
        _number("order_id"),
        _number("account"),
        sa.Column("client_order_id", sa.String(36), nullable=True),
        _text("symbol", 36),
        _text("side", 4),
        _text("order_type", 24),
        _text("time_in_force", 8),
        sa.Column("expire_ts_ns", sa.BigInteger, nullable=True),
        _text("status", 24),
        sa.Column("price", _EXACT, nullable=True),
        *_exact("quantity", "filled_quantity", "remaining_quantity", "filled_value", "fees"),
        sa.Column("trigger_price", _EXACT, nullable=True),
        sa.Column("reason", sa.String(64), nullable=True),
        _number("first_seq"),
        _number("created_ts_ns"),
        _number("updated_ts_ns"),
        *_place(),
        _key("orders", "order_id"),
    )
    _index("orders", "account", "order_id")
    _index("orders", "account", "symbol", "order_id")
    _index("orders", "account", "status", "order_id")
    op.create_table(
        "order_client_ids",
        _number("account"),
        _text("client_order_id", 36),
        _number("order_id"),
        _key("order_client_ids", "account", "client_order_id"),
    )
    _index("order_client_ids", "order_id")
    op.create_table(
        "advanced_orders",
        _number("order_id"),
        sa.Column("group_id", sa.BigInteger, nullable=True),
        _number("account"),
        _text("order_type", 24),
        _text("symbol", 36),
        sa.Column("metadata", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        _number("created_ts_ns"),
        _number("updated_ts_ns"),
        _key("advanced_orders", "order_id"),
    )
    _index("advanced_orders", "order_type")
    _index("advanced_orders", "account", "order_id")


def _make_audit() -> None:
    op.create_table(
        "order_events",
        *_place(),
        _number("account"),
        sa.Column("order_id", sa.BigInteger, nullable=True),
        _text("kind", 24),
        sa.Column("what", sa.String(24), nullable=True),
        _number("ts_ns"),
        sa.Column("content", sa.Text, nullable=False),
        _key("order_events", "event_seq", "sub", "leg"),
    )
    _index("order_events", "account", "event_seq", "sub", "leg")
    _index("order_events", "order_id", "event_seq", "sub", "leg")
    op.create_table(
        "fills",
        *_place(),
        _number("account"),
        _number("order_id"),
        _number("trade_id"),
        _text("symbol", 36),
        _text("side", 4),
        *_exact("price", "quantity", "fee"),
        _text("fee_asset", 36),
        _text("liquidity", 12),
        _number("ts_ns"),
        _key("fills", "event_seq", "sub", "leg"),
    )
    _index("fills", "account", "event_seq", "sub", "leg")
    _index("fills", "order_id", "event_seq", "sub", "leg")


def _make_money() -> None:
    op.create_table(
        "positions", _number("account"), _text("symbol", 36), *_holding(), _key("positions", "account", "symbol")
    )
    op.create_table(
        "position_days",
        _number("account"),
        _text("symbol", 36),
        _number("day_ts_ns"),
        *_holding(),
        _key("position_days", "account", "symbol", "day_ts_ns"),
        postgresql_partition_by="RANGE (day_ts_ns)",
    )
    op.create_table(
        "balances",
        _number("account"),
        _number("asset_id"),
        *_exact("total"),
        _number("updated_ts_ns"),
        _key("balances", "account", "asset_id"),
    )
    op.create_table(
        "ledger",
        *_place(),
        sa.Column("line", sa.SmallInteger, autoincrement=False, nullable=False),
        _number("account"),
        _number("asset_id"),
        _text("kind", 12),
        *_exact("amount", "balance"),
        sa.Column("order_id", sa.BigInteger, nullable=True),
        sa.Column("trade_id", sa.BigInteger, nullable=True),
        _number("ts_ns"),
        _key("ledger", "event_seq", "sub", "leg", "line"),
    )
    _index("ledger", "account", "event_seq", "sub", "leg", "line")


def _make_markets() -> None:
    op.create_table(
        "trades",
        _number("trade_id"),
        _number("ts_ns"),
        _text("symbol", 36),
        *_exact("price", "quantity"),
        sa.Column("taker_side", sa.String(4), nullable=True),
        _number("event_seq"),
        _number("sub"),
        _key("trades", "trade_id", "ts_ns"),
        postgresql_partition_by="RANGE (ts_ns)",
    )
    _index("trades", "symbol", "trade_id")
    _index("trades", "symbol", "ts_ns")
    op.create_table(
        "circuit_breaker_events",
        _number("event_seq"),
        _number("sub"),
        _text("symbol", 36),
        _text("reason", 32),
        _number("trip_time"),
        sa.Column("recovery_time", sa.BigInteger, nullable=True),
        _key("circuit_breaker_events", "event_seq", "sub"),
    )
    _index("circuit_breaker_events", "symbol")
    _index("circuit_breaker_events", "trip_time")
    op.create_table(
        "candles",
        _text("symbol", 36),
        sa.Column("interval_s", sa.Integer, autoincrement=False, nullable=False),
        _number("open_ts_ns"),
        *_exact("open", "high", "low", "close", "volume", "value"),
        sa.Column("trades", sa.Integer, nullable=False),
        _key("candles", "symbol", "interval_s", "open_ts_ns"),
    )
