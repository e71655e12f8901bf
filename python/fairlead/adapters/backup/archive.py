"""One file that holds a backup: a tar file of one form only, whose last member is the digest of all before it.

Every byte is either covered by that digest or must be the one that is expected: a file that was changed anywhere, cut
or lengthened is refused. The digest shows damage and no forgery: whoever may write the file may write another.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from fairlead.adapters.backup.disk_errors import told
from fairlead.domain.backup.manifest import MANIFEST_BYTES_MAX, Entry, Kind, Manifest, decode, encode
from fairlead.errors import DataError

__all__ = ["Packed", "pack", "unpack"]

Progress = Callable[[int], object]

_MANIFEST: Final = "manifest.json"
_DIGEST: Final = "SHA256"
_BLOCK: Final = tarfile.BLOCKSIZE
_END: Final = bytes(2 * _BLOCK)
_CHUNK: Final = 1_048_576
_TRAILER_BYTES: Final = 2 * _BLOCK + len(_END)


class Packed:
    """A file that goes into a backup; its digest is taken when this is made.

    Args:
        path: where it is.
        name: its name in the backup.
        kind: ``log``, ``key`` or ``store``.
    """

    def __init__(self, path: Path, *, name: str, kind: Kind) -> None:
        self.path = path
        with told("read what is backed up", path), path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            stored = _used(source, size) if name.startswith("wal-") else size
            digest = hashlib.sha256()
            for chunk in _chunks(source, stored):
                digest.update(chunk)
        self.entry = Entry(name=name, kind=kind, stored=stored, size=size, sha256=digest.hexdigest())


def pack(manifest: Manifest, files: Mapping[str, Path], target: Path, *, progress: Progress) -> int:
    """Write a backup of mode 600, sync it, and return its bytes.

    Args:
        manifest: what it holds.
        files: where each file of it is.
        target: a name at which nothing is yet.
        progress: hears how many bytes are written.

    Raises:
        UnavailableError: the disk is full, or fails.
    """
    digest, table, written = hashlib.sha256(), encode(manifest), 0
    descriptor = _new(target, "write the backup")
    with told("write the backup", target), os.fdopen(descriptor, "wb") as out:

        def put(raw: bytes) -> None:
            nonlocal written
            digest.update(raw)
            out.write(raw)
            written += len(raw)
            progress(written)

        put(_header(_MANIFEST, len(table)))
        put(table + _padding(len(table)))
        for entry in manifest.files:
            put(_header(entry.name, entry.stored))
            with files[entry.name].open("rb") as source:
                for chunk in _chunks(source, entry.stored):
                    put(chunk)
            put(_padding(entry.stored))
        put(_trailer(digest.hexdigest()))
        out.flush()
        os.fsync(out.fileno())
    return written


def unpack(file: Path, folder: Path, *, progress: Progress) -> Manifest:
    """Write what a backup holds into an empty folder, and return what it says of itself.

    Nothing is written that its manifest does not name, and what was written counts only where this returns.

    Raises:
        NotFoundError: there is no such file.
        DataError: it is no backup, or not as it was written.
        UnavailableError: a newer version made it, or the disk is full.
    """
    with told("read the backup", file), file.open("rb") as source:
        reader = _Reader(source, file, progress)
        manifest = reader.manifest()
        reader.check_size(manifest)
        for entry in manifest.files:
            reader.unpack(entry, folder / entry.name)
        reader.finish()
    return manifest


class _Reader:
    def __init__(self, source: BinaryIO, file: Path, progress: Progress) -> None:
        self._source, self._file, self._progress = source, file, progress
        self._digest, self._at = hashlib.sha256(), 0

    def manifest(self) -> Manifest:
        head = self._take(_BLOCK)
        try:
            size = tarfile.TarInfo.frombuf(head, "ascii", "strict").size
        except (tarfile.HeaderError, UnicodeError):
            raise self._refused("it is no backup of Fairlead") from None
        if not 0 < size <= MANIFEST_BYTES_MAX or head != _header(_MANIFEST, size):
            raise self._refused("it is no backup of Fairlead")
        raw = self._take(size)
        self._expect(_padding(size))
        return decode(raw)

    def check_size(self, manifest: Manifest) -> None:
        bodies = sum(_BLOCK + entry.stored + len(_padding(entry.stored)) for entry in manifest.files)
        expected, found = self._at + bodies + _TRAILER_BYTES, os.fstat(self._source.fileno()).st_size
        if expected != found:
            raise DataError(f"the backup is not whole: file={self._file} bytes={found} expected={expected}")

    def unpack(self, entry: Entry, path: Path) -> None:
        self._expect(_header(entry.name, entry.stored))
        digest = hashlib.sha256()
        descriptor = _new(path, "unpack the backup")
        with os.fdopen(descriptor, "wb") as out:
            left = entry.stored
            while left:
                chunk = self._take(min(left, _CHUNK))
                digest.update(chunk)
                out.write(chunk)
                left -= len(chunk)
            # Written, not left out: an engine counts on the space of its segments.
            for start in range(entry.stored, entry.size, _CHUNK):
                out.write(bytes(min(_CHUNK, entry.size - start)))
        if digest.hexdigest() != entry.sha256:
            raise self._refused(f"{entry.name} is not what was written")
        self._expect(_padding(entry.stored))

    def finish(self) -> None:
        self._expect(_trailer(self._digest.hexdigest()))
        if self._source.read(1):
            raise self._refused("something follows its end")

    def _take(self, count: int) -> bytes:
        raw = self._source.read(count)
        if len(raw) != count:
            raise self._refused("it ends too early")
        self._digest.update(raw)
        self._at += count
        self._progress(self._at)
        return raw

    def _expect(self, expected: bytes) -> None:
        at = self._at
        if self._take(len(expected)) != expected:
            raise DataError(f"the backup is damaged: file={self._file} offset={at}; take another copy of it")

    def _refused(self, why: str) -> DataError:
        return DataError(f"the backup cannot be used: file={self._file} offset={self._at} why={why}")


def _new(path: Path, what: str) -> int:
    with told(what, path):
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _header(name: str, size: int) -> bytes:
    """Return the one header that a file of this name and size can have."""
    about = tarfile.TarInfo(name)
    about.size, about.mode = size, 0o600
    return about.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _trailer(digest: str) -> bytes:
    body = f"{digest}\n".encode("ascii")
    return _header(_DIGEST, len(body)) + body + _padding(len(body)) + _END


def _used(source: BinaryIO, size: int) -> int:
    """Return the bytes of a file without the zeros at its end."""
    end = size
    while end:
        start = max(0, end - _CHUNK)
        source.seek(start)
        kept = source.read(end - start).rstrip(b"\0")
        if kept:
            end = start + len(kept)
            break
        end = start
    source.seek(0)
    return end


def _chunks(source: BinaryIO, count: int) -> Iterator[bytes]:
    """Yield the first bytes of a file.

    Raises:
        DataError: it is shorter.
    """
    while count:
        chunk = source.read(min(count, _CHUNK))
        if not chunk:
            raise DataError("a file that is backed up became shorter; take the backup again")
        count -= len(chunk)
        yield chunk
