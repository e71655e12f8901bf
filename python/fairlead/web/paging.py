"""Pages of a list: how many at once, where the next one begins, and that no filter is misspelt in silence."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import QueryParameter

from fairlead.web.problems import ProblemError

__all__ = ["Cursor", "Limit", "PageSizes", "count_of", "cursor_of", "numbers_in", "refuse_unknown"]

_CURSOR_MAX: Final = 128
# As many numbers as a place in a list has, and no larger than a column holds.
_NUMBER_MAX: Final = 2**63 - 1

Limit = Annotated[
    int | None,
    QueryParameter(
        name="limit", description="How many at most: 1 to 500, 100 by default, if `[limits]` is as it comes."
    ),
]
Cursor = Annotated[
    str | None, QueryParameter(name="cursor", description="`nextCursor` of the page before; nothing for the first.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSizes:
    """How many lines a page has.

    Attributes:
        default: where the request names no number.
        most: at most.
    """

    default: int = 100
    most: int = 500


def count_of(limit: int | None, sizes: PageSizes) -> int:
    """Return how many are wanted.

    Raises:
        ProblemError: fewer than one, or more than may be.
    """
    if limit is None:
        return sizes.default
    if not 1 <= limit <= sizes.most:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"limit is out of range: limit={limit}",
            field="limit",
            value=str(limit)[:20],
            limit=f"1 to {sizes.most}",
            fix="ask for fewer, and for the next page with nextCursor",
        )
    return limit


def cursor_of(*numbers: int) -> str:
    """Return the place after which the next page begins, in a form that says nothing."""
    text = ".".join(map(str, numbers))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def numbers_in(cursor: str | None, *, count: int) -> tuple[int, ...] | None:
    """Return the numbers of a cursor; ``None`` for the first page.

    Raises:
        ProblemError: it is none of ours.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _CURSOR_MAX or not cursor.isascii():
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split(".")
        numbers = tuple(int(part) for part in parts if part.isdecimal() and part.isascii())
        if len(numbers) != len(parts) or len(parts) != count or max(numbers) > _NUMBER_MAX:
            raise ValueError
    except (ValueError, binascii.Error):
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            "cursor is none of this list",
            field="cursor",
            value=cursor[:40],
            limit="nextCursor of the page before",
            fix="take nextCursor as it came, or leave it out for the first page",
        ) from None
    return numbers


def refuse_unknown(request: Request[Any, Any, Any], *names: str) -> None:
    """Check that a request asks by these names alone, each once: a misspelt filter would show what was not asked for.

    Raises:
        ProblemError: another name, or one twice.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in names or given.count(name) > 1:
            known = ", ".join(names) or "none"
            what = "comes twice" if name in names else "is not known"
            raise ProblemError(
                400,
                "VALIDATION_ERROR",
                f"a query parameter {what}: name={name[:40]}",
                field=name[:40],
                limit=known,
                fix=f"ask by: {known}",
            )
