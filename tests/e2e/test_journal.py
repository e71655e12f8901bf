"""The log of an engine from outside: ``fairlead journal`` and ``verify-matching`` beside it, after it, broken."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.venues import SECRET, Process, make_market, write_keys
from typer.testing import CliRunner, Result

from fairlead.cli import ExitCode, _exit_code, app
from fairlead.client import Client
from fairlead.engine import journal
from fairlead.errors import FairleadError, LockedError, NotFoundError, UsageError

# Bytes of a segment's header.
_HEADER = 4_096


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose engine, with a commit for each command, was killed after three orders, two of which traded."""
    directory = tmp_path_factory.mktemp("logs") / "venue"
    write_keys(directory)
    with Process(directory, durability="always") as process:
        make_market(process.port)
        with (
            Client(port=process.port, key_id="alice", secret=SECRET) as alice,
            Client(port=process.port, key_id="bob", secret=SECRET) as bob,
        ):
            alice.submit(symbol="ABC-USD", side="sell", order_qty=5, price=10, cl_ord_id="first")
            alice.submit(symbol="ABC-USD", side="sell", order_qty=5, price=10, cl_ord_id="second")
            bob.submit(symbol="ABC-USD", side="buy", order_qty=7, price=10, cl_ord_id="taker")
        found = journal.report(directory)
        assert found.damaged is None, "a running engine is not disturbed, and does not look damaged"
    return directory


@pytest.fixture
def copy(venue: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(venue, tmp_path / "copy"))


def _run(*args: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args], input=typed)


def _error(result: Result) -> ExitCode:
    assert isinstance(result.exception, FairleadError), result.output
    return _exit_code(result.exception)


def _segment(directory: Path) -> Path:
    return min(directory.glob("wal-*.seg"))


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x01
    path.write_bytes(data)


def _dump(directory: Path, *args: str) -> list[dict[str, Any]]:
    result = _run("journal", "dump", directory, "--json", *args)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_stat_prints_what_it_promises(venue: Path) -> None:
    result = _run("journal", "stat", venue, "--json")

    found = json.loads(result.output)
    assert result.exit_code == 0
    promised = {"first_seq", "last_seq", "segments", "bytes", "snapshot_seq", "state_hash", "torn_tail", "damaged"}
    assert promised <= set(found)
    assert found["first_seq"] == 1
    assert found["last_seq"] == len(_dump(venue))
    assert found["bytes"] > _HEADER
    assert found["damaged"] is None


def test_dump_prints_the_orders_as_they_were_sent(venue: Path) -> None:
    records = _dump(venue)

    orders = {record["fields"]["cl_ord_id"]: record for record in records if record["kind"] == "NewOrder"}
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert records[0]["kind"] == "Genesis"
    assert list(orders) == ["first", "second", "taker"]
    assert orders["taker"]["fields"]["side"] == "Buy"
    assert orders["taker"]["fields"]["order_qty"] == 7
    assert orders["first"]["ts_ns"] < orders["taker"]["ts_ns"]


def test_dump_begins_and_ends_where_it_is_told(venue: Path) -> None:
    assert [record["seq"] for record in _dump(venue, "--from", "3", "--count", "2")] == [3, 4]
    lines = _run("journal", "dump", venue, "--from", "2").output.splitlines()
    assert lines[0].startswith("2 ")
    assert any("AddAsset" in line and "symbol=ABC" in line for line in lines)


def test_a_sound_log_was_matched_by_the_rules(venue: Path) -> None:
    result = _run("verify-matching", venue, "--json")

    found = json.loads(result.output)
    assert result.exit_code == 0
    assert (found["fills"], found["fills_in_line"], found["violations"]) == (2, 2, 0)
    assert found["last_seq"] == len(_dump(venue))
    with Process(venue) as process:
        assert found["state_root"] == process.ready["state_hash"]


def test_damage_is_named_and_changes_nothing(copy: Path) -> None:
    assert _run("journal", "verify", copy).exit_code in {ExitCode.OK, ExitCode.NOT_FOUND}
    segment = _segment(copy)
    _flip(segment, _HEADER + 200)
    before = segment.read_bytes()

    result = _run("journal", "verify", copy, "--json")

    damaged = json.loads(result.output)["damaged"]
    assert result.exit_code == ExitCode.DATA
    assert damaged["file"] == segment.name
    assert damaged["offset"] >= _HEADER
    assert damaged["seq"] >= 1
    assert _error(_run("verify-matching", copy)) == ExitCode.DATA
    assert segment.read_bytes() == before
    with pytest.raises(AssertionError, match=f"code={ExitCode.DATA.value}"):
        Process(copy)


def test_cut_asks_twice_and_keeps_what_it_cuts(copy: Path) -> None:
    before = journal.report(copy)
    after = before.last_seq - 1

    assert _run("journal", "cut", copy, "--after", str(after), typed="n\n").exit_code != 0
    assert _run("journal", "cut", copy, "--after", str(after), typed="y\n12345\n").exit_code == ExitCode.USAGE
    assert journal.report(copy).last_seq == before.last_seq

    result = _run("journal", "cut", copy, "--after", str(after), typed=f"y\n{after}\n")

    assert result.exit_code == 0, result.output
    assert journal.report(copy).last_seq == after
    assert list(copy.glob("*.cut-*"))
    with Process(copy) as process:
        assert process.ready["last_seq"] == after


def test_cut_refuses_a_running_engine_and_a_place_beyond_the_end(copy: Path) -> None:
    with pytest.raises(UsageError, match="beyond what can be read"):
        journal.cut(copy, after_seq=10**9)
    with Process(copy), pytest.raises(LockedError):
        journal.cut(copy, after_seq=2)


def test_there_is_no_log_in_an_empty_or_missing_directory(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFoundError):
            journal.report(directory)
        assert _error(_run("journal", "stat", directory)) == ExitCode.NOT_FOUND
        assert _error(_run("verify-matching", directory)) == ExitCode.NOT_FOUND
