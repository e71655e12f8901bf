"""One line of a scenario: words in order, and ``key=value`` options."""

from collections.abc import Mapping
from dataclasses import dataclass

from fairlead.errors import DataError


class ScenarioError(DataError):
    """A scenario cannot be read, or does not hold."""


def need(holds: object, what: str) -> None:
    """Raise ``ScenarioError`` unless it holds."""
    if not holds:
        raise ScenarioError(what)


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
        need(not unknown, f"unknown options {sorted(unknown)}")

    def word(self, at: int) -> str:
        """Return a word by its place."""
        need(at < len(self.words), f"word {at + 1} is missing")
        return self.words[at]

    def only(self, start: int, *known: str) -> None:
        """Refuse words from a place on that are none of these."""
        stray = [word for word in self.words[start:] if word not in known]
        need(not stray, f"unknown words {stray}")

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


def seconds(ns: int | None, otherwise: str) -> str:
    """Return a time in seconds with the decimals it needs: ``1.5s``."""
    if ns is None:
        return otherwise
    whole, rest = divmod(abs(ns), 10**9)
    decimals = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{'-' if ns < 0 else ''}{whole}{decimals}s"
