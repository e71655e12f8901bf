"""The public trades out of their table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.step import Row
from fairlead.domain.tca.benchmarks import Print

__all__ = ["SqlTradeTape"]

_LAST: Final = (
    "SELECT ts_ns, price, quantity FROM trades WHERE symbol = ? AND ts_ns <= ? AND event_seq < ? "
    "ORDER BY ts_ns DESC, trade_id DESC LIMIT 1"
)
_BETWEEN: Final = (
    "SELECT ts_ns, price, quantity FROM trades WHERE symbol = ? AND ts_ns BETWEEN ? AND ? "
    "ORDER BY ts_ns, trade_id LIMIT ?"
)


class SqlTradeTape:
    """The trades of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct

    async def last_before(self, symbol: str, /, *, ts_ns: int, event_seq: int) -> Print | None:
        """Return the last trade before a command."""
        rows = await self._direct.read(lambda view: view.rows(_LAST, (symbol, ts_ns, event_seq)))
        return _print(rows[0]) if rows else None

    async def between(self, symbol: str, /, *, begin_ns: int, end_ns: int, count_max: int) -> Sequence[Print]:
        """Return the trades within both times."""
        rows = await self._direct.read(lambda view: view.rows(_BETWEEN, (symbol, begin_ns, end_ns, count_max)))
        return [_print(row) for row in rows]


def _print(row: Row) -> Print:
    return Print(row[0], Decimal(row[1]), Decimal(row[2]))
