"""Write a frame of the demo as an SVG picture that needs nothing from the network."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console, RenderableType

PICTURE_WIDTH = 80
PICTURE_HEIGHT = 24
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")


def write_picture(path: Path, *, frame: RenderableType) -> None:
    """Write ``frame`` as it looks in a terminal of 80 x 24.

    Raises:
        OSError: the file cannot be written.
    """
    console = Console(
        width=PICTURE_WIDTH,
        height=PICTURE_HEIGHT,
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(frame)
    svg = console.export_svg(title="fairlead demo", unique_id="demo")
    # rich names a font on a server; the monospaced font of the reader's system does.
    path.write_text(_FONT_FACE.sub("", svg), encoding="utf-8")
