"""Values that no request may have: no numbers, ids that cannot be sent, times beyond all times."""

from decimal import Decimal
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from fairlead.domain.trading.errors import RequestError

__all__ = ["check_client_order_id", "check_numbers", "check_range"]

_DIGITS_MAX: Final = 38
_ID_MAX: Final = 36
_FIRST, _LAST = "!", "~"


def check_numbers(request: Struct) -> None:
    """Check that each decimal of a request is a number with at most 38 digits, before and behind its point together.

    Raises:
        RequestError: one is not.
    """
    for name, value in zip(request.__struct_fields__, astuple(request), strict=True):
        if not isinstance(value, Decimal):
            continue
        if not value.is_finite():
            raise RequestError("NOT_A_NUMBER", field=_camel(name), value=value, limit="finite", fix="give a number")
        _, digits, exponent = value.as_tuple()
        exponent = int(exponent)
        if len(digits) > _DIGITS_MAX or not -_DIGITS_MAX <= exponent <= _DIGITS_MAX - len(digits):
            raise RequestError(
                "TOO_MANY_DIGITS",
                field=_camel(name),
                value=f"{value!s:.60}",
                limit=str(_DIGITS_MAX),
                fix="give fewer digits",
            )


def check_client_order_id(client_order_id: str | None) -> None:
    """Check that a client's id can be sent: 1 to 36 printable ASCII characters without spaces.

    Raises:
        RequestError: it cannot.
    """
    if client_order_id is None:
        return
    if not 1 <= len(client_order_id) <= _ID_MAX or not all(_FIRST <= char <= _LAST for char in client_order_id):
        raise RequestError(
            "CLIENT_ORDER_ID",
            field="clientOrderId",
            value=f"{client_order_id!r:.60}",
            limit=f"1 to {_ID_MAX} printable ASCII characters without spaces",
            fix="give another clientOrderId, or none",
        )


def check_range(value: int | None, low: int, high: int, *, field: str) -> None:
    """Check a whole number, where there is one.

    Raises:
        RequestError: it is below ``low`` or above ``high``.
    """
    if value is not None and not low <= value <= high:
        raise RequestError(
            "OUT_OF_RANGE", field=field, value=value, limit=f"{low} to {high}", fix=f"give {field} within the limits"
        )


@cache
def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
