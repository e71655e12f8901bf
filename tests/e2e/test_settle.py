"""A session that settled has heard what another of its account was answered before."""

import asyncio
from pathlib import Path

import pytest
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead import aio
from fairlead.engine import keys
from fairlead.errors import UnavailableError


def test_what_one_front_end_was_answered_the_other_has_heard(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    other_secret = keys.add(directory, "web-2", account=0, role="frontend").secret
    assert other_secret is not None

    async def story(port: int) -> None:
        async with (
            aio.Client(port=port, key_id="web", secret=SECRET, role="front_end") as one,
            aio.Client(port=port, key_id="web-2", secret=other_secret, role="front_end") as other,
        ):
            heard: set[int] = set()
            other.listen_reports(lambda report: heard.add(report.order_id))
            # More than the gateway answers of such questions: a refusal stands at its place in the stream too.
            for turn in range(400):
                placed = await one.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, account=1)
                await other.settle()
                assert placed.order_id in heard, turn

    with Process(directory, durability="os") as engine:
        make_market(engine.port)
        asyncio.run(story(engine.port))


def test_a_gateway_that_is_gone_is_said(tmp_path: Path) -> None:
    write_keys(tmp_path / "venue")

    async def story(engine: Process) -> None:
        async with aio.Client(port=engine.port, key_id="web", secret=SECRET, role="front_end", timeout_s=0.5) as front:
            engine.kill()
            with pytest.raises(UnavailableError):
                await front.settle()

    with Process(tmp_path / "venue", durability="os") as engine:
        asyncio.run(story(engine))
