"""What orders were sent with that no report tells of, and what amends made of it."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from fairlead.adapters.stores.projection_tables import order_terms
from fairlead.adapters.stores.step import Step
from fairlead.domain.trading.entered_order import AmendedOrder, Leg
from fairlead.domain.trading.sent import Sent, Word, number_text

__all__ = ["SENT", "WITH_TERMS", "amend_terms", "keep_terms", "sent_in"]

# Orders with the column that ``sent_in`` reads.
WITH_TERMS: Final = "orders LEFT JOIN order_terms USING (order_id)"
SENT: Final = "terms"
_AMENDED: Final = (
    f"SELECT order_type, {SENT}, (SELECT qty_decimals FROM instruments WHERE symbol = orders.symbol)"
    f" FROM {WITH_TERMS} WHERE order_id = ?"
)
_encode: Final = msgspec.json.Encoder(order="sorted").encode
_decode: Final = msgspec.json.Decoder(Sent).decode


def sent_in(terms: Any) -> Sent | None:
    """Return the column as what it says; ``None``: there is no row, or not yet."""
    return None if terms is None else _decode(terms)


def keep_terms(step: Step, entered: Iterable[tuple[int, Leg]]) -> None:
    """Keep what orders were sent with, by their numbers, where there is something to keep."""
    rows = {number: sent for number, leg in entered if (sent := leg.sent) is not None}
    step.put(order_terms, [(number, _encode(sent).decode()) for number, sent in rows.items()])


def amend_terms(step: Step, order_id: int, amended: AmendedOrder) -> None:
    """Bring what an order was sent with to where an amend left it."""
    rows = step.rows(_AMENDED, (order_id,))
    if not rows:
        return
    order_type, terms, qty_decimals = rows[0]
    before = sent_in(terms) or Sent(order_type=order_type)
    said: dict[str, Word] = dict(before.fields)
    if amended.display_qty is not None:
        said["display_quantity"] = number_text(amended.display_qty, qty_decimals)
    if amended.stp_mode is not None:
        said["stp_mode"] = amended.stp_mode
    after = Sent(order_type=before.order_type, fields=said)
    step.put(order_terms, [(order_id, _encode(after).decode())])
