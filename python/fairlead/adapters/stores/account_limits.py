"""The limits of accounts in SQL."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, String, Table, Text, delete, insert, select

from fairlead.adapters.stores.database import Database, insert_once
from fairlead.adapters.stores.metadata import METADATA
from fairlead.domain.limits.standing import AccountLimits, MarketLimits
from fairlead.errors import DataError
from fairlead.ports.account_limits import KeptLimits

__all__ = ["SqlAccountLimits", "account_limits", "limit_setters"]

# No market has an empty name.
_ALL: Final = ""

account_limits: Final = Table(
    "account_limits",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), primary_key=True),
    Column("limits", Text, nullable=False),
    Column("set_by", String(36), nullable=False),
    Column("set_ts_ns", BigInteger, nullable=False),
)

# Who asked, of each time: the audit tells it. A command of the log is known by whose limits it sets and when.
limit_setters: Final = Table(
    "limit_setters",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("symbol", String(36), primary_key=True),
    Column("set_ts_ns", BigInteger, primary_key=True, autoincrement=False),
    Column("set_by", String(36), nullable=False),
)


class SqlAccountLimits:
    """The limits of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, account: int, /) -> Sequence[KeptLimits]:
        """See ``LimitsBook``."""
        mine = select(account_limits).where(account_limits.c.account == account).order_by(account_limits.c.symbol)
        async with self._database.read() as view:
            return [_kept(row) for row in await view.execute(mine)]

    async def keep(self, limits: KeptLimits, /) -> None:
        """See ``LimitsBook``."""
        columns, symbol = account_limits.c, limits.symbol or _ALL
        same = (columns.account == limits.account) & (columns.symbol == symbol)
        row = {
            "account": limits.account,
            "symbol": symbol,
            "limits": msgspec.json.encode(limits.limits).decode(),
            "set_by": limits.set_by,
            "set_ts_ns": limits.set_ts_ns,
        }
        setter = {name: row[name] for name in ("account", "symbol", "set_ts_ns", "set_by")}
        async with self._database.write() as step:
            await step.execute(insert_once(step, limit_setters), [setter])
            await step.execute(delete(account_limits).where(same, columns.set_ts_ns <= limits.set_ts_ns))
            if (await step.execute(select(columns.set_ts_ns).where(same))).one_or_none() is None:
                await step.execute(insert(account_limits), [row])


def _kept(row: Any) -> KeptLimits:
    limits: AccountLimits | MarketLimits
    try:
        if row.symbol:
            limits = msgspec.json.decode(row.limits, type=MarketLimits)
        else:
            limits = msgspec.json.decode(row.limits, type=AccountLimits)
    except msgspec.DecodeError as error:
        raise DataError(f"limits in the store cannot be read: account={row.account} why={error}") from None
    return KeptLimits(
        account=row.account,
        symbol=row.symbol or None,
        limits=limits,
        set_by=row.set_by,
        set_ts_ns=row.set_ts_ns,
    )
