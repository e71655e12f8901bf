"""The tables of what reports do not say of orders: how they are brought forward, and what is read of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.trading.entered_order import EnteredOrder, Leg
from fairlead.domain.trading.order_record import OrderRecord
from fairlead.ports.command_log import SaidCommand

__all__ = ["AdvancedFilter", "AdvancedReads", "AdvancedRecord", "EnteredTable", "Entering", "GroupReads"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvancedFilter:
    """Which; what is ``None`` does not matter."""

    symbol: str | None = None
    order_type: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvancedRecord:
    """One of them.

    Attributes:
        order_id: its number; of a group that of its first order.
        group_id: of a group.
        order_type: one of ``ADVANCED_TYPES``.
        symbol: in what.
        legs: what its orders were entered with.
        orders: how they stand, in the order of ``legs``.
        created_ns: when it was entered.
    """

    order_id: int
    group_id: int | None
    order_type: str
    symbol: str
    legs: Sequence[Leg]
    orders: Sequence[OrderRecord]
    created_ns: int

    @property
    def is_active(self) -> bool:
        """Whether more can happen to one of its orders."""
        return any(order.view.is_open for order in self.orders)


class EnteredTable(Protocol):
    """How they are brought forward."""

    async def cursor(self) -> int:
        """Return the last command of the log that was looked at; 0: none."""
        ...

    async def enter(self, commands: Sequence[EnteredOrder], /, *, reports_seq: int) -> Sequence[int]:
        """Add what the exchange took of these commands, wherever the cursor is; again is nothing.

        Args:
            commands: any.
            reports_seq: the command of the last report in the tables.

        Returns:
            The places of those that are done: in the tables, or refused.

        Raises:
            UnavailableError: the store does not answer; nothing has changed.
        """
        ...

    async def add(self, commands: Sequence[SaidCommand], /, *, last_seq: int, reports_seq: int) -> int:
        """Add what the exchange took of these commands and move the cursor; both in one step.

        A command whose reports are not all in the tables yet is left for later, with what is behind it.

        Args:
            commands: in the order of the log.
            last_seq: where the cursor goes if nothing is left.
            reports_seq: the command of the last report in the tables.

        Returns:
            Where the cursor is.

        Raises:
            UnavailableError: the store does not answer; nothing has changed.
        """
        ...


class Entering(Protocol):
    """Commands of this process on their way into the tables."""

    def pending(self) -> frozenset[int]:
        """Return the places of those that are not in the tables yet."""
        ...

    async def entered_all(self, seqs: Collection[int], /) -> None:
        """Wait, a moment at most, until those at these places are in the tables.

        Args:
            seqs: places up to which the reports are in the tables.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...


class GroupReads(Protocol):
    """Which group an order came with."""

    async def group_of(self, account: int, order_id: int, /) -> int | None:
        """Return the number of a group; ``None``: it came with none, or that cannot be read yet."""
        ...


class AdvancedReads(GroupReads, Protocol):
    """How it is read. What is another account's is answered like what does not exist."""

    async def page(
        self, account: int, wanted: AdvancedFilter, /, *, before: int | None, count_max: int
    ) -> Sequence[AdvancedRecord]:
        """Return what an account entered, newest first, with a number below ``before``."""
        ...

    async def find(self, account: int, order_id: int, /) -> AdvancedRecord | None:
        """Return what an order was entered with, alone or first of a group; ``None``: plainly, or not known yet."""
        ...
