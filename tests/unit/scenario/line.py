"""One line of a scenario: words in order, and ``key=value`` options."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line taken apart at its blanks."""

    words: tuple[str, ...]
    options: Mapping[str, str]

    @classmethod
    def read(cls, text: str) -> "Line":
        """Take a text apart."""
        parts = text.split()
        pairs = [part.split("=", 1) for part in parts if "=" in part]
        return cls(tuple(part for part in parts if "=" not in part), dict(pairs))

    def allow(self, *keys: str) -> None:
        """Refuse options that nobody reads."""
        unknown = set(self.options) - set(keys)
        assert not unknown, f"unknown options {sorted(unknown)}"

    def holds_for(self, rendered: "Line") -> bool:
        """Whether this expectation holds: the same words, and each option it names."""
        return self.words == rendered.words and all(
            rendered.options.get(key) == value for key, value in self.options.items()
        )


def duration_ns(text: str) -> int:
    """Return a duration such as ``5s``, ``-1ms`` or ``48h`` in nanoseconds."""
    count = text.rstrip("nusmh")
    units = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3_600 * 10**9}
    return int(count) * units[text[len(count) :]]


def decimals_of(text: str) -> int:
    """Return the number of digits after the point."""
    return len(text.partition(".")[2])
