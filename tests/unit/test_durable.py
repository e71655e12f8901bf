"""An exchange in a directory: what was acknowledged is there again, whatever ended the process."""

import itertools
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import fairlead
from fairlead.errors import DataError, LockedError, UnavailableError, UsageError
from fairlead.model.batch import COMMAND_FIELDS, OPS

INSTRUMENT = fairlead.Instrument("AAPL", quote="USD", tick_size="0.01", lot_size="1")

# Enters orders until it is killed; prints each one after it was acknowledged.
ENDLESS = """
import itertools, sys
import fairlead
ex = fairlead.Exchange.open(sys.argv[1], clock=lambda: 0)
if ex.recovered["is_new"]:
    ex.list(fairlead.Instrument("AAPL", quote="USD", tick_size="0.01", lot_size="1"))
    ex.add_account("alice", kind="credit")
for n in itertools.count(int(sys.argv[2])):
    side, price = ("buy", 100 - n % 7) if n % 2 else ("sell", 99 + n % 5)
    qty = 1 + n % 3
    ex.submit(account="alice", cl_ord_id=f"k{n}", symbol="AAPL", side=side, order_qty=qty, price=price, stp="none")
    print(n, flush=True)
"""


def replayed(count: int) -> fairlead.Exchange:
    """The same commands in memory."""
    ex = fairlead.Exchange(clock=lambda: 0)
    ex.list(INSTRUMENT)
    ex.add_account("alice", kind="credit")
    for n in range(count):
        side, price = ("buy", 100 - n % 7) if n % 2 else ("sell", 99 + n % 5)
        ex.submit(
            account="alice", cl_ord_id=f"k{n}", symbol="AAPL", side=side, order_qty=1 + n % 3, price=price, stp="none"
        )
    return ex


def test_state_history_names_and_hash_are_back_after_reopening(tmp_path: Path) -> None:
    with fairlead.Exchange.open(tmp_path / "data", clock=lambda: 0) as ex:
        ex.list(INSTRUMENT)
        ex.add_account("alice", kind="credit")
        ex.add_account("bob", kind="cash")
        ex.deposit("bob", "AAPL", 5)
        ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=3, price="10")
        ex.submit(account="bob", cl_ord_id="b1", symbol="AAPL", side="sell", order_qty=1, price="10")
        expected = (ex.state_hash(), ex.events(), ex.trades("AAPL"), ex.balances("bob"), ex.book("AAPL"))

    with fairlead.Exchange.open(tmp_path / "data", clock=lambda: 0) as ex:
        found = (ex.state_hash(), ex.events(), ex.trades("AAPL"), ex.balances("bob"), ex.book("AAPL"))
        assert repr(found) == repr(expected)
        assert ex.recovered is not None
        assert not ex.recovered["is_new"]
        again = ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=3, price="10")
        assert again.repeated
        # Ids nobody gave do not meet those of the life before.
        reports = [ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price="9") for _ in range(2)]
        assert [report.status for report in reports] == ["new", "new"]


def test_a_directory_has_one_process_at_a_time(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys, fairlead; fairlead.Exchange.open(sys.argv[1])", str(tmp_path)]

    with fairlead.Exchange.open(tmp_path), pytest.raises(LockedError, match="in use"):
        fairlead.Exchange.open(tmp_path)
    with fairlead.Exchange.open(tmp_path):
        other = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    alone = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert other.returncode == 1
    assert "LockedError" in other.stderr
    assert (alone.returncode, alone.stderr) == (0, "")


def test_an_exchange_that_nobody_closed_gives_its_directory_up(tmp_path: Path) -> None:
    exchange = fairlead.Exchange.open(tmp_path)
    exchange.add_account("alice", kind="credit")
    del exchange

    with fairlead.Exchange.open(tmp_path) as exchange:
        assert exchange.account_id("alice") == 1


def test_damaged_bytes_are_refused_and_named(tmp_path: Path) -> None:
    with fairlead.Exchange.open(tmp_path) as ex:
        for n in range(20):
            ex.add_account(f"account-{n}", kind="credit")
    segment = sorted(tmp_path.glob("wal-*.seg"))[0]
    data = bytearray(segment.read_bytes())
    data[4096 + 600] ^= 1
    segment.write_bytes(data)

    with pytest.raises(DataError, match=segment.name):
        fairlead.Exchange.open(tmp_path)
    assert segment.read_bytes() == data


def test_a_directory_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    fairlead.Exchange.open(tmp_path).close()
    manifest = tmp_path / "MANIFEST"
    content = bytearray(manifest.read_bytes()[:-4])
    content[8] = 2
    newer = bytes(content) + _checksum(content).to_bytes(4, "little")
    manifest.write_bytes(newer)

    with pytest.raises(UnavailableError, match=r"MANIFEST.*format=2"):
        fairlead.Exchange.open(tmp_path)
    assert manifest.read_bytes() == newer


def _checksum(content: bytes | bytearray) -> int:
    """CRC-32C, rotated right by 15 plus a constant, as docs/reference/journal.md says."""
    crc = 0xFFFF_FFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F6_3B78 if crc & 1 else 0)
    crc ^= 0xFFFF_FFFF
    return ((crc >> 15 | crc << 17) + 0xA282_EAD8) & 0xFFFF_FFFF


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(UsageError, match=r"not a directory: .*file.*give a directory"):
        fairlead.Exchange.open(tmp_path / "file")
    with pytest.raises(UnavailableError, match=r"file/below.*choose one"):
        fairlead.Exchange.open(tmp_path / "file" / "below")
    with pytest.raises(UsageError, match="not a directory"):
        fairlead.Exchange.open("")
    with pytest.raises(TypeError):
        fairlead.Exchange.open(7)  # type: ignore[arg-type]
    assert (tmp_path / "file").read_text() == "mine"


def test_what_is_closed_and_what_is_unknown_is_refused(tmp_path: Path) -> None:
    ex = fairlead.Exchange.open(tmp_path / "data")
    ex.add_account("alice", kind="credit")
    ex.list(INSTRUMENT)
    handle = ex.handle("AAPL")
    ex.close()
    ex.close()

    with pytest.raises(UsageError, match="closed; open its directory again"):
        ex.add_account("bob", kind="credit")
    with pytest.raises(UsageError, match="closed"):
        ex.state_hash()
    with pytest.raises(UsageError, match="closed"):
        handle.levels("buy", 1)
    with pytest.raises(UsageError, match='durability="perhaps"; use "group"'):
        fairlead.Exchange.open(tmp_path / "data", durability="perhaps")
    with pytest.raises(UsageError, match="trades_max=0"):
        fairlead.Exchange.open(tmp_path / "new", trades_max=0)
    assert not (tmp_path / "new").exists()


def test_an_exchange_in_memory_has_nothing_to_close() -> None:
    with fairlead.Exchange() as memory:
        assert memory.recovered is None
    assert memory.add_account("alice", kind="credit").status == "accepted"


def test_a_directory_takes_no_rule_sets_and_no_reserve(tmp_path: Path) -> None:
    with fairlead.Exchange.open(tmp_path) as ex:
        ex.list(INSTRUMENT)
        before = ex.state_hash()
        with pytest.raises(UsageError, match=r"rules of AAPL: .*set_breaker"):
            ex.attach_rules("AAPL", fairlead.Luld(tier=1, previous_close=100, midnight_ns=0))
        with pytest.raises(UsageError, match="in memory"):
            ex.reserve(orders=1, client_ids=1)
        assert (ex.state_hash(), ex.rule_states(), ex.rules_due_ns()) == (before, [], None)


def _flow(count: int) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    """Orders, cancels and changes of two accounts, some of them refused."""
    draw = np.random.default_rng(7)
    flow = np.zeros(count, dtype=COMMAND_FIELDS)
    flow["op"] = draw.choice(
        [OPS[op] for op in ("limit", "cancel", "reduce", "replace")], count, p=[0.6, 0.2, 0.1, 0.1]
    )
    flow["cl_id"] = np.arange(1, count + 1)
    flow["target"] = np.maximum(1, flow["cl_id"] - draw.integers(0, 30, count))
    flow["by"] = 1
    for field, low, high in (("account", 1, 3), ("side", 0, 2), ("px", 95, 106), ("qty", 1, 9)):
        flow[field] = draw.integers(low, high, count)
    return flow


@pytest.mark.parametrize("durability", ["group", "always", "os"])
def test_a_batch_does_what_it_does_in_memory(tmp_path: Path, durability: str) -> None:
    flow = _flow(1_000)
    in_memory = fairlead.Exchange(clock=lambda: 1)
    stored = fairlead.Exchange.open(tmp_path, durability=durability, clock=lambda: 1)
    outcomes = []
    for ex in (in_memory, stored):
        ex.list(INSTRUMENT)
        ex.add_account("alice", kind="credit")
        ex.add_account("bob", kind="credit")
        outcomes.append(ex.run(flow))

    expected, found = outcomes[0].copy(), outcomes[1]
    # Number 1 of a log is its own first record.
    expected["seq"] += 1
    expected["ts_ns"] += 1
    assert len(found) > len(flow)
    assert found.tobytes() == expected.tobytes()
    hashes = [in_memory.state_hash(), stored.state_hash()]
    stored.close()
    with fairlead.Exchange.open(tmp_path, durability=durability, clock=lambda: 1) as again:
        assert {again.state_hash(), *hashes} == {hashes[0]}
        again.check_invariants()


def test_a_snapshot_that_is_due_is_made_by_the_end_and_the_next_opening_begins_with_it(tmp_path: Path) -> None:
    with fairlead.Exchange.open(tmp_path, durability="os", snapshot_every=10_000) as ex:
        ex.list(INSTRUMENT)
        ex.add_account("alice", kind="credit")
        ex.add_account("bob", kind="credit")
        for account, side in (("alice", "sell"), ("bob", "buy")):
            ex.submit(account=account, cl_ord_id="first", symbol="AAPL", side=side, order_qty=2, price="100")
        ex.run(_flow(25_000))
        ex.submit(account="alice", cl_ord_id="last", symbol="AAPL", side="buy", order_qty=3, price="1")
        before = (ex.state_hash(), ex.balances("bob"), ex.book("AAPL"), ex.open_orders(account="alice"))

    with fairlead.Exchange.open(tmp_path, durability="os", snapshot_every=10_000) as ex:
        after = (ex.state_hash(), ex.balances("bob"), ex.book("AAPL"), ex.open_orders(account="alice"))
        found = ex.recovered
        assert found is not None
        assert (found["snapshot_seq"], found["warnings"]) == (20_000, [])
        assert found["replayed"] == found["last_seq"] - 20_000
        assert repr(after[:3]) == repr(before[:3])
        assert [order.order_id for order in after[3]] == [order.order_id for order in before[3]]
        with pytest.raises(fairlead.NotFoundError, match="oldest=20000"):
            ex.events(since=19_999)
        assert ex.events(since=20_000)[0].seq == 20_001
        assert ex.submit(account="alice", cl_ord_id="last", symbol="AAPL", side="buy", order_qty=3, price="1").repeated
        first = ex.submit(account="alice", cl_ord_id="first", symbol="AAPL", side="sell", order_qty=2, price="100")
        assert (first.repeated, first.status, first.order_id, first.leaves_qty) == (True, "ended", 1, Decimal(0))
        with pytest.raises(fairlead.NotFoundError, match="order_id=1"):
            _ = first.cum_qty
        assert ex.snapshots == {"seq": 0, "missed": 0, "why": ""}
        ex.check_invariants()


def test_a_damaged_snapshot_is_a_warning_and_the_whole_log_is_replayed(tmp_path: Path) -> None:
    with fairlead.Exchange.open(tmp_path, durability="os", snapshot_every=10_000) as ex:
        ex.list(INSTRUMENT)
        ex.add_account("alice", kind="credit")
        ex.add_account("bob", kind="credit")
        ex.run(_flow(15_000))
        before = ex.state_hash()
    [snapshot] = tmp_path.glob("snap-*.bin")
    snapshot.write_bytes(snapshot.read_bytes()[:-1])

    with fairlead.Exchange.open(tmp_path, durability="os", snapshot_every=0) as ex:
        found = ex.recovered
        assert found is not None
        assert found["snapshot_seq"] == 0
        assert [warning.split(":")[0] for warning in found["warnings"]] == ["a snapshot was not used"]
        assert ex.state_hash() == before


def test_a_cadence_of_snapshots_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"snapshot_every=5 .*use 10000, or 0"):
        fairlead.Exchange.open(tmp_path, snapshot_every=5)
    with pytest.raises(UsageError, match="snapshot_every=-1 min=0"):
        fairlead.Exchange.open(tmp_path, snapshot_every=-1)
    assert fairlead.Exchange().snapshots is None


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of this family of systems")
def test_every_acknowledged_order_survives_a_kill(tmp_path: Path) -> None:
    counted = 0
    for _ in range(3):
        arguments = [sys.executable, "-c", ENDLESS, str(tmp_path / "data"), str(counted)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # our own interpreter
            assert process.stdout is not None
            acknowledged = [int(line) for line in itertools.islice(process.stdout, 40)]
            process.send_signal(signal.SIGKILL)
        with fairlead.Exchange.open(tmp_path / "data", clock=lambda: 0) as ex:
            for n in range(acknowledged[-1] + 1):
                assert ex.order(account="alice", cl_ord_id=f"k{n}").order_id > 0
            # What was on its way may be there or not; nothing else is.
            counted = acknowledged[-1] + 1
            while True:
                try:
                    ex.order(account="alice", cl_ord_id=f"k{counted}")
                except fairlead.NotFoundError:
                    break
                counted += 1
            assert ex.state_hash() == replayed(counted).state_hash()
