"""Checks of the data directory: can it be written, is there space, does the disk keep what it says it kept."""

import stat
from pathlib import Path
from typing import Final

from fairlead.ports.machine import Disk
from fairlead.services.doctor.finding import Finding
from fairlead.settings import Settings

# Above the least by this factor a warning ends.
_ROOMY: Final = 4
_MIB: Final = 1_048_576
_LOST_AT_REBOOT: Final = frozenset({"tmpfs", "ramfs"})
_OF_ANOTHER_MACHINE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})
_OTHERS_BITS: Final = 0o077


def data_directory(disk: Disk, settings: Settings) -> Finding:
    """Whether the data directory, or the one it will be made in, takes a file and syncs it."""
    folder, limit = settings.engine.data_dir, "a private directory that can be written and synced"
    place = nearest(disk, folder)
    mode = disk.mode(place)
    if mode is None or not stat.S_ISDIR(mode):
        remedy = f"move {place} away, or set engine.data_dir to a directory"
        return Finding.invalid("data directory", seen=f"{place} is no directory", limit=limit, remedy=remedy)
    try:
        disk.write_and_sync(place)
    except OSError as error:
        seen = f"{place} cannot be written and synced: {error.strerror or error}"
        remedy = f"give this user the right to write there (chown, chmod u+rwx {place}), or set engine.data_dir"
        return Finding.unavailable("data directory", seen=seen, limit=limit, remedy=remedy)
    if place != folder:
        return Finding.ok("data directory", seen=f"{folder} will be made at the first start", limit=limit)
    if mode & _OTHERS_BITS:
        seen = f"{folder} has mode {stat.S_IMODE(mode):o}"
        return Finding.warn("data directory", seen=seen, limit=limit, remedy=f"chmod 700 {folder}")
    return Finding.ok("data directory", seen=str(folder), limit=limit)


def space(disk: Disk, settings: Settings) -> Finding:
    """Whether there is space for the log; a full disk refuses orders."""
    least = settings.engine.disk_free_min_bytes
    place = nearest(disk, settings.engine.data_dir)
    limit = f"{_mib(least)} or more"
    try:
        free = disk.free_bytes(place)
    except OSError as error:
        seen = f"nobody can say at {place}: {error.strerror or error}"
        remedy = "set engine.data_dir to a directory of a local disk"
        return Finding.unavailable("free space", seen=seen, limit=limit, remedy=remedy)
    seen = f"{_mib(free)} at {place}"
    if free < least:
        remedy = "make space, or set engine.data_dir to another disk; a full disk takes cancels only"
        return Finding.unavailable("free space", seen=seen, limit=limit, remedy=remedy)
    if free < _ROOMY * least:
        remedy = f"make space before it is below {_mib(least)}"
        return Finding.warn("free space", seen=seen, limit=f"{_mib(_ROOMY * least)} at ease", remedy=remedy)
    return Finding.ok("free space", seen=seen, limit=limit)


def filesystem(disk: Disk, settings: Settings) -> Finding:
    """Whether what is synced is still there after a power cut."""
    place = nearest(disk, settings.engine.data_dir)
    kind, limit = disk.filesystem(place), "one of a local disk"
    if kind in _LOST_AT_REBOOT:
        remedy = "set engine.data_dir to a disk before anything in it is of value"
        return Finding.warn("filesystem", seen=f"{kind}: gone at the next boot", limit=limit, remedy=remedy)
    if kind in _OF_ANOTHER_MACHINE:
        remedy = "set engine.data_dir to a local disk; over a network neither locks nor syncs can be relied on"
        return Finding.warn("filesystem", seen=f"{kind}: of another machine", limit=limit, remedy=remedy)
    return Finding.ok("filesystem", seen=kind or "not told by this system", limit=limit)


def nearest(disk: Disk, folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    return next((place for place in (folder, *folder.parents) if disk.mode(place) is not None), folder)


def _mib(count: int) -> str:
    return f"{count // _MIB:,} MiB"
