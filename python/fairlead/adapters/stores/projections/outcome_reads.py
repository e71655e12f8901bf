"""Markets of events as the tables have them."""

from decimal import Decimal
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.ports.outcome_history import OutcomeLine

__all__ = ["SqlOutcomeHistory"]

_OUTCOME: Final = (
    "SELECT base_symbol, no_symbol, pairs, yes_pays, is_void, resolved_ts_ns"
    " FROM outcomes JOIN instruments USING (instrument_id) WHERE outcomes.symbol = ?"
)


class SqlOutcomeHistory:
    """The markets of events of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct

    async def outcome(self, symbol: str, /) -> OutcomeLine | None:
        """Return a market; ``None``: it is not that of an event."""
        rows = await self._direct.rows(_OUTCOME, symbol)
        if not rows:
            return None
        ((yes, no, pairs, yes_pays, is_void, resolved_ns),) = rows
        return OutcomeLine(
            symbol=symbol,
            yes_asset=yes,
            no_asset=no,
            open_interest=Decimal(pairs),
            yes_pays=None if yes_pays is None else Decimal(yes_pays),
            is_void=bool(is_void),
            resolved_ns=resolved_ns,
        )
