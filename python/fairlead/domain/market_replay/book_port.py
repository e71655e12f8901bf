"""What folding and matching need from the core, in the replay's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.market_replay.records import CancelOrder, CountedLevel, Fill, Inbound, NewLimit, OpenMarket, Side


class FoldingBook(Protocol):
    """One book that is told what happened, order by order, and never matches."""

    def add(self, *, order_id: int, side: Side, price_ticks: int, qty_lots: int) -> None:
        """Append an order of ``qty_lots`` > 0 to its level; crossing the other side is allowed."""

    def reduce(self, *, order_id: int, by_lots: int) -> None:
        """Take ``by_lots`` from an order, which must keep more than zero; its place in the queue stays."""

    def delete(self, *, order_id: int) -> None:
        """Remove an order."""

    def clear(self) -> None:
        """Remove every order."""

    def order(self, order_id: int) -> tuple[Side, int, int] | None:
        """Return ``(side, price_ticks, leaves_lots)`` of a resting order, ``None`` where there is none."""

    def levels(self, side: Side, *, depth: int) -> Sequence[CountedLevel]:
        """Return up to ``depth`` levels, best first."""

    def state_hash(self) -> str:
        """Return the hash of the book, queue order included."""


class MatchingEngine(Protocol):
    """One instrument of the exchange: limit orders in, trades out."""

    events: int

    def apply(self, inbound: Inbound) -> Sequence[Fill]:
        """Apply one command and return its trades in the order they printed.

        Raises:
            FoldError: the exchange rejects a command the recorded market accepted.
        """

    def encode(self, inbound: Sequence[NewLimit | CancelOrder]) -> bytes:
        """Return many commands in the form ``run`` takes."""

    def run(self, records: bytes) -> int:
        """Apply encoded commands at once and return the number of events; a refusal is an event too."""

    def open_market(self, inbound: OpenMarket) -> None:
        """Uncross and open between batches."""

    def canceled_lots(self) -> int:
        """Return what the last cancel took off the book, in lots; 0 where it was refused."""

    def levels(self, side: Side, *, depth: int) -> Sequence[tuple[int, int]]:
        """Return up to ``depth`` levels ``(price_ticks, qty_lots)``, best first."""

    def state_hash(self) -> str:
        """Return the hash of the whole exchange."""
