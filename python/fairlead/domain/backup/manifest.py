"""The table of contents of a backup: every file with its size and digest, and the state the log must come to."""

import re
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from fairlead.errors import DataError, UnavailableError

__all__ = [
    "LOG_NAME",
    "MANIFEST_BYTES_MAX",
    "VERSION",
    "Entry",
    "Kind",
    "LogMark",
    "Manifest",
    "StoreMark",
    "decode",
    "encode",
    "store_name",
]

# What a file of a backup is.
Kind: TypeAlias = Literal["log", "key", "store"]
VERSION: Final = 1
MANIFEST_BYTES_MAX: Final = 16_777_216
LOG_NAME: Final = re.compile(r"MANIFEST|WATERMARK|wal-[0-9a-f]{16}\.seg|snap-[0-9a-f]{16}\.bin")

_FORMAT: Final = "fairlead-backup"
# One name of one folder: no way out of it, nothing hidden, short enough for one header of a tar file.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_HEX: Final = re.compile(r"[0-9a-f]+")
_STORE_NAMES: Final = {"sqlite": "store.sqlite3", "postgresql": "store.postgresql"}
# Names in a data directory that are made by who runs there, and never restored.
_OTHERS: Final = re.compile(r"LOCK|spare-.*|.*\.(tmp|new)|.*-(wal|shm|journal)|.*\.(torn|cut)-.*")
_DIGEST_DIGITS: Final = 64
# Zeros at the end of a segment are not stored; no segment is longer than this.
_SEGMENT_BYTES_MAX: Final = 4_294_967_296


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file.

    Attributes:
        name: its name in the data directory.
        kind: what it belongs to.
        stored: its bytes in the backup.
        size: its bytes in the data directory; what is not stored is zeros at its end.
        sha256: digest of the stored bytes, 64 hex digits.
    """

    name: str
    kind: Kind
    stored: int
    size: int
    sha256: str


class LogMark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What executing the log of the backup comes to.

    Attributes:
        store_id: identity of the log, 32 hex digits.
        last_seq: its last record.
        last_ts_ns: the time of that, nanoseconds since 1970 UTC.
        chain: the hash chain there, 32 hex digits.
        state_root: the hash of the state there, 16 hex digits.
    """

    store_id: str
    last_seq: int
    last_ts_ns: int
    chain: str
    state_root: str


class StoreMark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What kind the store is, and the last record of the log that it knows of; 0 is none."""

    kind: Literal["sqlite", "postgresql"]
    known_seq: int


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole backup.

    Attributes:
        made_ts_ns: when it was begun, nanoseconds since 1970 UTC.
        fairlead: the version that made it.
        log: what its log comes to.
        store: its store; ``None`` where the data directory has none, as that of an engine alone.
        files: every file, in the order in which they follow.
    """

    made_ts_ns: int
    fairlead: str
    log: LogMark
    store: StoreMark | None
    files: tuple[Entry, ...]
    format: str = _FORMAT
    version: int = VERSION


class _Head(Struct):
    """What says whether the rest can be read; it keeps its place in every later version."""

    format: str
    version: int


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as JSON.

    Raises:
        DataError: it breaks a rule that :func:`decode` keeps.
    """
    _check(manifest)
    return msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"


def decode(raw: bytes) -> Manifest:
    """Return the manifest that JSON says.

    Raises:
        DataError: it is none, or names a file that a backup cannot hold.
        UnavailableError: a newer version of Fairlead made it.
    """
    try:
        head = msgspec.json.decode(raw, type=_Head)
        if head.format == _FORMAT and head.version > VERSION:
            raise UnavailableError(f"a newer Fairlead made this backup: version={head.version} known={VERSION}; update")
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"the manifest of the backup cannot be read: {error}") from None
    _check(found)
    return found


def store_name(kind: Literal["sqlite", "postgresql"]) -> str:
    """Return the name of the file in which a store of this kind is kept."""
    return _STORE_NAMES[kind]


def _check(manifest: Manifest) -> None:
    if manifest.format != _FORMAT or manifest.version != VERSION:
        raise DataError(f"not a backup of Fairlead: format={manifest.format!r} version={manifest.version}")
    for entry in manifest.files:
        if not _is_sound(entry, manifest.store):
            raise DataError(
                f"the backup names what it cannot hold: name={entry.name!r} kind={entry.kind} "
                f"size={entry.size} stored={entry.stored}"
            )
    names = [entry.name for entry in manifest.files]
    if len(set(names)) != len(names):
        raise DataError("the backup names a file twice")
    stores = [entry.name for entry in manifest.files if entry.kind == "store"]
    if stores != ([] if manifest.store is None else [_STORE_NAMES[manifest.store.kind]]):
        raise DataError(f"the backup does not hold the store it speaks of: files={stores}")
    if manifest.store is not None and manifest.store.known_seq > manifest.log.last_seq:
        raise DataError(
            f"the store of the backup is newer than its log: known_seq={manifest.store.known_seq} "
            f"last_seq={manifest.log.last_seq}; take another backup"
        )


def _is_sound(entry: Entry, store: StoreMark | None) -> bool:
    is_log, is_segment = LOG_NAME.fullmatch(entry.name) is not None, entry.name.startswith("wal-")
    if entry.kind == "log":
        is_named = is_log
    elif entry.kind == "store":
        is_named = store is not None and entry.name == _STORE_NAMES[store.kind]
    else:
        is_named = not is_log and entry.name not in _STORE_NAMES.values() and _OTHERS.fullmatch(entry.name) is None
    if _NAME.fullmatch(entry.name) is None or not is_named:
        return False
    is_digest = len(entry.sha256) == _DIGEST_DIGITS and _HEX.fullmatch(entry.sha256) is not None
    is_sized = 0 <= entry.stored <= entry.size if is_segment else 0 <= entry.stored == entry.size
    return is_digest and is_sized and (not is_segment or entry.size <= _SEGMENT_BYTES_MAX)
