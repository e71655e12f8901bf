"""A connection, and what was asked on it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fairlead.client.protocol import Protocol
from fairlead.model.report import Report
from fairlead.wire.codec import Value

__all__ = ["Link", "Pending"]

_ADVANCED: Final = frozenset({"NewStop", "NewGroup"})


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
    def is_advanced(self) -> bool:
        """Whether it enters orders that wait, hide a part or form a group."""
        return self.kind in _ADVANCED or (self.kind == "NewOrder" and self.fields.get("display") != "All")


@dataclass(slots=True)
class Link:
    """One connection."""

    protocol: Protocol
    writer: asyncio.StreamWriter
    # Requests by their number on this connection.
    asked: dict[int, Pending] = field(default_factory=dict)
