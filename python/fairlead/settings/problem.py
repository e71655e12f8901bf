"""What is wrong with a configuration, one finding a fault, and the error that carries them all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.errors import DataError

# What a terminal would obey instead of showing, and what no text may have: a file can hold it in the name of a key.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_KEY_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, without any secret.

    Attributes:
        origin: the file, the variable or the flag it stands in.
        key: the setting, ``section.name``; empty where a whole file is meant.
        what: what is wrong with it.
        value: the value as it may be shown; ``None`` where none is told.
        limit: what is allowed; ``None`` where that is no question.
        fix: what to do.
    """

    origin: str
    key: str
    what: str
    fix: str
    value: str | None = None
    limit: str | None = None

    def __str__(self) -> str:
        given = [f"value={self.value}"] if self.value is not None else []
        given += [f"limit={self.limit}"] if self.limit is not None else []
        about = f": {', '.join(given)}" if given else ""
        subject = f"{self.key[:_KEY_SHOWN_MAX]} " if self.key else ""
        return UNPRINTABLE.sub(_escaped, f"{self.origin}: {subject}{self.what}{about}; {self.fix}")


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


class SettingsError(DataError):
    """A configuration that cannot be used; the message names every fault, its place and its fix.

    Args:
        problems: at least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        text = lines[0] if len(lines) == 1 else "\n  ".join([f"{len(lines)} faults in the configuration:", *lines])
        super().__init__(text)
