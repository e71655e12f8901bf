"""A place in a log of the exchange, written as text where it is kept elsewhere."""

from dataclasses import dataclass

from fairlead.errors import DataError
from fairlead.model.report import Position

__all__ = ["Cursor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in one log.

    Attributes:
        log_id: which log; a place in one says nothing about another.
        position: the last report that counts.
    """

    log_id: str
    position: Position

    def covers(self, other: "Cursor") -> bool:
        """Whether ``other`` is at this place or before it, in the same log."""
        return self.log_id == other.log_id and other.position <= self.position

    def __str__(self) -> str:
        return f"{self.log_id} {'.'.join(map(str, self.position))}"

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the place that a text names.

        Raises:
            DataError: it names none.
        """
        log_id, _, place = text.rpartition(" ")
        numbers = place.split(".")
        if not log_id or len(numbers) != len(Position._fields) or not all(_is_number(number) for number in numbers):
            raise DataError(f"no place in a log: text={text[:100]!r} expected='LOG EVENT_SEQ.SUB.LEG'")
        return cls(log_id=log_id, position=Position(*map(int, numbers)))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(2**64))
