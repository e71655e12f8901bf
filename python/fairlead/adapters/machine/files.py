"""Files, space and filesystems of this machine."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_PROBE_BYTES = 4_096


class ThisDisk:
    """Answers for :class:`fairlead.ports.machine.Disk`."""

    def mode(self, path: Path) -> int | None:
        """Return ``st_mode``; a file in a folder that may not be entered counts as none."""
        try:
            return path.stat().st_mode
        except OSError:
            return None

    def sizes(self, folder: Path) -> dict[str, int]:
        """Return each file of a folder and its bytes; one that vanishes meanwhile is left out."""
        found = {}
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                found[path.name] = path.stat().st_size
        return found

    def head(self, path: Path, count: int) -> bytes:
        """Return the first bytes of a file."""
        with path.open("rb") as opened:
            return opened.read(count)

    def free_bytes(self, folder: Path) -> int:
        """Return the space an ordinary user may still use."""
        return shutil.disk_usage(folder).free

    def filesystem(self, folder: Path) -> str | None:
        """Return what Linux has mounted at the folder or above it."""
        try:
            lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            resolved = folder.resolve()
        except OSError:
            return None
        kinds = {Path(_unescaped(where)): kind for _, where, kind, *_ in map(str.split, lines)}
        return next((kinds[place] for place in (resolved, *resolved.parents) if place in kinds), None)

    def write_and_sync(self, folder: Path) -> None:
        """Write a small file, sync it and its folder, and remove it."""
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".fairlead-doctor-") as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _unescaped(where: str) -> str:
    for escaped, plain in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        where = where.replace(escaped, plain)
    return where
