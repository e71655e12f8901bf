"""An engine that serves on a thread of its own, beside the event loop of HTTP."""

import logging
import threading
from collections.abc import Callable

from fairlead.engine.latency import LatencyReport
from fairlead.engine.server import EngineServer

__all__ = ["EngineThread"]

_log = logging.getLogger("fairlead.engine")


def _nothing_yet() -> int:
    return 0


class EngineThread:
    """Serves until it is stopped, or until the engine cannot go on.

    Args:
        server: the engine; it belongs to the thread from the start on.
        on_end: called on the thread when it ends, for whatever reason.

    Attributes:
        read_seq: says, on that thread, up to which record the log was read by everybody who reads it.
    """

    def __init__(self, server: EngineServer, *, on_end: Callable[[], None]) -> None:
        self._server, self._on_end = server, on_end
        self._asked = threading.Event()
        self._failure: BaseException | None = None
        self.read_seq: Callable[[], int] = _nothing_yet
        self._thread = threading.Thread(target=self._run, name="fairlead-engine")

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def latency(self) -> LatencyReport:
        """Return how long commands took in each stage; may be asked from any thread."""
        return self._server.latency()

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End sessions, finish what was taken, seal the log, and wait for it; again is nothing."""
        self._asked.set()
        if self._thread.ident is None:
            self._server.stop()
        else:
            self._thread.join()

    def check(self) -> None:
        """Raise what ended the engine, if anything did.

        Raises:
            DataError: the shadow replayer came to another state than the engine.
            UnavailableError: the log cannot go on.
        """
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self._server.serve(until=self._asked.is_set, warn=_log.warning, read_seq=lambda: self.read_seq())
            self._server.stop()
        except BaseException as error:  # noqa: BLE001 - it is raised again by `check`, on the thread that asks
            self._failure = error
        finally:
            self._on_end()
