"""What a replay found: the counts, the first difference, and the one JSON object that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where the replay and the recording disagree.

    ``position`` orders differences by market time: ``(number of trades before it, 0 for a trade or 1 for a book)``
    where an engine replayed, ``(row, 0)`` where a feed was folded.
    """

    kind: str
    position: tuple[int, int]
    where: str
    expected: JsonValue
    actual: JsonValue

    def to_json(self) -> dict[str, JsonValue]:
        """Return the difference as a JSON object."""
        return {"kind": self.kind, "where": self.where, "expected": self.expected, "actual": self.actual}


@dataclass(slots=True)
class Tally:
    """Counts comparisons of one kind and keeps the earliest difference."""

    compared: int = 0
    equal: int = 0
    first: Difference | None = None

    def agree(self) -> None:
        """Count one comparison that was equal."""
        self.compared += 1
        self.equal += 1

    def differ(self, difference: Difference) -> None:
        """Count one comparison that was not equal."""
        self.compared += 1
        self.note(difference)

    def note(self, difference: Difference) -> None:
        """Keep a difference that is no comparison of its own, such as a trade nobody expected."""
        if self.first is None or difference.position < self.first.position:
            self.first = difference


def earliest(*differences: Difference | None) -> Difference | None:
    """Return the difference that comes first in market time, ``None`` where there is none."""
    found = [difference for difference in differences if difference is not None]
    return min(found, key=lambda difference: difference.position, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """The outcome of one replay. ``commands_per_second`` counts the time inside the engine or book only."""

    dataset: str
    commands: int
    events: int
    trades_expected: int
    trades_equal: int
    books_compared: int
    books_equal: int
    first_difference: Difference | None
    state_hash: str
    commands_per_second: int
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        """Whether something was compared and all of it was equal."""
        compared = self.trades_expected + self.books_compared
        counts_agree = self.trades_equal == self.trades_expected and self.books_equal == self.books_compared
        return compared > 0 and counts_agree and self.first_difference is None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the one object ``--json`` prints; the names are a contract."""
        return {
            "dataset": self.dataset,
            "commands": self.commands,
            "events": self.events,
            "trades_expected": self.trades_expected,
            "trades_equal": self.trades_equal,
            "books_compared": self.books_compared,
            "books_equal": self.books_equal,
            "first_difference": None if self.first_difference is None else self.first_difference.to_json(),
            "state_hash": self.state_hash,
            "commands_per_second": self.commands_per_second,
            "details": dict(self.details),
        }
