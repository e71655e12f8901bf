"""``fairlead latency``: the stages of a real engine's commands, beside it, after it, killed, off, and damaged."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.engine.latency import LatencyReport, parse, read
from fairlead.engine.server import EngineServer
from fairlead.errors import DataError, NotFoundError, UnavailableError, UsageError

# Commands of make_market, and of the trader.
_MARKET = 6
_ORDERS = 30
_STAGES = ["decode", "queue", "journal", "match", "publish", "total", "turn"]


def _latency(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fairlead.cli import main; main()", "latency", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _told(directory: Path) -> dict[str, Any]:
    done = _latency(directory, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    about: dict[str, Any] = json.loads(done.stdout)
    return about


def _trade(process: Process) -> None:
    make_market(process.port)
    with Client(port=process.port, key_id="alice", secret=SECRET) as alice:
        for n in range(_ORDERS):
            assert not alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id=f"o{n}").is_rejected


def _until(is_so: Callable[[], bool]) -> None:
    """Look until it is so; each look starts a process or reads a file, and the engine writes every second."""
    for _ in range(100_000):
        if is_so():
            return
    raise AssertionError("never")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_keys(tmp_path / "venue")
    return tmp_path / "venue"


def test_every_command_is_counted_beside_the_engine_and_after_it(directory: Path) -> None:
    with Process(directory) as process:
        _trade(process)
        _until(lambda: read(directory).stage("total").count == _MARKET + _ORDERS)
        beside = _told(directory)
        text = _latency(directory).stdout
        assert process.end() == ExitCode.OK
    after = _told(directory)

    assert (beside["state"], beside["is_running"], beside["schema"]) == ("running", True, 1)
    assert (after["state"], after["is_running"]) == ("ended", False)
    assert text.startswith("the engine runs; its figures are")
    assert "figures of the last run, which ended" in _latency(directory).stdout
    for report in (beside, after):
        stages = {stage["stage"]: stage for stage in report["stages"]}
        assert list(stages) == _STAGES
        assert {stages[name]["count"] for name in _STAGES[:-1]} == {_MARKET + _ORDERS}
        assert (report["gone"], report["unstamped"]) == (0, 0)
        for stage in stages.values():
            times = [stage[f"{name}_ns"] for name in ("min", "p50", "p90", "p95", "p99", "p99_9", "max")]
            assert times == sorted(times)
        # Each command's total is the sum of its stages, and none of them is longer.
        assert stages["total"]["min_ns"] >= stages["journal"]["min_ns"] > 0
        assert stages["total"]["max_ns"] >= max(stages[name]["max_ns"] for name in _STAGES[:5])
    for name in _STAGES:
        assert f"\n{name} " in text


def test_a_killed_engine_leaves_figures_that_say_so(directory: Path) -> None:
    with Process(directory) as process:
        _trade(process)
        _until(lambda: read(directory).stage("total").count == _MARKET + _ORDERS)
        process.kill()

    assert "its engine is gone without a clean end" in _latency(directory).stdout
    with Process(directory):
        # The next run counts from nothing, whatever the one before did.
        assert read(directory).stage("total").count == 0


def test_an_engine_without_stamps_says_how_to_have_them(directory: Path) -> None:
    with Process(directory) as process:
        assert process.end() == ExitCode.OK
    with EngineServer(directory, port=0, latency=False) as server:
        assert server.latency().state == "off"
        with pytest.raises(NotFoundError, match=r"stage=total.*without stamps"):
            server.latency().stage("total")
        done = _latency(directory)

    assert done.returncode == ExitCode.UNAVAILABLE
    assert "the engine runs without stamps" in done.stderr
    assert "--no-latency" in done.stderr
    assert "the last engine here ran without stamps" in _latency(directory, "--json").stderr


def test_a_directory_without_figures_and_none_at_all(tmp_path: Path) -> None:
    empty, unknown = _latency(tmp_path), _latency(tmp_path / "nowhere")

    assert (empty.returncode, unknown.returncode) == (ExitCode.NOT_FOUND, ExitCode.NOT_FOUND)
    assert "no engine has left latency figures here" in empty.stderr
    assert "fairlead engine --data" in empty.stderr
    assert f"no such directory: path={tmp_path / 'nowhere'}" in unknown.stderr
    assert empty.stdout == unknown.stdout == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"schema": 1}', '{"schema": 1, "stages": [{"stage": 1}]}', "\x00"]
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "latency.json").write_text(text)

    done = _latency(tmp_path)

    assert done.returncode == ExitCode.DATA
    assert str(tmp_path / "latency.json") in done.stderr


def test_figures_of_a_newer_format_are_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "latency.json").write_text('{"schema": 2}')

    with pytest.raises(UnavailableError, match="schema=2 known=1"):
        read(tmp_path)
    with pytest.raises(DataError):
        parse('{"schema": 1, "stages": [], "state": "asleep"}')


def test_a_full_disk_costs_the_figures_and_nothing_else(directory: Path) -> None:
    # A directory in the place of the file: no write can ever succeed.
    (directory / "latency.json").mkdir()
    with Process(directory) as process:
        _trade(process)
        assert process.end() == ExitCode.OK

    assert _latency(directory).returncode == ExitCode.UNAVAILABLE
    assert sorted(path.name for path in directory.glob("latency*")) == ["latency.json"]


def test_in_this_process_the_last_report_is_of_the_whole_run(directory: Path) -> None:
    server = EngineServer(directory, port=0, expected_interval_us=500)
    fresh = server.latency()
    server.stop()
    ended = server.latency()

    assert isinstance(ended, LatencyReport)
    assert (fresh.state, ended.state) == ("running", "ended")
    assert ended.expected_interval_ns == 500_000
    assert [stage.stage for stage in ended.stages] == [*_STAGES, "total_corrected"]
    assert ended == read(directory)
    assert ended.stamp_ns > 0


@pytest.mark.parametrize(("latency", "interval_us"), [(True, 0), (True, 10_000_001), (False, 1)])
def test_a_pace_out_of_range_is_refused(directory: Path, latency: bool, interval_us: int) -> None:
    with pytest.raises(UsageError, match=f"expected_interval_us={interval_us} "):
        EngineServer(directory, port=0, latency=latency, expected_interval_us=interval_us)
