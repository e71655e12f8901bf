"""The file of a backup: what goes in comes out, and a byte that is another is never taken."""

import stat
import tarfile
from pathlib import Path

import pytest
from tests.backup.small import SEGMENT, files_in, packed

from fairlead.adapters.backup import unpack
from fairlead.domain.backup.manifest import Manifest
from fairlead.errors import DataError, FairleadError, NotFoundError, UnavailableError


def _unpack(file: Path, folder: Path) -> Manifest:
    folder.mkdir()
    return unpack(file, folder, progress=lambda _: None)


def _damaged(tmp_path: Path, raw: bytes, number: int = 0) -> None:
    """Expect that these bytes are refused."""
    file = tmp_path / f"damaged-{number}"
    file.write_bytes(raw)
    with pytest.raises(FairleadError):
        _unpack(file, tmp_path / f"out-{number}")


def test_what_goes_in_comes_out_with_the_zeros_that_are_not_stored(tmp_path: Path) -> None:
    manifest = packed(tmp_path / "in", tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_size < 20_000
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600

    assert _unpack(tmp_path / "backup", tmp_path / "out") == manifest

    for name, path in files_in(tmp_path / "again").items():
        made = tmp_path / "out" / name
        assert made.read_bytes() == path.read_bytes(), name
        assert stat.S_IMODE(made.stat().st_mode) == 0o600, name
    # Zeros are written: an engine counts on the space of its segments.
    segment = (tmp_path / "out" / SEGMENT).stat()
    assert segment.st_blocks * 512 >= segment.st_size


def test_any_tar_program_can_list_it(tmp_path: Path) -> None:
    manifest = packed(tmp_path / "in", tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as listed:
        names = [member.name for member in listed.getmembers()]
    assert names == ["manifest.json", *(entry.name for entry in manifest.files), "SHA256"]


def test_a_flipped_bit_is_refused_wherever_it_is(tmp_path: Path) -> None:
    packed(tmp_path / "in", tmp_path / "backup")
    raw = (tmp_path / "backup").read_bytes()
    # Every byte of the manifest's header and of the end, and one in 23 between.
    places = [*range(512), *range(512, len(raw) - 2_048, 23), *range(len(raw) - 2_048, len(raw))]
    file = tmp_path / "damaged"
    for number, place in enumerate(places):
        file.write_bytes(raw[:place] + bytes([raw[place] ^ (1 << number % 8)]) + raw[place + 1 :])
        out = tmp_path / f"out-{number}"
        with pytest.raises(FairleadError):
            _unpack(file, out)
        for made in out.iterdir():
            made.unlink()


def test_a_file_that_is_cut_or_lengthened_is_refused(tmp_path: Path) -> None:
    packed(tmp_path / "in", tmp_path / "backup")
    raw = (tmp_path / "backup").read_bytes()
    lengths = (0, 1, 511, 512, 1_000, len(raw) // 2, len(raw) - 1_024, len(raw) - 1)
    for number, length in enumerate(lengths):
        _damaged(tmp_path, raw[:length], number)
    _damaged(tmp_path, raw + b"\0", 100)
    _damaged(tmp_path, raw + raw, 101)


def test_members_that_changed_places_are_refused(tmp_path: Path) -> None:
    packed(tmp_path / "in", tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as listed:
        token, manifest = listed.getmember("token.key"), listed.getmember("MANIFEST")
    raw = (tmp_path / "backup").read_bytes()
    # Both are one block of header and one of content, and follow each other.
    assert manifest.offset - token.offset == 1_024
    first, second = raw[token.offset : manifest.offset], raw[manifest.offset : manifest.offset + 1_024]
    _damaged(tmp_path, raw[: token.offset] + second + first + raw[manifest.offset + 1_024 :], 1)
    # The contents alone.
    swapped = first[:512] + second[512:] + second[:512] + first[512:]
    _damaged(tmp_path, raw[: token.offset] + swapped + raw[manifest.offset + 1_024 :], 2)


@pytest.mark.parametrize("raw", [b"", b"\0" * 2_048, b"PK\x03\x04" * 1_000, b"{}"])
def test_another_file_is_said_to_be_no_backup(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "other").write_bytes(raw)
    with pytest.raises(DataError, match=r"the backup cannot be used: file=.*other"):
        _unpack(tmp_path / "other", tmp_path / "out")
    with pytest.raises(NotFoundError, match=r"path=.*missing"):
        _unpack(tmp_path / "missing", tmp_path / "out2")


def test_an_ordinary_tar_file_is_no_backup_whatever_its_members_are(tmp_path: Path) -> None:
    files = files_in(tmp_path / "in")
    with tarfile.open(tmp_path / "other", "w") as other:
        for path in files.values():
            other.add(path, arcname="../../escaped")
    with pytest.raises(DataError, match="no backup of Fairlead"):
        _unpack(tmp_path / "other", tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    assert not (tmp_path.parent / "escaped").exists()


def test_a_newer_version_is_told_apart_from_damage(tmp_path: Path) -> None:
    packed(tmp_path / "in", tmp_path / "backup")
    raw = (tmp_path / "backup").read_bytes()
    assert raw.count(b'"version": 1') == 1
    (tmp_path / "newer").write_bytes(raw.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(UnavailableError, match="version=2 known=1; update"):
        _unpack(tmp_path / "newer", tmp_path / "out")
