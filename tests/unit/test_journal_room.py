"""A log has room where a segment waits to be filled; one in the making is none."""

from pathlib import Path

import pytest

from fairlead import Exchange
from fairlead.engine.journal_room import has_spare


def test_a_log_that_was_just_begun_has_a_segment_to_go_on_into(tmp_path: Path) -> None:
    exchange = Exchange(directory=tmp_path / "venue")

    assert has_spare(tmp_path / "venue")
    exchange.close()


@pytest.mark.parametrize(
    "name", ["spare-0000000000000002.seg.tmp", "wal-0000000000000001.seg", "spare-2.seg", "MANIFEST"]
)
def test_other_files_are_no_room(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    assert not has_spare(tmp_path)


def test_a_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        has_spare(tmp_path / "gone")
