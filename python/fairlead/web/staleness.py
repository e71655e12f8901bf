"""What is read of one's own may be older than what one was answered: then the answer says so in a header."""

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["STALE_HEADER", "is_stale", "note_stale", "stale_headers"]

STALE_HEADER: Final = "Fairlead-Stale"
_PAIR: Final = (STALE_HEADER.lower().encode(), b"true")
_NOTED: Final = "fairlead_stale"


def note_stale(scope: Any) -> None:
    """Keep until the answer begins that the tables do not have all yet that was answered to who asks."""
    scope.setdefault("state", {})[_NOTED] = True


def is_stale(scope: Any) -> bool:
    """Whether the tables do not have all yet that was answered to who asks."""
    return _NOTED in scope.get("state", {})


def stale_headers(scope: Any) -> Sequence[tuple[bytes, bytes]]:
    """Return the header of an answer that may be old; none for any other."""
    return (_PAIR,) if is_stale(scope) else ()
