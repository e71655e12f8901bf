"""``fairlead serve --workers 2`` as a test sees it: a door to each worker, and the processes behind."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.test_serve import Service

__all__ = ["OFTEN", "WORKERS", "children", "doors", "eventually", "is_alive", "outbox_token"]

WORKERS = ("--workers", "2")
OFTEN = (
    *("--set", "limits.account_orders_per_s=10000"),
    *("--set", "limits.ip_logins_per_min=1000"),
)
_NAMED = re.compile(r'process="(worker-[0-9]+)"')
_WAIT_S = 30.0


def eventually(is_so: Callable[[], Any]) -> Any:
    """Ask until there is an answer that counts, and return it."""
    end_s = time.monotonic() + _WAIT_S
    while not (found := is_so()):
        assert time.monotonic() < end_s, "it did not come to be"
    return found


def doors(service: Service) -> dict[str, httpx.Client]:
    """Return a connection to each of two workers, by the name that the figures behind it say."""
    found: dict[str, httpx.Client] = {}

    def look() -> bool:
        http = httpx.Client(base_url=service.http.base_url, timeout=60)
        try:
            named = _NAMED.search(http.get("/metrics").text)
        except httpx.HTTPError:
            named = None
        if named is None or named[1] in found:
            http.close()
        else:
            found[named[1]] = http
        return len(found) == 2

    eventually(look)
    return dict(sorted(found.items()))


def children(service: Service) -> list[int]:
    """Return the processes of a service in the order of their beginning: the leader first."""
    pid = service.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def outbox_token(directory: Path) -> str:
    """Return the token of the last letter."""
    return str(json.loads((directory / "outbox.jsonl").read_text().splitlines()[-1])["token"])
