"""A session that is behind asks another one for the instruments that its reports name."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.venues import SECRET, Process, instrument, make_market, write_keys

from fairlead import aio
from fairlead.client import Client
from fairlead.errors import UnavailableError
from fairlead.wire import Message


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    write_keys(tmp_path / "venue")
    with Process(tmp_path / "venue", durability="os") as engine:
        make_market(engine.port)
        yield engine.port


@asynccontextmanager
async def _sessions(port: int) -> AsyncIterator[tuple[aio.Client, aio.Client]]:
    """One that asks, and one that is asked in its place."""
    words: dict[str, Any] = {"port": port, "secret": SECRET}
    async with (
        aio.Client(key_id="alice", **words) as front,
        aio.Client(key_id="audit", role="drop_copy", patient=True, lister=front, **words) as copy,
    ):
        copy.refresh_instruments = _too_late  # type: ignore[method-assign]
        add = front.instruments.add

        def on_its_way(definition: Message) -> None:
            # What nobody asked for stands behind the reports that one is behind with.
            if definition.fields["request_id"] != 0:
                add(definition)

        front.instruments.add = on_its_way  # type: ignore[method-assign]
        yield front, copy


async def _too_late() -> Any:
    raise AssertionError("it would hear the answer behind all its reports")


async def _trade_in_something_new(port: int) -> None:
    def list_it() -> None:
        with Client(port=port, key_id="ops", secret=SECRET, role="operator") as ops:
            ops.command("ListInstrument", {**instrument(), "symbol": "NEW-USD"}, entries=({"from": 0, "tick": 1},))
            ops.command("SetTradingState", {"instrument": 1, "state": "Continuous"})
        with Client(port=port, key_id="bob", secret=SECRET) as bob:
            bob.submit(symbol="NEW-USD", side="buy", order_qty=1, price="1.25")

    await asyncio.to_thread(list_it)


async def _symbols(copy: aio.Client) -> set[str]:
    found: set[str] = set()
    async with asyncio.timeout(30):
        while "NEW-USD" not in found:
            batch = await copy.take(100)
            assert not batch.has_gap
            found |= {report.symbol for report in batch.reports if report.exec_type == "New" and report.symbol}
    return found


def test_what_is_new_is_asked_of_the_session_that_is_not_behind(port: int) -> None:
    async def run() -> None:
        async with _sessions(port) as (front, copy):
            await _trade_in_something_new(port)
            assert not copy.instruments.knows("NEW-USD")
            assert await _symbols(copy) == {"NEW-USD"}
            assert front.instruments.knows("NEW-USD")
            assert [it.symbol for it in copy.listings.values()] == ["ABC-USD", "NEW-USD"]

    asyncio.run(run())


def test_no_report_is_taken_while_the_other_session_does_not_answer(port: int) -> None:
    async def run() -> None:
        async with _sessions(port) as (front, copy):
            ask, asked = front.refresh_instruments, []

            async def away() -> Any:
                asked.append(1)
                raise UnavailableError("not in time")

            front.refresh_instruments = away  # type: ignore[method-assign]
            await _trade_in_something_new(port)
            with pytest.raises(UnavailableError, match="not in time"):
                await _symbols(copy)
            front.refresh_instruments = ask  # type: ignore[method-assign]

            assert (len(asked), await _symbols(copy)) == (1, {"NEW-USD"})

    asyncio.run(run())
