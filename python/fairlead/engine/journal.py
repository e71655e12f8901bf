"""A data directory seen from outside: what its log holds, whether it is sound, and whether it was matched by the rules.

Nothing here changes a directory except :func:`cut`, and nothing disturbs an engine that runs on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead import _core

__all__ = [
    "Cut",
    "Damage",
    "JournalRecord",
    "JournalReport",
    "MatchingReport",
    "cut",
    "records",
    "report",
    "verify_matching",
]

# Records that are fetched at a time.
_PAGE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Acknowledged bytes that are not what they were.

    Attributes:
        file: the segment or snapshot.
        offset: the first bad byte's frame, in bytes from the beginning of the file.
        seq: the first record that cannot be trusted.
        what: what is wrong.
    """

    file: str
    offset: int
    seq: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReport:
    """What a log holds and what is wrong with it.

    Attributes:
        store_id: identity of the log, 32 hex digits.
        first_seq: number of the oldest record.
        last_seq: number of the last record that can be read.
        last_ts_ns: its time, nanoseconds since the Unix epoch.
        segments: how many segment files there are.
        bytes: bytes in use in them.
        snapshot_seq: the last record in the newest snapshot that counts, or ``None``.
        state_hash: the newest recorded state hash, 16 hex digits, or ``None``.
        state_hash_seq: the record it stands after.
        torn_tail: file, offset and number of a commit that never finished, or ``None``. Nothing of it was acknowledged.
        damaged: acknowledged bytes that are damaged, or ``None``.
        warnings: what is unusual and does no harm.
    """

    store_id: str
    first_seq: int
    last_seq: int
    last_ts_ns: int
    segments: int
    bytes: int
    snapshot_seq: int | None
    state_hash: str | None
    state_hash_seq: int | None
    torn_tail: tuple[str, int, int] | None
    damaged: Damage | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One record of a log.

    Attributes:
        seq: its number.
        ts_ns: its time, nanoseconds since the Unix epoch.
        kind: what it is, a kind of the binary protocol; 32768 is the first record of a log.
        body: the message, as in :mod:`fairlead.wire`.
    """

    seq: int
    ts_ns: int
    kind: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingReport:
    """What executing a log again proved.

    Attributes:
        from_seq: the record after which it began: 0, or that of the oldest snapshot where the log's beginning is gone.
        last_seq: the last record executed.
        last_ts_ns: its time, nanoseconds since the Unix epoch.
        fills: fills executed again.
        fills_in_line: of those, the ones in continuous matching by time whose resting order was the first in line.
        hashes_checked: recorded state hashes that were equal to the state.
        chain: the hash chain at the end, 32 hex digits.
        state_root: the hash of the state at the end, 16 hex digits.
        violations: how many times a fill broke a rule; 0 where matching was right.
        words: the first hundred of them.
    """

    from_seq: int
    last_seq: int
    last_ts_ns: int
    fills: int
    fills_in_line: int
    hashes_checked: int
    chain: str
    state_root: str
    violations: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a log ends now.

    Attributes:
        file: its last segment.
        offset: where in it what was given up began.
        kept: the files that keep what was given up.
    """

    file: str
    offset: int
    kept: tuple[str, ...]


def report(directory: Path | str) -> JournalReport:
    """Read a log from its first byte to its last.

    Raises:
        NotFoundError: there is no log.
        UnavailableError: it cannot be read, or a newer version wrote it.
    """
    return _report(_core.journal_report(Path(directory)))


def records(directory: Path | str, *, from_seq: int = 1, page: int = _PAGE) -> Iterator[JournalRecord]:
    """Every record that can be read, in order.

    Args:
        directory: the data directory.
        from_seq: the first number wanted, 1 or more.
        page: how many are read at a time; each page reads the log again from its segment on.

    Raises:
        NotFoundError: there is no log.
        UnavailableError: it cannot be read, or a newer version wrote it.
    """
    while True:
        rows, last_seq = _core.journal_records(Path(directory), from_seq, page)
        for seq, ts_ns, kind, body in rows:
            yield JournalRecord(seq=seq, ts_ns=ts_ns, kind=kind, body=body)
        if not rows or rows[-1][0] >= last_seq:
            return
        from_seq = rows[-1][0] + 1


def cut(directory: Path | str, *, after_seq: int) -> Cut:
    """End a log after a record and keep what follows under other names. The engine must not run.

    Args:
        directory: the data directory.
        after_seq: the last record that stays; the last of its commit.

    Raises:
        UsageError: the record is inside a commit, or nothing would be left to start from.
        LockedError: an engine runs on the directory.
    """
    file, offset, kept = _core.journal_cut(Path(directory), after_seq)
    return Cut(file=file, offset=offset, kept=tuple(kept))


def verify_matching(directory: Path | str) -> MatchingReport:
    """Execute a log again: check the hash chain, every recorded state hash, and every fill for price-time priority.

    Raises:
        NotFoundError: there is no log.
        DataError: the log is damaged, or replay comes to another state than the one recorded.
        UnavailableError: it cannot be read, or a newer version wrote it.
    """
    found = _core.verify_matching(Path(directory))
    return MatchingReport(**found | {"words": tuple(found["words"])})


def _report(found: dict[str, Any]) -> JournalReport:
    damaged = found["damaged"]
    return JournalReport(
        store_id=found["store_id"],
        first_seq=found["first_seq"],
        last_seq=found["last_seq"],
        last_ts_ns=found["last_ts_ns"],
        segments=found["segments"],
        bytes=found["bytes"],
        snapshot_seq=found["snapshot_seq"],
        state_hash=found["state_hash"],
        state_hash_seq=found["state_hash_seq"],
        torn_tail=found["torn_tail"],
        damaged=damaged and Damage(file=damaged[0], offset=damaged[1], seq=damaged[2], what=damaged[3]),
        warnings=tuple(found["warnings"]),
    )
