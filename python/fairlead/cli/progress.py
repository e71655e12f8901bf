"""How far a long command is, on standard error and only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fairlead.services.replay import Progress, no_progress


@contextmanager
def shown_progress(doing: str, *, unit: str) -> Iterator[Progress]:
    """Give what takes the number of ``unit`` done so far; ``doing`` says what is being done."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(doing), BarColumn(), TextColumn("{task.completed:,.0f} " + unit), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done: bar.update(task, completed=done)
