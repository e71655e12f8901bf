"""A connection, and what was asked on it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from fairlead.client.protocol import Protocol
from fairlead.model.report import Report
from fairlead.wire.codec import Value

__all__ = ["Link", "Pending"]


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


@dataclass(slots=True)
class Link:
    """One connection."""

    protocol: Protocol
    writer: asyncio.StreamWriter
    # Requests by their number on this connection.
    asked: dict[int, Pending] = field(default_factory=dict)
