"""Trades as they stand: what the tables have of both sides, and of what was amended since."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.step import Step, names_of
from fairlead.model.listing import EXACT
from fairlead.model.trade_revision import Amendment, amendment_of
from fairlead.ports.trade_history import StandingTrade, TradeParty

__all__ = ["SqlTradeHistory"]

_PLACE: Final = "SELECT event_seq, sub FROM trades WHERE trade_id = ?"
_SIDES: Final = (
    "SELECT order_id, account, fee, symbol, price, quantity FROM fills WHERE event_seq = ? AND sub = ? ORDER BY leg"
)
_AMENDED: Final = (
    f"SELECT {names_of(order_events)} FROM order_events WHERE order_id = ?"
    " AND what IN ('TradeCancel', 'TradeCorrect') ORDER BY event_seq, sub, leg"
)


class SqlTradeHistory:
    """The trades of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct

    async def standing(self, trade_id: int, /) -> StandingTrade | None:
        """Return a trade as it stands; ``None``: there is none, or it is not kept any more."""
        return await self._direct.read(lambda view: _standing(view, trade_id))


def _standing(view: Step, trade_id: int) -> StandingTrade | None:
    places = view.rows(_PLACE, (trade_id,))
    sides = view.rows(_SIDES, places[0]) if places else []
    if len(sides) != len(("buyer", "seller")):
        return None
    amendments = [_amendments(view, trade_id, row[0]) for row in sides]
    *_, symbol, price, quantity = sides[0]
    corrections = [it for it in amendments[0] if not it.is_bust]
    buyer, seller = (_party(row, of) for row, of in zip(sides, amendments, strict=True))
    return StandingTrade(
        trade_id=trade_id,
        symbol=symbol,
        price=corrections[-1].price if corrections else Decimal(price),
        quantity=corrections[-1].quantity if corrections else Decimal(quantity),
        buyer=buyer,
        seller=seller,
    )


def _amendments(view: Step, trade_id: int, order_id: int) -> list[Amendment]:
    reports = (report_of_row(row) for row in view.rows(_AMENDED, (order_id,)))
    told = (amendment_of(report) for report in reports if report.trade_id == trade_id)
    return [it for it in told if it is not None]


def _party(row: Sequence[Any], amendments: Sequence[Amendment]) -> TradeParty:
    order_id, account, fee, *_ = row
    paid = Decimal(fee)
    for amendment in amendments:
        if not amendment.is_bust:
            paid = EXACT.add(paid, amendment.fee)
    return TradeParty(order_id=order_id, account=account, fee=paid)
