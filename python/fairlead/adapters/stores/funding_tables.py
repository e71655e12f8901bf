"""The tables of deposits, withdrawals and the wallets they go to. Times are nanoseconds UTC in BIGINT."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from fairlead.adapters.stores.metadata import METADATA

__all__ = ["funds_requests", "funds_wallets"]

funds_requests: Final = Table(
    "funds_requests",
    METADATA,
    Column("request_id", String(36), primary_key=True),
    Column("direction", String(16), nullable=False),
    Column("user_id", String(36), ForeignKey("users.user_id"), nullable=False),
    Column("asset_id", BigInteger, nullable=False),
    Column("asset_symbol", String(36), nullable=False),
    Column("asset_decimals", Integer, nullable=False),
    # Digits: an amount has up to 128 bits.
    Column("units", String(40), nullable=False),
    Column("chain", String(32), nullable=False),
    Column("address", String(96), nullable=False),
    Column("tx_hash", String(66), nullable=True),
    # The chain and transaction while the request claims it: nobody else may. Free again where it was turned down.
    Column("claim", String(100), nullable=True, unique=True),
    Column("state", String(16), nullable=False),
    Column("created_ts_ns", BigInteger, nullable=False),
    Column("account", BigInteger, nullable=True),
    Column("decided_by", String(36), nullable=True),
    Column("decided_ts_ns", BigInteger, nullable=True),
    Column("after_seq", BigInteger, nullable=True),
    Column("event_seq", BigInteger, nullable=True, unique=True),
    Index(None, "direction", "created_ts_ns", "request_id"),
    Index(None, "user_id", "direction", "created_ts_ns"),
    Index(None, "state"),
)

funds_wallets: Final = Table(
    "funds_wallets",
    METADATA,
    Column("wallet_id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.user_id"), nullable=False),
    Column("chain", String(32), nullable=False),
    Column("address", String(96), nullable=False),
    Column("verified_by", String(36), nullable=True),
    Column("verified_ts_ns", BigInteger, nullable=True),
    UniqueConstraint("user_id", "chain", "address"),
)
