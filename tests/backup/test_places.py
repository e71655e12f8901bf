"""Where backups and directories are put: whole, in one step, over nothing that somebody wants to keep."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.adapters.backup import check_folder, place_file, place_folder, working_folder
from fairlead.errors import LockedError, NotFoundError, UnavailableError, UsageError

_KILLED_AT_WORK = """
import os, signal, sys
from pathlib import Path
from fairlead.adapters.backup import working_folder
with working_folder(Path(sys.argv[1])) as work:
    (work / "backup").write_bytes(b"half")
    (work / "log").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_file_is_put_once_and_overwritten_only_where_that_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content, overwrites in ((b"first", False), (b"second", True)):
        (tmp_path / "made").write_bytes(content)
        place_file(tmp_path / "made", file, overwrites=overwrites)
        assert file.read_bytes() == content
        assert not (tmp_path / "made").exists()
    (tmp_path / "made").write_bytes(b"third")
    with pytest.raises(UsageError, match=r"file=.*/file; name another, or give --force"):
        place_file(tmp_path / "made", file, overwrites=False)
    assert file.read_bytes() == b"second"


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    file = tmp_path / "venue.backup"
    killed = subprocess.run([sys.executable, "-c", _KILLED_AT_WORK, str(file)], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [".venue.backup.partial"]
    with working_folder(file) as work:
        assert not list(work.iterdir())
    assert not list(tmp_path.iterdir())


def test_two_do_not_work_on_the_same(tmp_path: Path) -> None:
    with working_folder(tmp_path / "file") as work:
        (work / "mine").touch()
        with pytest.raises(LockedError, match=r"path=.*/file"), working_folder(tmp_path / "file"):
            pass
        assert (work / "mine").exists()
    with pytest.raises(NotFoundError), working_folder(tmp_path / "missing" / "file"):
        pass


def test_no_link_is_followed_to_another_folder(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").touch()
    (tmp_path / ".file.partial").symlink_to(other)
    told = pytest.raises(UnavailableError, match=r"cannot work beside it: path=.*\.file\.partial")
    with told, working_folder(tmp_path / "file"):
        pass
    assert (other / "kept").exists()


def test_a_directory_is_put_aside_and_never_removed(tmp_path: Path) -> None:
    data, made = tmp_path / "data", tmp_path / "made"
    made.mkdir()
    (made / "new").touch()
    data.mkdir()
    # An empty one is nobody's.
    assert place_folder(made, data, replaces=False, aside=tmp_path / "aside") is None
    made.mkdir()
    with pytest.raises(UsageError, match=r"data=.*/data; name another, or give --replace"):
        place_folder(made, data, replaces=False, aside=tmp_path / "aside")
    assert (data / "new").exists()
    assert place_folder(made, data, replaces=True, aside=tmp_path / "aside") == tmp_path / "aside"
    assert (tmp_path / "aside" / "new").exists()
    assert not list(data.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="no directory"):
        check_folder(tmp_path / "file", replaces=True)
