"""Threads for a loop: what they return and raise comes back, and nobody who left is waited for."""

import asyncio
import threading
from functools import partial

import pytest

from fairlead.adapters.stores.threads import Threads


def test_results_and_errors_come_back_to_who_asked() -> None:
    def fail() -> None:
        raise KeyError("gone")

    async def story() -> list[int]:
        threads = Threads(3, name="tested")
        found = await asyncio.gather(*(threads.run(partial(pow, number, 2)) for number in range(50)))
        with pytest.raises(KeyError, match="gone"):
            await threads.run(fail)
        await threads.close()
        return list(found)

    assert asyncio.run(story()) == [number * number for number in range(50)]


def test_who_stops_waiting_does_not_stop_the_call_and_a_close_waits_for_it() -> None:
    may_end, ended = threading.Event(), threading.Event()

    def act() -> None:
        may_end.wait(30)
        ended.set()

    async def story() -> None:
        threads = Threads(1, name="tested")
        waiting = asyncio.ensure_future(threads.run(act))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        may_end.set()
        await threads.close()
        assert ended.is_set()

    asyncio.run(story())


def test_threads_that_were_never_needed_close_at_once() -> None:
    asyncio.run(Threads(2, name="tested").close())
