"""The commands of the exchange's log, for what its reports do not say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.trading.advanced_order import AdvancedOrder

__all__ = ["CommandLog", "CommandPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPage:
    """A stretch of the log.

    Attributes:
        advanced: the commands in it that entered orders which wait, hide a part, or depend on each other.
        last_seq: the last command that was looked at.
        has_gap: commands before the first one here are gone with the beginning of the log.
    """

    advanced: Sequence[AdvancedOrder]
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
