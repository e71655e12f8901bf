"""Whether a log has a segment to go on into, seen from outside its engine: without one it takes no orders."""

import re
from pathlib import Path
from typing import Final

__all__ = ["has_spare"]

_SPARE: Final = re.compile(r"spare-[0-9a-f]{16}\.seg")


def has_spare(directory: Path) -> bool:
    """Whether there is a segment that waits to be filled; there is none where the disk has no space to prepare it.

    Raises:
        OSError: the directory cannot be read.
    """
    return any(_SPARE.fullmatch(path.name) for path in directory.iterdir())
