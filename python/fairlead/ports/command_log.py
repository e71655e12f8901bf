"""The commands of the exchange's log, for what its reports do not say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.limits.set_limits import SetLimits
from fairlead.domain.trading.entered_order import AmendedOrder, EnteredOrder

__all__ = ["CommandLog", "CommandPage", "SaidCommand"]

SaidCommand = EnteredOrder | AmendedOrder | SetLimits
"""A command of which reports do not say all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPage:
    """A stretch of the log.

    Attributes:
        told: the commands in it of which reports do not say all, in their order.
        last_seq: the last command that was looked at.
        has_gap: commands before the first one here are gone with the beginning of the log.
    """

    told: Sequence[SaidCommand]
    last_seq: int
    has_gap: bool = False


class CommandLog(Protocol):
    """The log of the running exchange."""

    async def after(self, seq: int, /, *, until_seq: int) -> CommandPage:
        """Return the commands after a place, as many as are read at a time; ``last_seq`` is ``seq`` where none is.

        Args:
            seq: the place.
            until_seq: the last command wanted, which a report has told of.

        Raises:
            UnavailableError: the log cannot be read now.
        """
        ...
