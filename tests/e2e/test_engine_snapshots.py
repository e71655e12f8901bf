"""Snapshots of ``fairlead engine``: a restart begins with one, gives what the whole log gives, survives a bad one."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.venues import SECRET, Process, write_keys

from fairlead import Exchange, Instrument
from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.model.batch import COMMAND_FIELDS, OPS

COMMANDS = 25_000


def _log(directory: Path, *, cancels: float) -> None:
    """Write a log of orders of one account, so many of them cancelled again, without a snapshot."""
    draw = np.random.default_rng(11)
    flow = np.zeros(COMMANDS, dtype=COMMAND_FIELDS)
    flow["cl_id"] = np.arange(1, COMMANDS + 1)
    flow["op"] = np.where(draw.random(COMMANDS) < cancels, OPS["cancel"], OPS["limit"])
    flow["by"], flow["account"], flow["qty"] = 1, 1, 1
    flow["target"] = np.maximum(1, flow["cl_id"] - 1)
    flow["px"] = draw.integers(9_000, 11_000, COMMANDS)
    with Exchange.open(directory, snapshot_every=0) as exchange:
        exchange.list(Instrument("AAPL", quote="USD", tick_size="0.01", lot_size="1"))
        exchange.add_account("alice", kind="credit")
        exchange.run(flow)
    write_keys(directory)


def _stat(directory: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-c",
        "from fairlead.cli import main; main()",
        "journal",
        "stat",
        str(directory),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory whose engine has made two snapshots and ended cleanly."""
    directory = tmp_path_factory.mktemp("snapshots") / "venue"
    _log(directory, cancels=0.4)
    with Process(directory, snapshot_every=10_000) as process:
        assert (process.ready["snapshot_seq"], process.ready["replayed"]) == (0, process.ready["last_seq"])
        assert process.end() == ExitCode.OK
    return directory


@pytest.fixture
def copy(venue: Path, tmp_path: Path) -> Path:
    """Return a copy of it, to be changed."""
    return shutil.copytree(venue, tmp_path / "venue")


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_restart_from_a_snapshot_is_a_restart_from_the_whole_log(copy: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(copy, tmp_path / "whole")
    for snapshot in whole.glob("snap-*.bin"):
        snapshot.unlink()

    with Process(copy, snapshot_every=10_000) as short, Process(whole, snapshot_every=0) as long:
        begun, all_of_it = short.ready, long.ready
        with Client(port=short.port, key_id="alice", secret=SECRET) as alice:
            again = alice.submit(symbol="AAPL", side="buy", order_qty=1, price=1, cl_ord_id="after")
        assert not again.is_rejected

    assert _stat(copy)["snapshot_seq"] == begun["snapshot_seq"] == 20_000
    assert begun["replayed"] == begun["last_seq"] - 20_000
    assert (all_of_it["snapshot_seq"], all_of_it["replayed"]) == (0, all_of_it["last_seq"])
    assert begun["state_hash"] == all_of_it["state_hash"]
    assert begun["warnings"] == []


def test_a_damaged_snapshot_is_skipped_with_a_warning_and_made_again(copy: Path) -> None:
    older, newest = sorted(copy.glob("snap-*.bin"))
    good = newest.read_bytes()
    _damage(newest)

    with Process(copy, snapshot_every=10_000) as process:
        one = process.ready
        assert process.end() == ExitCode.OK
    made_again = newest.read_bytes()
    _damage(newest)
    _damage(older)
    with Process(copy, snapshot_every=0) as process:
        both = process.ready

    assert one["snapshot_seq"] == 10_000
    assert [warning.split(": ")[1] for warning in one["warnings"]] == ["seq=20000"]
    assert made_again == good
    assert (both["snapshot_seq"], len(both["warnings"])) == (0, 2)
    assert one["state_hash"] == both["state_hash"]


def test_a_kill_9_while_a_snapshot_is_written_costs_only_that_snapshot(tmp_path: Path) -> None:
    # Everything rests, so that a snapshot takes a while to write.
    _log(tmp_path, cancels=0)
    hashes, kills, begun = set(), 0, list[Path]()
    for _ in range(40):
        process = Process(tmp_path, snapshot_every=10_000)
        hashes.add(process.ready["state_hash"])
        assert list(tmp_path.glob("*.tmp")) == []
        while not (begun := list(tmp_path.glob("snap-*.tmp"))) and not list(tmp_path.glob("snap-*.bin")):
            pass
        process.kill()
        kills += bool(list(tmp_path.glob("snap-*.tmp")))
        for snapshot in tmp_path.glob("snap-*.bin"):
            # Too late: it was there already.
            snapshot.unlink()
        if kills == 3:
            break

    assert kills == 3, begun
    with Process(tmp_path, snapshot_every=10_000) as process:
        assert process.end() == ExitCode.OK
    with Process(tmp_path, snapshot_every=10_000) as process:
        assert process.ready["snapshot_seq"] >= 10_000
        hashes.add(process.ready["state_hash"])
    assert len(hashes) == 1


def test_a_cadence_that_cannot_be_is_refused_with_one_that_can(tmp_path: Path) -> None:
    write_keys(tmp_path)
    with pytest.raises(AssertionError, match=f"code={ExitCode.USAGE.value} .*snapshot_every=15000.*use 20000"):
        Process(tmp_path, snapshot_every=15_000)
    assert list(tmp_path.glob("wal-*")) == []
