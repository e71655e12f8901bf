"""How far those who read a log beside its engine are, where the engine runs by itself: a file of one number.

The engine keeps what they have not read: without the file it keeps nothing for anybody.
"""

from pathlib import Path

__all__ = ["NOBODY", "mark_read", "marked_seq"]

# Above every record.
NOBODY = 2**63
_FILE = "tables.read"


def mark_read(directory: Path, seq: int) -> None:
    """Say the last record that was read by everybody who reads.

    Raises:
        OSError: it cannot be written.
    """
    path = directory / _FILE
    draft = path.with_suffix(".new")
    draft.write_text(f"{seq}\n")
    draft.replace(path)


def marked_seq(directory: Path) -> int:
    """Return the last record that was read; ``NOBODY`` where nobody reads, 0 where that cannot be told."""
    try:
        return int((directory / _FILE).read_text())
    except FileNotFoundError:
        return NOBODY
    except (OSError, ValueError):
        return 0
