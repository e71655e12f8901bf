"""A service whose Redis takes connections and answers nothing: orders go on, and it is said what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.e2e.crews import WORKERS, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Venue
from tests.services.gate import Gate
from tests.services.redis_server import RedisServer

# Fewer than the part of one process.
_ORDERS = 60
# Of each process: one pool for rates, one for what is published and asked by /ready.
_POOLS, _CONNECTIONS_MAX = 2, 16


@pytest.mark.parametrize("several", [(), WORKERS])
def test_orders_go_on_while_redis_hangs_and_it_is_used_again_when_it_answers(
    directory: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, several: tuple[str, ...]
) -> None:
    port = urlsplit(redis_server.url).port
    assert port is not None
    with _emptied(redis_server), Gate(port) as gate:
        monkeypatch.setenv("FAIRLEAD_CACHE__URL", gate.url)
        with Service(directory, *several, "--set", "cache.kind=redis") as service:
            venue = Venue(service, directory)
            connections_max = (2 if several else 1) * _POOLS * _CONNECTIONS_MAX
            eventually(lambda: _parts(service)["cache"])

            gate.hang()
            for number in range(_ORDERS):
                placed = venue.ann.place(clientOrderId=f"hang-{number}", price="50.00", quantity="1")
                assert placed.status_code == 201, placed.text
            assert venue.ann.ask("DELETE", "/orders").json() == {"canceled": _ORDERS}
            eventually(lambda: not _parts(service)["cache"])
            ready = service.http.get("/ready")
            assert (ready.status_code, _parts(service)["engine"]) == (200, True)
            assert gate.live <= connections_max

            gate.go_on()
            eventually(lambda: _parts(service)["cache"] and _is_shared(service))
            assert venue.ann.place(clientOrderId="after", price="50.00", quantity="1").status_code == 201
            assert gate.live <= connections_max


@contextmanager
def _emptied(server: RedisServer) -> Iterator[None]:
    """Let nobody have the rates that others used up: all tests are one address."""
    from redis import Redis

    with Redis.from_url(server.url) as direct:
        direct.flushall()
        yield
        direct.flushall()


def _parts(service: Service) -> dict[str, bool]:
    return {part["name"]: part["isReady"] for part in service.http.get("/ready").json()["parts"]}


def _is_shared(service: Service) -> bool:
    # Who asks looks for it.
    assert service.http.get("/markets").status_code == 200
    lines = service.http.get("/metrics").text.splitlines()
    (line,) = [it for it in lines if it.startswith("rate_limits_shared{")]
    return float(line.rsplit(" ", 1)[1]) == 1
