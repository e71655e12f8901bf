"""``fairlead backup`` of a venue under load, and ``fairlead restore`` of it elsewhere; every doubt is a refusal."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.contract.dump import dump
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead.adapters.access import SystemClock
from fairlead.adapters.backup import Packed, copy_log, pack, unpack
from fairlead.adapters.stores import migrate, open_database
from fairlead.adapters.stores.projections import SqlProjections
from fairlead.bootstrap.backup import BackedUp, back_up
from fairlead.bootstrap.restore import Restored, restore
from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.domain.backup.manifest import Manifest
from fairlead.engine import journal
from fairlead.engine.journal_reports import JournalReports, last_seq
from fairlead.errors import DataError, LockedError, UsageError
from fairlead.settings import Flag, load
from fairlead.wire import decode

_CALL = [sys.executable, "-c", "from fairlead.cli import main; main()"]
_KILLED = """
import os, signal, sys
from pathlib import Path
from fairlead.adapters.access import SystemClock
from fairlead.bootstrap.backup import back_up
from fairlead.settings import Flag, load
loaded = load(flags=[Flag(name="--data", key="engine.data_dir", value=sys.argv[1])])
kill = lambda written: os.kill(os.getpid(), signal.SIGKILL) if written > 50_000 else None
back_up(loaded, Path(sys.argv[2]), overwrites=True, clock=SystemClock(), progress=kill)
"""


def _call(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_CALL, *map(str, words)], capture_output=True, text=True, timeout=150, check=False)


def _done(*words: object) -> dict[str, Any]:
    done = _call(*words, "--json")
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    return dict(json.loads(done.stdout))


def _back_up(data: Path, file: Path, **options: bool) -> BackedUp:
    loaded = load(flags=[Flag(name="--data", key="engine.data_dir", value=str(data))])
    options = {"overwrites": False} | options
    return back_up(loaded, file, clock=SystemClock(), progress=lambda _: None, **options)


def _restore(file: Path, data: Path, *, replaces: bool = False) -> Restored:
    loaded = load(flags=[Flag(name="--data", key="engine.data_dir", value=str(data))])
    return restore(loaded, file, replaces=replaces, clock=SystemClock(), progress=lambda _: None)


class _Load:
    """Orders over REST until it is told to stop; those that were answered, with the account each is of.

    What Ann buys from Bob he buys back, so that the money of nobody ends.
    """

    def __init__(self, venue: Venue) -> None:
        self.taken: list[tuple[str, Trader]] = []
        self._enough, self._stopped = threading.Event(), threading.Event()
        self._venue, self._thread = venue, threading.Thread(target=self._run)

    def _run(self) -> None:
        ann, bob = self._venue.ann, self._venue.bob
        for trader, side in cycle([(ann, "BUY"), (bob, "SELL"), (bob, "BUY"), (ann, "SELL")]):
            if self._stopped.is_set():
                return
            placed = trader.ask("POST", "/orders", LIMIT | {"side": side, "quantity": "2", "price": "100.00"})
            if placed.status_code == 201:
                self.taken.append((placed.json()["orderId"], trader))
            if len(self.taken) == 20:
                self._enough.set()

    def __enter__(self) -> "_Load":
        self._thread.start()
        assert self._enough.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Return where the store of a venue is, and where that of the restored one will be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/venue/store.sqlite3", f"sqlite:///{tmp_path}/elsewhere/store.sqlite3"
    server = make_url(request.getfixturevalue("postgres_url"))
    urls = []
    for name in ("venue", "elsewhere"):
        with psycopg.connect(str(server), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            admin.execute(f"CREATE DATABASE {name}".encode())
        urls.append(str(server.set(database=name)))
    return urls[0], urls[1]


def test_a_backup_under_load_holds_what_was_answered_before_it(
    tmp_path: Path, stores: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRLEAD_STORE__URL", stores[0])
    venue_data, data, file = tmp_path / "venue", tmp_path / "elsewhere", tmp_path / "venue.backup"
    write_keys(venue_data)
    with Service(venue_data) as service:
        venue = Venue(service, venue_data)
        with Client(port=service.ready["gateway_port"], key_id="ops", secret=SECRET, role="operator") as ops:
            instruments = ops.instruments
        with _Load(venue) as load_of_orders:
            before = list(load_of_orders.taken)
            made = _done("backup", file, "--data", venue_data)
        assert len(load_of_orders.taken) > len(before), "the service answered nothing while it was backed up"
        assert service.end()[0] == ExitCode.OK

    monkeypatch.setenv("FAIRLEAD_STORE__URL", stores[1])
    restored = _done("restore", file, "--data", data)

    assert restored["state_hash"] == made["state_hash"] == journal.verify_matching(data).state_root
    assert journal.report(data).last_seq == made["last_seq"] < journal.report(venue_data).last_seq
    assert _tables(stores[1]) == _rebuilt(data, instruments, of=stores[1], store=tmp_path / "again.db")
    with Service(data) as service:
        for order_id, trader in before:
            found = service.http.get(f"/orders/{order_id}", headers=trader.headers)
            assert (found.status_code, found.json()["orderId"]) == (200, order_id)
        assert service.http.post("/orders", json=LIMIT, headers=venue.ann.headers).status_code == 201
        assert service.end()[0] == ExitCode.OK


def _tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables; how far the log was read for what no report says is none of what is in them."""

    async def run() -> dict[str, list[tuple[Any, ...]]]:
        database = open_database(url)
        try:
            return await dump(database)
        finally:
            await database.close()

    return asyncio.run(run()) | {"command_cursor": []}


def _rebuilt(data: Path, instruments: Instruments, *, of: str, store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables as the log alone makes them, as far as those of the store are."""

    async def run() -> dict[str, list[tuple[Any, ...]]]:
        kept, database = open_database(of), open_database(f"sqlite:///{store}")
        try:
            followed = await SqlProjections(kept).followed()
            await migrate(database)
            tables, log = SqlProjections(database), JournalReports(data)
            await tables.begin(followed.log_id)
            while messages := log.next(100):
                reports = [report_of(decode(message), instruments) for message in messages]
                known = [it for it in reports if it.position is not None and it.position <= followed.position]
                await tables.apply(known, instruments.listings)
            return await dump(database)
        finally:
            await kept.close()
            await database.close()

    return asyncio.run(run())


def test_what_comes_after_the_moment_is_cut_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, file = tmp_path / "venue", tmp_path / "venue.backup"
    write_keys(data)
    noted: list[int] = []
    with Process(data) as engine:
        make_market(engine.port)
        with Client(port=engine.port, key_id="alice", secret=SECRET) as alice:

            def copy_late(files: Mapping[str, BinaryIO], folder: Path) -> None:
                noted.append(last_seq(data))
                alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price="100")
                copy_log(files, folder)

            monkeypatch.setattr("fairlead.bootstrap.backup.copy_log", copy_late)
            made = _back_up(data, file)
        assert last_seq(data) > noted[0]
    assert made.manifest.log.last_seq == noted[0]
    assert _restore(file, tmp_path / "restored").manifest == made.manifest
    assert last_seq(tmp_path / "restored") == noted[0]


@pytest.fixture(scope="module")
def venue_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a venue that has traded and does not run."""
    data = tmp_path_factory.mktemp("backup") / "venue"
    write_keys(data)
    with Process(data) as engine:
        make_market(engine.port)
        with Client(port=engine.port, key_id="alice", secret=SECRET) as alice:
            for _ in range(50):
                alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price="100")
        assert engine.end() == 0

    async def make_store() -> None:
        database = open_database(f"sqlite:///{data / 'store.sqlite3'}")
        await migrate(database)
        await SqlProjections(database).begin("1" * 32)
        await database.close()

    asyncio.run(make_store())
    return data


@pytest.fixture(scope="module")
def file(venue_data: Path) -> Path:
    """Return a backup of it."""
    made = venue_data.with_name("venue.backup")
    assert _back_up(venue_data, made).left_out == []
    return made


def _put_together(tmp_path: Path, file: Path, **marks: Any) -> tuple[Path, Path]:
    """Return the parts of a backup, and where the one that is made of them by :func:`_packed` will be."""
    parts = tmp_path / "parts"
    parts.mkdir()
    manifest = unpack(file, parts, progress=lambda _: None)
    (tmp_path / "manifest").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, **marks)))
    return parts, tmp_path / "planted"


def _packed(parts: Path, target: Path) -> Path:
    """Pack changed parts with digests that are right: only what they mean can give them away."""
    manifest = msgspec.json.decode((target.parent / "manifest").read_bytes(), type=Manifest)
    files = {entry.name: parts / entry.name for entry in manifest.files}
    entries = tuple(Packed(files[it.name], name=it.name, kind=it.kind).entry for it in manifest.files)
    pack(msgspec.structs.replace(manifest, files=entries), files, target, progress=lambda _: None)
    return target


def _refused(planted: Path, tmp_path: Path, says: str) -> None:
    """Expect a refusal that leaves the target as it is and nothing beside it."""
    data = tmp_path / "target"
    data.mkdir()
    (data / "kept").write_bytes(b"mine")
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(DataError, match=says):
        _restore(planted, data, replaces=True)
    assert [path.name for path in data.iterdir()] == ["kept"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_store_that_knows_more_than_its_log_is_refused(tmp_path: Path, file: Path) -> None:
    parts, planted = _put_together(tmp_path, file)
    with closing(sqlite3.connect(parts / "store.sqlite3", isolation_level=None)) as store:
        store.execute("UPDATE projection_cursor SET event_seq = 1000000")
    _refused(_packed(parts, planted), tmp_path, "newer than its log: known_seq=1000000 last_seq=")


def test_a_log_that_is_another_than_the_backup_says_is_refused(tmp_path: Path, file: Path) -> None:
    parts, planted = _put_together(tmp_path, file)
    journal.cut(parts, after_seq=journal.report(parts).last_seq - 1)
    _refused(_packed(parts, planted), tmp_path, r"comes to another state: last_seq=\d+ expected=\d+")


def test_a_log_whose_records_were_changed_is_refused(tmp_path: Path, file: Path) -> None:
    parts, planted = _put_together(tmp_path, file)
    segment = next(parts.glob("wal-*.seg"))
    raw = bytearray(segment.read_bytes())
    raw[8_000] ^= 1
    segment.write_bytes(raw)
    _refused(_packed(parts, planted), tmp_path, "the log is damaged")


def test_flipped_bytes_are_refused_and_nothing_is_touched(tmp_path: Path, file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 4
    planted = tmp_path / "planted"
    planted.write_bytes(raw)
    _refused(planted, tmp_path, "is not what was written|is damaged")


def test_what_is_in_the_way_is_kept(tmp_path: Path, file: Path, venue_data: Path) -> None:
    data = tmp_path / "data"
    assert _restore(file, data).moved is None
    with pytest.raises(UsageError, match="give --replace"):
        _restore(file, data)
    moved = _restore(file, data, replaces=True).moved
    assert moved is not None
    assert (moved / "gateway.keys").read_bytes() == (venue_data / "gateway.keys").read_bytes()
    # What others know the log by is made anew: from here on it is another.
    assert not (data / "publishing.id").exists()
    with pytest.raises(UsageError, match="give --force"):
        _back_up(data, file)
    with Process(data), pytest.raises(LockedError, match="stop it first"):
        _restore(file, data, replaces=True)


def test_a_store_of_another_kind_is_refused(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRLEAD_STORE__URL", "postgresql://127.0.0.1:1/nowhere")
    with pytest.raises(UsageError, match=r"another kind: store=sqlite store.url=postgresql"):
        _restore(file, tmp_path / "target")
    assert list(tmp_path.iterdir()) == []


def test_a_kill_in_the_middle_leaves_nothing_under_the_name(tmp_path: Path, venue_data: Path) -> None:
    file = tmp_path / "venue.backup"
    for before in (None, b"the backup of yesterday"):
        if before is not None:
            file.write_bytes(before)
        killed = subprocess.run([sys.executable, "-c", _KILLED, venue_data, file], timeout=150, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert (file.read_bytes() if file.exists() else None) == before
        assert (tmp_path / ".venue.backup.partial" / "backup").exists()
    _back_up(venue_data, file, overwrites=True)
    assert [path.name for path in tmp_path.iterdir()] == ["venue.backup"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_commands_say_what_is_wrong_by_their_exit_codes(tmp_path: Path, file: Path) -> None:
    missing = _call("backup", tmp_path / "x", "--data", tmp_path / "missing")
    assert (missing.returncode, missing.stdout) == (ExitCode.NOT_FOUND, "")
    taken = _call("backup", file, "--data", tmp_path / "missing")
    assert (taken.returncode, taken.stdout) == (ExitCode.USAGE, "")
    assert "give --force" in taken.stderr
    (tmp_path / "planted").write_bytes(os.urandom(4_096))
    damaged = _call("restore", tmp_path / "planted", "--data", tmp_path / "data")
    assert (damaged.returncode, damaged.stdout) == (ExitCode.DATA, "")
    assert not (tmp_path / "data").exists()
