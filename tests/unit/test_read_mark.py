"""What readers beside an engine said they have read; where that cannot be told, they have read nothing."""

from pathlib import Path

import pytest

from fairlead.engine.read_mark import NOBODY, mark_read, marked_seq


def test_where_nobody_reads_nothing_is_kept_for_anybody(tmp_path: Path) -> None:
    assert marked_seq(tmp_path) == NOBODY


def test_the_last_that_was_said_counts(tmp_path: Path) -> None:
    for seq in (0, 17, 10**12):
        mark_read(tmp_path, seq)
        assert marked_seq(tmp_path) == seq
    assert [path.name for path in tmp_path.iterdir()] == ["tables.read"]


@pytest.mark.parametrize("damaged", ["", "much\n", "12 13\n"])
def test_a_mark_that_cannot_be_read_keeps_everything(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "tables.read").write_text(damaged)
    assert marked_seq(tmp_path) == 0
