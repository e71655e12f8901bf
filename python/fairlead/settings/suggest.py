"""The name that was meant where another was written."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

# How alike two names are at least, 0 to 1, before one is suggested for the other.
_ALIKE_MIN = 0.6


def closest(written: str, names: Iterable[str]) -> str | None:
    """Return the name most like the one written, or ``None`` where none is like it; case does not count."""
    by_lower: Mapping[str, str] = {name.lower(): name for name in names}
    found = get_close_matches(written.lower(), list(by_lower), n=1, cutoff=_ALIKE_MIN)
    return by_lower[found[0]] if found else None


def did_you_mean(meant: str | None, *, otherwise: str) -> str:
    """Return the fix that names ``meant``, or the other one where nothing is like what was written."""
    return f"did you mean {meant}?" if meant is not None else otherwise
