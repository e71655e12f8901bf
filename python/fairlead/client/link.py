"""A connection, and what was asked on it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fairlead.client.protocol import Protocol
from fairlead.model.report import Report
from fairlead.wire.codec import Value

__all__ = ["Link", "Pending"]

_WAITING: Final = frozenset({"NewStop", "NewGroup"})
_SELDOM: Final = ("stp", "quote_qty", "protection_price", "peg.reference")


@dataclass(slots=True, eq=False)
class Pending:
    """A request without an answer."""

    kind: str
    fields: Mapping[str, Value]
    answer: "asyncio.Future[Report]"
    entries: tuple[Mapping[str, Value], ...] = ()
    # Whether it may be sent again: it names its order or brings the key of exactly-once.
    is_safe: bool = True
    # Account and client id of the order, where it is about one.
    order: tuple[int, str | None] = (0, None)

    @property
    def says_more(self) -> bool:
        """Whether it enters orders of which their reports do not say all."""
        if self.kind != "NewOrder":
            return self.kind in _WAITING
        said = self.fields
        has_rule = said["post_only"] != "No" or said["reduce_only"] or said["display"] != "All" or said["min_qty"]
        return bool(has_rule) or any(said.get(name) is not None for name in _SELDOM)


@dataclass(slots=True)
class Link:
    """One connection."""

    protocol: Protocol
    writer: asyncio.StreamWriter
    # Requests by their number on this connection.
    asked: dict[int, Pending] = field(default_factory=dict)
