"""The directory of a demo: marked as one before anything else is in it, so that no venue of anybody becomes a demo."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fairlead.engine import keys
from fairlead.engine.server import EngineServer
from fairlead.errors import UsageError

__all__ = ["add_demo_keys", "forget_demo", "is_funded", "note_funded", "open_demo_place"]

_MARK: Final = "demo.mark"
_MADE, _FUNDED = "made\n", "funded\n"
# Agents are limited by the rate of the demo, not by their keys.
_PER_S: Final = 100_000


def open_demo_place(directory: Path) -> bool:
    """Mark a new directory as a demo's; return whether it is new.

    Raises:
        UsageError: something else was begun in it.
    """
    mark = directory / _MARK
    if mark.exists():
        return False
    if (directory / "gateway.keys").exists():
        raise UsageError(f"--demo needs a data directory of its own, this is a venue's: data={directory}; give another")
    mark.write_text(_MADE, encoding="ascii")
    return True


def forget_demo(directory: Path) -> None:
    """Take the mark back: the directory turned out to be somebody's."""
    (directory / _MARK).unlink(missing_ok=True)


def is_funded(directory: Path) -> bool:
    """Whether the agents have their money."""
    return (directory / _MARK).read_text(encoding="ascii") == _FUNDED


def note_funded(directory: Path) -> None:
    """Remember that the agents have their money."""
    (directory / _MARK).write_text(_FUNDED, encoding="ascii")


def add_demo_keys(server: EngineServer, directory: Path, *, names: Sequence[str], first_account: int) -> None:
    """Make an ordinary trading key for each agent that has none; accounts are numbered in the order of the names."""
    known = {key.key_id for key in keys.keys(directory)}
    missing = [(place, name) for place, name in enumerate(names) if name not in known]
    for place, name in missing:
        keys.add(
            directory,
            name,
            account=first_account + place,
            role="trading",
            orders_per_s=_PER_S,
            cancels_per_s=_PER_S,
        )
    if missing:
        server.reload()
