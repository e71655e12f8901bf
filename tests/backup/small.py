"""A backup of a few bytes, to damage."""

from pathlib import Path

from fairlead.adapters.backup import Packed, pack
from fairlead.domain.backup.manifest import Kind, LogMark, Manifest

LOG = LogMark(store_id="ab" * 16, last_seq=7, last_ts_ns=1, chain="cd" * 16, state_root="ef" * 8)
SEGMENT = "wal-0000000000000001.seg"


def files_in(folder: Path) -> dict[str, Path]:
    """Make the files."""
    contents = {
        "token.key": b"a secret\n",
        "MANIFEST": b"m" * 64,
        SEGMENT: b"commands" * 20 + bytes(3_000_000),
        "snap-0000000000000005.bin": b"",
    }
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def kind_of(name: str) -> Kind:
    return "key" if name.endswith(".key") else "log"


def packed(folder: Path, target: Path) -> Manifest:
    """Pack them, in their order."""
    files = files_in(folder)
    parts = [Packed(path, name=name, kind=kind_of(name)) for name, path in files.items()]
    manifest = Manifest(made_ts_ns=5, fairlead="0.1", log=LOG, store=None, files=tuple(part.entry for part in parts))
    pack(manifest, files, target, progress=lambda _: None)
    return manifest
