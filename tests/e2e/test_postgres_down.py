"""PostgreSQL is killed in the middle of load: orders go on, and its tables catch up to what the log alone makes."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from tests.contract.dump import dump
from tests.e2e.test_projections import Rows, _instruments, _plain, _rebuilt, _trade
from tests.e2e.test_serve import Service
from tests.e2e.venues import make_market, write_keys
from tests.services.postgres import Postgres
from tests.services.wanted import started

from fairlead.adapters.stores import open_database
from fairlead.model.report import Position

_WAIT_S: Final = 60.0


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Yield a server of its own, with nothing in it."""
    server = started(Postgres)
    yield server
    server.stop()


def _cursor(url: str) -> Position:
    with psycopg.connect(url) as store:
        row = store.execute("SELECT event_seq, sub, leg FROM projection_cursor").fetchone()
    assert row is not None
    return Position(*row)


def _wait_for(url: str, seq: int) -> Position:
    end_s = time.monotonic() + _WAIT_S
    while (reached := _cursor(url)).event_seq < seq:
        assert time.monotonic() < end_s, f"the tables are behind: {reached} wanted={seq}"
    return reached


def _kept(url: str) -> Rows:
    async def run() -> Rows:
        database = open_database(url)
        try:
            return _plain(await dump(database))
        finally:
            await database.close()

    return asyncio.run(run())


def test_orders_go_on_without_postgres_and_its_tables_catch_up(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    monkeypatch.setenv("FAIRLEAD_STORE__URL", postgres.url)
    with Service(directory) as service:
        port = service.ready["gateway_port"]
        make_market(port)
        instruments = _instruments(port)
        _trade(port, 40)
        at_kill = _wait_for(postgres.url, 40)

        postgres.kill()
        _trade(port, 40)
        ready = service.http.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "NOT_READY")
        assert service.http.get("/health").status_code == 200
        assert service.http.get("/markets/ABC-USD/book").status_code == 200
        postgres.start()
        _trade(port, 40)

        _wait_for(postgres.url, at_kill.event_seq + 160)
        assert service.end()[0] == 0

    # Every order is in the tables: two in each round, whether PostgreSQL was there or not.
    kept = _kept(postgres.url)
    assert len(kept["orders"]) == 240
    again = _rebuilt(directory, instruments, until=_cursor(postgres.url), store=tmp_path / "again.db")
    assert kept == again
