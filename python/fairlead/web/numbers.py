"""A price or a quantity of a request: text or JSON number, taken digit by digit and never through a float."""

import re
from decimal import Decimal
from typing import Final, NewType

import msgspec

from fairlead.web.problems import ProblemError

__all__ = ["NumberOrNull", "decimal_of", "decimal_or_none"]

NumberOrNull = NewType("NumberOrNull", msgspec.Raw)
"""A number that may be ``null``, as it came."""

# No price and no quantity has more; a number with an exponent of a billion would cost the memory of a billion digits.
_DIGITS_MAX: Final = 40
_FORM: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_SHOWN_MAX: Final = 48


def decimal_or_none(raw: NumberOrNull | msgspec.UnsetType, field: str) -> Decimal | None:
    """Return the number that stands in ``raw``; ``None`` where it is left out or ``null``.

    Raises:
        ProblemError: it is something else: see ``decimal_of``.
    """
    return None if isinstance(raw, msgspec.UnsetType) or bytes(raw) == b"null" else decimal_of(raw, field)


def decimal_of(raw: msgspec.Raw, field: str) -> Decimal:
    """Return the number that stands in ``raw``, as ``"0.10"`` or ``0.10``.

    Raises:
        ProblemError: it is none, or has an exponent, another alphabet's digits, or more than 40 characters.
    """
    text = bytes(raw)
    inner = text[1:-1] if text[:1] == b'"' else text
    if len(inner) > _DIGITS_MAX or _FORM.fullmatch(inner) is None:
        shown = text[:_SHOWN_MAX].decode("utf-8", "replace")
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"{field} is no decimal number: value={shown}",
            field=field,
            value=shown,
            limit=f"digits with one point, at most {_DIGITS_MAX} characters, no exponent",
            fix='write it out, as in "0.10"',
        )
    return Decimal(inner.decode("ascii"))
