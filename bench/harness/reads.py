"""Reads by a schedule beside a load: how long each took, from when it was due."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Reads:
    """What came of reads by name: nanoseconds of each, and how many of which status were no success."""

    took_ns: dict[str, list[int]] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


@contextmanager
def asked(port: int, headers: Mapping[str, str]) -> Iterator[Reads]:
    """Ask meanwhile; what is yielded is filled until the block ends."""
    reads, stop = Reads(), Event()
    reader = Thread(target=_ask, args=(port, headers, stop, reads))
    reader.start()
    try:
        yield reads
    finally:
        stop.set()
        reader.join()


def _ask(port: int, headers: Mapping[str, str], stop: Event, reads: Reads) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    due_ns = monotonic_ns()
    for name, path in cycle(PATHS.items()):
        if stop.wait(max(0, due_ns - monotonic_ns()) / _NS_PER_S):
            break
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        reads.took_ns.setdefault(name, []).append(monotonic_ns() - due_ns)
        if answer.status != 200:
            what = f"{name} {answer.status}"
            reads.failed[what] = reads.failed.get(what, 0) + 1
        # One that was late makes no others late: they are asked one at a time.
        due_ns = max(due_ns + _EVERY_NS, monotonic_ns())
    connection.close()


def rank(took: list[int], part: float) -> int:
    """The time that this part of all is within."""
    return sorted(took)[min(len(took) - 1, int(len(took) * part))]
