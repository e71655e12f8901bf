"""Rates of a service of two workers: shared through Redis where there is one, a part each where there is not."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from tests.e2e.crews import WORKERS, doors, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_users import OPS, PASSWORD
from tests.services.redis_server import RedisServer

# A bucket of 60, and one more a second.
_BURST = 60
_SLOW = ("--set", "limits.account_reads_per_s=1", "--set", f"limits.burst_s={_BURST}")


@contextmanager
def _both(service: Service) -> Iterator[list[httpx.Client]]:
    found = list(doors(service).values())
    try:
        yield found
    finally:
        for door in found:
            door.close()


def _header(door: httpx.Client) -> dict[str, str]:
    login = door.post("/auth/login", json={"email": OPS, "password": PASSWORD})
    return {"Authorization": f"Bearer {login.json()['accessToken']}"}


def _let_in(door: httpx.Client, header: dict[str, str], count: int) -> int:
    """Ask so many times; return how often that was not too often."""
    found = [door.get("/me", headers=header).status_code for _ in range(count)]
    assert set(found) <= {200, 429}
    return found.count(200)


def _is_shared(door: httpx.Client) -> float:
    (line,) = [it for it in door.get("/metrics").text.splitlines() if it.startswith("rate_limits_shared{")]
    return float(line.rsplit(" ", 1)[1])


def test_two_workers_let_through_what_one_bucket_holds(
    directory: Path, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRLEAD_CACHE__URL", redis_server.url)
    redis = ("--set", "cache.kind=redis")
    with Service(directory, *WORKERS, *_SLOW, *redis) as service, _both(service) as (one, other):
        header, begun_s = _header(one), time.monotonic()
        first = _let_in(one, header, 20)
        rest = _let_in(other, header, _BURST)
        again = _let_in(one, header, 20)
        most = _BURST + 1 + int(time.monotonic() - begun_s)
        assert first == 20
        # Whichever is asked, all of it is there, and no more.
        assert _BURST <= first + rest + again <= most
        refused = other.get("/me", headers=header)
        if refused.status_code == httpx.codes.TOO_MANY_REQUESTS:
            assert f'"reads";q={_BURST}' in refused.headers["RateLimit-Policy"]
        assert (_is_shared(one), _is_shared(other)) == (1, 1)

        redis_server.kill()
        try:
            assert _let_in(one, header, 5) <= 5
            assert _is_shared(one) == 0
            parts = {part["name"]: part["isReady"] for part in one.get("/ready").json()["parts"]}
            assert (parts["cache"], parts["engine"]) == (False, True)
            # What stands in is a part: both together hold no more than the one that is gone.
            for door in (one, other):
                assert _let_in(door, header, _BURST) < _BURST
        finally:
            redis_server.start()

        def is_back() -> bool:
            one.get("/me", headers=header)
            return _is_shared(one) == 1

        eventually(is_back)


@pytest.mark.parametrize("workers", [1, 2])
def test_without_redis_each_worker_has_its_part(directory: Path, workers: int) -> None:
    several = WORKERS if workers == 2 else ()
    with Service(directory, *several, *_SLOW) as service, ExitStack() as parts:
        asked = parts.enter_context(_both(service)) if workers == 2 else [service.http]
        header, begun_s = _header(asked[0]), time.monotonic()
        found = [_let_in(door, header, _BURST + 5) for door in asked]
        passed_s = 1 + int(time.monotonic() - begun_s)
        assert all(_BURST // workers <= one <= _BURST // workers + passed_s for one in found)
        assert sum(found) <= _BURST + passed_s
        assert _is_shared(asked[0]) == 0
