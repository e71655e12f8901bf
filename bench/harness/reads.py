"""Reads by a schedule beside a load: how long each took, from when it was due."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from threading import Event, Thread
from time import monotonic_ns

# One of them at a time, so often.
PATHS: Mapping[str, str] = {
    "positions": "/positions",
    "trades": "/trades?limit=50",
    "orders": "/orders?limit=50",
    "book": "/markets/ABC-USD/book",
}
_EVERY_NS = 100_000_000
_NS_PER_S = 1_000_000_000


@contextmanager
def asked(port: int, headers: Mapping[str, str]) -> Iterator[dict[str, list[int]]]:
    """Ask meanwhile; what is yielded is filled with nanoseconds by name.

    Raises:
        RuntimeError: an answer was no success.
    """
    took: dict[str, list[int]] = defaultdict(list)
    failed: list[str] = []
    stop = Event()
    reader = Thread(target=_ask, args=(port, headers, stop, took, failed))
    reader.start()
    try:
        yield took
    finally:
        stop.set()
        reader.join()
    if failed:
        raise RuntimeError(f"a read failed: {failed[0]}")


def _ask(port: int, headers: Mapping[str, str], stop: Event, took: dict[str, list[int]], failed: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    due_ns = monotonic_ns()
    for name, path in cycle(PATHS.items()):
        if stop.wait(max(0, due_ns - monotonic_ns()) / _NS_PER_S):
            break
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        took[name].append(monotonic_ns() - due_ns)
        if answer.status != 200:
            failed.append(f"path={path} status={answer.status} body={body[:200]!r}")
            break
        # One that was late makes no others late: they are asked one at a time.
        due_ns = max(due_ns + _EVERY_NS, monotonic_ns())
    connection.close()


def rank(took: list[int], part: float) -> int:
    """The time that this part of all is within."""
    return sorted(took)[min(len(took) - 1, int(len(took) * part))]
