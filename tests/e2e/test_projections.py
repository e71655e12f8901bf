"""The tables of a running service: they survive a kill, and are made again from the log, row by row the same."""

import asyncio
import signal
import sqlite3
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.dump import dump
from tests.e2e.test_serve import Service
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead import aio
from fairlead.adapters.stores import migrate, open_database
from fairlead.adapters.stores.projection_tables import FOLLOWING
from fairlead.adapters.stores.projections import SqlProjections
from fairlead.bootstrap.projections import followed, resume_position
from fairlead.client import Client
from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.engine.journal_reports import JournalReports
from fairlead.errors import FairleadError
from fairlead.model.report import Position
from fairlead.wire import decode

Rows = dict[str, list[tuple[Any, ...]]]
_WAIT_S = 30.0


def _trade(port: int, count: int) -> None:
    """Let two accounts trade."""
    with (
        Client(port=port, key_id="alice", secret=SECRET, reconnect=False) as alice,
        Client(port=port, key_id="bob", secret=SECRET, reconnect=False) as bob,
    ):
        for number in range(count):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=str(100 + number % 3))
            bob.submit(symbol="ABC-USD", side="sell", order_qty=3, price="100")


def _instruments(port: int) -> Instruments:
    with Client(port=port, key_id="ops", secret=SECRET, role="operator") as ops:
        return ops.instruments


def _cursor(directory: Path) -> Position:
    with sqlite3.connect(directory / "store.sqlite3") as store:
        return Position(*store.execute("SELECT event_seq, sub, leg FROM projection_cursor").fetchone())


def _wait_for(directory: Path, seq: int) -> None:
    end_s = time.monotonic() + _WAIT_S
    while _cursor(directory).event_seq < seq:
        assert time.monotonic() < end_s, f"the tables are behind: {_cursor(directory)} wanted={seq}"


def _kept(directory: Path) -> Rows:
    async def run() -> Rows:
        database = open_database(f"sqlite:///{directory / 'store.sqlite3'}")
        try:
            return await dump(database)
        finally:
            await database.close()

    return _plain(asyncio.run(run()))


def _rebuilt(directory: Path, instruments: Instruments, *, until: Position, store: Path) -> Rows:
    """Return the tables as the log alone makes them."""

    async def run() -> Rows:
        database = open_database(f"sqlite:///{store}")
        tables, log = SqlProjections(database), JournalReports(directory)
        assert not log.has_gap
        try:
            await migrate(database)
            await tables.begin("again")
            while messages := log.next(97):
                reports = [report_of(decode(message), instruments) for message in messages]
                known = [it for it in reports if it.position is not None and it.position <= until]
                await tables.apply(known, instruments.listings)
            return await dump(database)
        finally:
            await database.close()

    return _plain(asyncio.run(run()))


def _plain(rows: Mapping[str, list[tuple[Any, ...]]]) -> Rows:
    """Leave out which log it is, and how far it was read for what no report says."""
    return {
        name: [row[2:] if name == "projection_cursor" else row for row in rows[name]]
        for name in rows
        if name != "command_cursor"
    }


def _empty(directory: Path) -> None:
    with sqlite3.connect(directory / "store.sqlite3") as store:
        for table in FOLLOWING:
            store.execute(f"DELETE FROM {table.name}")


def test_tables_that_were_deleted_are_made_again_from_the_log(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        port = service.ready["gateway_port"]
        make_market(port)
        _trade(port, 120)
        instruments = _instruments(port)
        _wait_for(directory, 240)
        assert service.end() == (0, "")
    before = _kept(directory)
    assert len(before["orders"]) == 240
    _empty(directory)

    with Service(directory) as service:
        _wait_for(directory, 240)
        assert service.http.get("/ready").status_code == 200
        service.end()

    after = _kept(directory)
    for name in ("orders", "order_client_ids", "fills", "trades", "candles", "ledger", "balances", "positions"):
        assert after[name] == before[name], name
    assert after["order_events"][: len(before["order_events"])] == before["order_events"]
    assert after == _rebuilt(directory, instruments, until=_cursor(directory), store=tmp_path / "again.db")


def test_reports_that_were_dropped_are_read_from_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="fairlead.projections")
    directory = tmp_path / "venue"
    write_keys(directory)
    with Process(directory) as engine:
        make_market(engine.port)
        _trade(engine.port, 60)

        async def run() -> tuple[Rows, Instruments, Position]:
            database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
            await migrate(database)
            tables = SqlProjections(database)
            resume = await resume_position(tables, directory=directory)
            # Of hundreds of reports it keeps ten.
            copy = aio.Client(
                port=engine.port, key_id="audit", secret=SECRET, role="drop_copy", resume=resume, events_max=10
            )
            async with copy, followed(tables, copy=copy, front=copy, directory=directory) as follower:
                assert await follower.reached(Position(126, 0, 0), timeout_s=_WAIT_S)
                instruments = copy.instruments
            known = await tables.followed()
            assert known.is_whole
            rows = _plain(await dump(database))
            await database.close()
            return rows, instruments, known.position

        rows, instruments, position = asyncio.run(run())
        assert any("read from the log" in it for it in caplog.messages)
        assert len(rows["orders"]) == 120
        assert rows == _rebuilt(directory, instruments, until=position, store=tmp_path / "again.db")


def test_a_kill_in_the_middle_of_load_changes_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        port = service.ready["gateway_port"]
        make_market(port)
        instruments = _instruments(port)
        load = threading.Thread(target=_until_it_breaks, args=(port,))
        load.start()
        _wait_for(directory, 200)
        service.end(signal.SIGKILL)
        load.join()
    at_kill = _cursor(directory)

    with Service(directory) as service:
        _trade(service.ready["gateway_port"], 10)
        _wait_for(directory, at_kill.event_seq + 20)
        service.end()

    assert _kept(directory) == _rebuilt(directory, instruments, until=_cursor(directory), store=tmp_path / "again.db")


def _until_it_breaks(port: int) -> None:
    try:
        _trade(port, 100_000)
    except FairleadError:
        return


def test_tables_that_know_more_than_the_log_are_made_again(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        make_market(service.ready["gateway_port"])
        instruments = _instruments(service.ready["gateway_port"])
        _wait_for(directory, 6)
        service.end()
    with sqlite3.connect(directory / "store.sqlite3") as store:
        store.execute("UPDATE projection_cursor SET event_seq = 1000000")

    with Service(directory) as service:
        _wait_for(directory, 6)
        _, errors = service.end()

    assert "the tables are made again" in errors
    assert _kept(directory) == _rebuilt(directory, instruments, until=_cursor(directory), store=tmp_path / "again.db")
