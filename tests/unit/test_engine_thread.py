"""The engine beside the loop of HTTP: it is stopped and sealed once, and a failure of it ends the service."""

import threading
from collections.abc import Callable
from typing import cast

import pytest

from fairlead.adapters.serving import EngineThread
from fairlead.engine.server import EngineServer
from fairlead.errors import DataError


class PlantedServer:
    """Does what an engine does, and says in which order."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.done: list[str] = []
        self.read: set[int] = set()
        self._failure = failure

    def serve(self, *, until: Callable[[], bool], warn: Callable[[str], None], read_seq: Callable[[], int]) -> None:
        self.done.append("serve")
        if self._failure is not None:
            raise self._failure
        while not until():
            warn("slow")
            self.read.add(read_seq())

    def stop(self) -> None:
        self.done.append("stop")


def _thread(server: PlantedServer) -> EngineThread:
    return EngineThread(cast(EngineServer, server), on_end=lambda: server.done.append("end"))


def test_an_engine_that_is_stopped_seals_its_log_and_says_so() -> None:
    server = PlantedServer()
    thread = _thread(server)
    thread.start()
    assert thread.is_running
    thread.stop()
    thread.stop()
    thread.check()
    assert (server.done, thread.is_running) == (["serve", "stop", "end"], False)


def test_an_engine_that_never_served_is_stopped_too() -> None:
    server = PlantedServer()
    _thread(server).stop()
    assert server.done == ["stop"]


@pytest.mark.parametrize("failure", [DataError("other state"), KeyboardInterrupt()])
def test_what_ends_the_engine_ends_the_service_and_is_told(failure: BaseException) -> None:
    server = PlantedServer(failure)
    thread = _thread(server)
    thread.start()
    thread.stop()
    assert server.done == ["serve", "end"]
    with pytest.raises(type(failure)):
        thread.check()


def test_nothing_of_the_log_is_read_until_somebody_says_how_far() -> None:
    server = PlantedServer()
    thread = _thread(server)
    asked = threading.Event()

    def read_seq() -> int:
        asked.set()
        return 7

    thread.start()
    thread.read_seq = read_seq
    assert asked.wait(30)
    thread.stop()
    assert server.read - {0} == {7}
