"""A text that nobody should see: it shows itself to no log, and only to who asks for it by name."""

import hmac
from typing import NoReturn

__all__ = ["Secret"]


class Secret:
    """A password, a token or a key on its way from one place to another.

    ``repr``, ``str`` and formatting show that it is there and nothing of it; two are compared in constant time.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself; for hashing it, signing with it, or handing it to its owner."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> NoReturn:
        raise TypeError("a secret is no key of a dictionary")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
