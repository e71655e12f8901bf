"""Work in the background: a fault is said at once and costs the rest nothing; the end ends it."""

import asyncio
import logging

import pytest

from fairlead.bootstrap.background import background


def test_work_goes_on_until_the_end_and_is_cancelled_then(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []

    async def work() -> None:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("ended")
            raise

    async def story() -> None:
        async with background(work(), name="tested", lost="nothing"):
            await asyncio.sleep(0)
            assert told == ["begun"]
            assert "fairlead-tested" in {task.get_name() for task in asyncio.all_tasks()}

    asyncio.run(story())
    assert told == ["begun", "ended"]
    assert not caplog.records


def test_a_fault_is_said_at_once_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise ZeroDivisionError

    async def story() -> None:
        async with background(work(), name="tested", lost="the sums are done no more"):
            while not caplog.records:
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(story(), timeout=30))
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (
        logging.CRITICAL,
        "the sums are done no more: a fault of the service",
    )
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_what_fails_meanwhile_is_not_hidden() -> None:
    async def story() -> None:
        async with background(asyncio.Event().wait(), name="tested", lost="nothing"):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(story())
