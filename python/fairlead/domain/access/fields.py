"""Whether the fields a request needs are there, and the one text that says which are not."""

from collections.abc import Iterable, Mapping
from typing import TypeGuard

from fairlead.domain.access.errors import ValidationError

__all__ = ["require", "text_of"]


def require(given: Mapping[str, object], names: Iterable[str]) -> None:
    """Check that every name has a value; ``None`` and empty text are none.

    Raises:
        ValidationError: ``VALIDATION_ERROR: Missing required fields: email, password``, in the order of ``names``.
    """
    missing = [name for name in names if given.get(name) in (None, "")]
    if missing:
        listed = ", ".join(missing)
        raise ValidationError(f"Missing required fields: {listed}", field=listed)


def text_of(given: Mapping[str, object], name: str) -> str:
    """Return a required field that must be text.

    Raises:
        ValidationError: it is missing or something else; the text names its type and not its value.
    """
    require(given, [name])
    value = given[name]
    if not _is_text(value):
        raise ValidationError(f"{name} is not text: type={type(value).__name__} expected=string", field=name)
    return value


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)
