"""What a manifest may say."""

import msgspec
import pytest
from tests.backup.small import LOG

from fairlead.domain.backup.manifest import Entry, Manifest, StoreMark, decode, encode
from fairlead.errors import DataError

_DIGEST = "0" * 64


def _entry(name: str, kind: str = "key", *, stored: int = 1, size: int = 1, sha256: str = _DIGEST) -> dict[str, object]:
    return {"name": name, "kind": kind, "stored": stored, "size": size, "sha256": sha256}


def _raw(*entries: dict[str, object], store: StoreMark | None = None, **more: object) -> bytes:
    whole = msgspec.to_builtins(Manifest(made_ts_ns=1, fairlead="0", log=LOG, store=store, files=()))
    return msgspec.json.encode(whole | {"files": entries} | more)


@pytest.mark.parametrize(
    "entry",
    [
        _entry("../token.key"),
        _entry("a/b"),
        _entry("/etc/passwd"),
        _entry(".."),
        _entry(".hidden"),
        _entry(""),
        _entry("a\0b"),
        _entry("x" * 81),
        _entry("LOCK"),
        _entry("spare-0000000000000001.seg"),
        _entry("store.sqlite3-wal"),
        _entry("store.sqlite3"),
        _entry("MANIFEST"),
        _entry("token.key", "log"),
        _entry("wal-1.seg", "log"),
        _entry("store.sqlite3", "store"),
        _entry("token.key", "link"),
        _entry("token.key", stored=1, size=2),
        _entry("token.key", stored=-1, size=-1),
        _entry("wal-0000000000000001.seg", "log", stored=3, size=2),
        _entry("wal-0000000000000001.seg", "log", stored=3, size=2**40),
        _entry("token.key", sha256="0" * 63),
        _entry("token.key") | {"more": 1},
    ],
)
def test_what_a_backup_cannot_hold_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(DataError):
        decode(_raw(entry))


def test_what_it_can_hold_is_read_as_it_was_written() -> None:
    store = StoreMark(kind="sqlite", known_seq=LOG.last_seq)
    raw = _raw(
        _entry("token.key"),
        _entry("wal-0000000000000001.seg", "log", size=67_108_864),
        _entry("store.sqlite3", "store"),
        store=store,
    )
    found = decode(raw)
    assert [type(entry) for entry in found.files] == [Entry] * 3
    assert decode(encode(found)) == found


def test_contradictions_are_refused() -> None:
    newer = StoreMark(kind="sqlite", known_seq=LOG.last_seq + 1)
    with pytest.raises(DataError, match="newer than its log: known_seq=8 last_seq=7"):
        decode(_raw(_entry("store.sqlite3", "store"), store=newer))
    with pytest.raises(DataError, match="twice"):
        decode(_raw(_entry("token.key"), _entry("token.key")))
    with pytest.raises(DataError, match="does not hold the store"):
        decode(_raw(store=StoreMark(kind="sqlite", known_seq=0)))
    with pytest.raises(DataError, match="not a backup of Fairlead"):
        decode(_raw(format="other"))
    with pytest.raises(DataError, match="cannot be read"):
        decode(b"\xff\xfe")
