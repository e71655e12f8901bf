"""Signed tokens: who made them is sure, what they say is judged by the rules of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.access.secret import Secret

__all__ = ["OpenedToken", "TokenSigner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedToken:
    """A token whose signature is good.

    Attributes:
        header: its protected header.
        payload: its claims, of which nothing is checked.
    """

    header: Mapping[str, object]
    payload: Mapping[str, object]


class TokenSigner(Protocol):
    """Holds the keys tokens are signed with."""

    def sign(self, payload: Mapping[str, object], /) -> Secret:
        """Return a token of type ``at+jwt`` that says ``payload``."""
        ...

    def open(self, token: Secret, /) -> OpenedToken:
        """Return what a token says once its signature is found good.

        Raises:
            BadTokenError: it has another form, names another key or algorithm, or its signature is not ours.
        """
        ...
