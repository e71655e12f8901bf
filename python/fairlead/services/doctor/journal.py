"""Checks of the log: is it whole, as far as that can be said in a moment, and is it older than the clock."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairlead.errors import FairleadError, UnavailableError
from fairlead.ports.machine import Disk
from fairlead.services.doctor.finding import Finding
from fairlead.services.doctor.host import day
from fairlead.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairlead.engine.journal import JournalReport

# What is read from the first byte to the last in well under a second; of a longer log only where its segments begin.
READ_BYTES_MAX: Final = 160 * 1_048_576
# A clock may be so far behind the last record: leap seconds, and what a time server corrects.
BEHIND_NS_MAX: Final = 60_000_000_000
# The head of a segment, docs/reference/journal.md: magic, format, flags, store id, number, first seq.
_HEAD: Final = struct.Struct("<8sII16sQQ")
_MAGIC: Final = b"FLWAL\r\n\x1a"


def journal(disk: Disk, settings: Settings, *, report: Callable[[Path], JournalReport], now_ns: int) -> Finding:
    """Whether the log can be read; every byte of a short one, the heads of the segments of a long one."""
    folder, limit = settings.engine.data_dir, "every record sound, none later than the clock"
    if disk.mode(folder / "MANIFEST") is None:
        return _no_journal(disk, folder, limit=limit)
    try:
        sizes = disk.sizes(folder)
    except OSError as error:
        return _unread(folder, str(error.strerror or error), limit=limit)
    read = {name: size for name, size in sizes.items() if name.endswith((".seg", ".bin")) and "spare" not in name}
    if sum(read.values()) > READ_BYTES_MAX:
        return _by_heads(disk, folder, names=sorted(name for name in read if name.endswith(".seg")), limit=limit)
    try:
        found = report(folder)
    except UnavailableError as error:
        return _unread(folder, str(error), limit=limit)
    except FairleadError as error:
        return _damaged(folder, str(error), limit=limit)
    return _judged(found, folder=folder, now_ns=now_ns, limit=limit)


def _judged(found: JournalReport, *, folder: Path, now_ns: int, limit: str) -> Finding:
    if (damage := found.damaged) is not None:
        return _damaged(folder, f"record {damage.seq} at {damage.file}:{damage.offset}: {damage.what}", limit=limit)
    seen = f"{found.first_seq} to {found.last_seq}, every byte read"
    if found.last_ts_ns - now_ns > BEHIND_NS_MAX:
        seen = f"the last record is of {day(found.last_ts_ns)}, the clock says {day(now_ns)}"
        remedy = "set the clock; sessions and orders that end by time are judged by it"
        return Finding.invalid("journal", seen=seen, limit=limit, remedy=remedy)
    if found.torn_tail is not None:
        remedy = "nothing: the next start cuts it away, nobody was told of it; or an engine is writing right now"
        return Finding.warn("journal", seen=f"{seen}; the last commit never finished", limit=limit, remedy=remedy)
    return Finding.ok("journal", seen=seen, limit=limit)


def _by_heads(disk: Disk, folder: Path, *, names: list[str], limit: str) -> Finding:
    expected_number: int | None = None
    for name in names:
        try:
            head = disk.head(folder / name, _HEAD.size)
        except OSError as error:
            return _unread(folder, f"{name}: {error.strerror or error}", limit=limit)
        if len(head) < _HEAD.size:
            return _damaged(folder, f"{name} ends in its head", limit=limit)
        magic, _format, _flags, _store, number, first_seq = _HEAD.unpack(head)
        if magic != _MAGIC or name != f"wal-{first_seq:016x}.seg":
            return _damaged(folder, f"{name} does not begin as its segment does", limit=limit)
        if expected_number is not None and number != expected_number:
            what = f"{name} is segment {number}, not {expected_number}: one is missing before it"
            return _damaged(folder, what, limit=limit)
        expected_number = number + 1
    if not names:
        return _damaged(folder, "there is no segment", limit=limit)
    seen = f"{len(names)} segments in their order; too long to read here: fairlead journal verify {folder}"
    return Finding.ok("journal", seen=seen, limit=limit)


def _no_journal(disk: Disk, folder: Path, *, limit: str) -> Finding:
    try:
        segments = [name for name in disk.sizes(folder) if name.startswith("wal-")] if disk.mode(folder) else []
    except OSError as error:
        return _unread(folder, str(error.strerror or error), limit=limit)
    if segments:
        return _damaged(folder, f"{len(segments)} segments and no MANIFEST", limit=limit)
    return Finding.ok("journal", seen=f"none yet in {folder}", limit=limit)


def _damaged(folder: Path, what: str, *, limit: str) -> Finding:
    remedy = f"do not start; copy {folder}, then fairlead journal verify {folder}, and restore a backup"
    return Finding.invalid("journal", seen=what, limit=limit, remedy=remedy)


def _unread(folder: Path, what: str, *, limit: str) -> Finding:
    remedy = f"run as the user who owns {folder}, with the version that wrote it"
    return Finding.unavailable("journal", seen=what, limit=limit, remedy=remedy)
