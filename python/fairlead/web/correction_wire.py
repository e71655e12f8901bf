"""The body of a correction of a trade."""

from msgspec import UNSET, UnsetType

from fairlead.web.order_wire import Number
from fairlead.web.wire import Body

__all__ = ["CorrectionWish"]


class CorrectionWish(Body, frozen=True, kw_only=True):
    """``POST /trades/{trade_id}/correct``: what the trade stands at from then on; what is left out stays.

    ``quantity`` is at most what it is.
    """

    price: Number | UnsetType = UNSET
    quantity: Number | UnsetType = UNSET
