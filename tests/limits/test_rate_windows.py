"""Buckets that processes share: together no more than one bucket lets through, and never less than their own."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from tests.limits.plans import wide_plan

from fairlead.adapters.cache import MemoryCache
from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.lease import SPEND_NS, Lease, ahead_max, shared_rate
from fairlead.domain.limits.plan import Plan, Policy, part_of
from fairlead.errors import UnavailableError
from fairlead.ports.cache import Taken
from fairlead.services.rate_windows import OwnWindows, SharedWindows, Windows

RATE = Rate(count=100, burst=200)
FAST = Rate(count=1_000, burst=200)
KEY = "usr_ann"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ns = 10**18

    def now_ns(self) -> int:
        return self.ns


class Watched(MemoryCache):
    """A cache that counts questions, and is away where a test says so."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(now_ns=clock.now_ns)
        self.asked, self.is_away = 0, False

    async def take(self, key: str, rate: Rate, /, *, needed: int, ahead: int = 0) -> Taken:
        self.asked += 1
        # Others come in while one waits for the answer.
        await asyncio.sleep(0)
        if self.is_away:
            raise UnavailableError("the cache does not answer")
        return await super().take(key, rate, needed=needed, ahead=ahead)


def _processes(count: int, clock: Clock, cache: Watched, *, rate: Rate = RATE) -> list[SharedWindows]:
    plan = wide_plan(orders=rate)

    def one() -> SharedWindows:
        own = OwnWindows(part_of(plan, count), now_ns=clock.now_ns)
        return SharedWindows(plan, cache=cache, own=own, now_ns=clock.now_ns)

    return [one() for _ in range(count)]


async def _take(windows: Windows, tokens: int = 1, *, policy: Policy = Policy.ORDERS) -> Grant:
    grant = windows.take(policy, KEY, tokens)
    return grant if isinstance(grant, Grant) else await grant


def _told(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(12))
def test_together_they_never_pass_what_one_bucket_would(seed: int) -> None:
    rng, clock = random.Random(seed), Clock()
    workers = _processes(rng.choice([2, 3, 4]), clock, Watched(clock), rate=FAST)
    passed: list[int] = []

    async def story() -> None:
        # Busy phases of one process or of all, so that some hold tokens while the bucket fills.
        for _ in range(300):
            clock.ns += rng.choice([0, 1_000_000, 20_000_000, 49_000_000, 60_000_000, 95_000_000, NS_PER_S])
            busy, gap_ns = rng.choice([workers, [rng.choice(workers)]]), rng.choice([0, 0, 300_000, 1_000_000])
            for _ in range(rng.choice([3, 40, 400])):
                clock.ns += gap_ns
                tokens = rng.choice([1, 1, 1, 1, 3, 7])
                if (await _take(rng.choice(busy), tokens)).is_granted:
                    passed.extend([clock.ns] * tokens)

    _told(story)
    # In every time from one token to another: a full bucket and what came meanwhile, in parts of a token.
    owed, last_ns = 0, 0
    for at_ns in passed:
        owed = max(0, owed - (at_ns - last_ns) * FAST.count) + NS_PER_S
        last_ns = at_ns
        assert owed <= FAST.burst * NS_PER_S
    assert len(passed) > 1_000


@pytest.mark.parametrize("rate", [RATE, FAST])
def test_who_asks_evenly_below_the_rate_is_never_refused(rate: Rate) -> None:
    clock = Clock()
    workers = _processes(2, clock, Watched(clock), rate=rate)

    async def story() -> None:
        for number in range(4_000):
            clock.ns += NS_PER_S * 20 // (rate.count * 19)
            assert (await _take(workers[number % 2])).is_granted, number

    _told(story)


def test_a_busy_key_is_not_asked_for_at_each_request() -> None:
    clock = Clock()
    cache = Watched(clock)
    (worker,) = _processes(1, clock, cache, rate=Rate(count=10_000, burst=20_000))

    async def story() -> None:
        for _ in range(2_000):
            clock.ns += NS_PER_S // 5_000
            assert (await _take(worker)).is_granted

    _told(story)
    assert cache.asked < 100


def test_what_is_left_in_one_process_goes_to_another() -> None:
    clock = Clock()
    first, second = _processes(2, clock, Watched(clock), rate=Rate(count=1, period_s=60, burst=10))

    async def story() -> None:
        granted = [(await _take(worker)).is_granted for _ in range(8) for worker in (first, second)]
        assert granted == [True] * 10 + [False] * 6

    _told(story)


def test_while_the_cache_is_away_each_process_has_its_part() -> None:
    clock = Clock()
    cache = Watched(clock)
    workers = _processes(2, clock, cache, rate=Rate(count=2, burst=10))
    cache.is_away = True

    async def story() -> None:
        assert all(worker.is_shared for worker in workers)
        passed = [[(await _take(worker)).is_granted for _ in range(20)].count(True) for worker in workers]
        assert passed == [5, 5]
        # It was asked once by each, and is left alone for a second.
        assert cache.asked == 2
        assert not any(worker.is_shared for worker in workers)
        clock.ns += NS_PER_S
        await _take(workers[0])
        assert cache.asked == 3
        cache.is_away = False
        clock.ns += NS_PER_S
        assert (await _take(workers[0])).is_granted
        assert (workers[0].is_shared, workers[1].is_shared) == (True, False)

    _told(story)


def test_one_request_looks_whether_it_is_back() -> None:
    clock = Clock()
    cache = Watched(clock)
    (worker,) = _processes(1, clock, cache)
    cache.is_away = True

    async def story() -> None:
        await _take(worker)
        clock.ns += NS_PER_S
        await asyncio.gather(*(_take(worker) for _ in range(20)))
        assert cache.asked == 2

    _told(story)


def test_leases_of_strangers_are_bounded_and_forgotten() -> None:
    clock = Clock()
    cache = Watched(clock)
    (worker,) = _processes(1, clock, cache)

    async def story() -> None:
        for number in range(1_000):
            clock.ns += 1_000_000
            grant = worker.take(Policy.IP, f"10.0.0.{number}", 1)
            assert not isinstance(grant, Grant)
            await grant
        assert worker.kept()[Policy.IP] <= SPEND_NS // 1_000_000 + 1

    _told(story)


def test_a_part_of_a_plan_is_the_rate_over_as_many_processes() -> None:
    plan = part_of(Plan(rates={Policy.ORDERS: RATE, Policy.IP_LOGINS: Rate(count=10, period_s=60, burst=10)}), 4)
    assert plan.rates[Policy.ORDERS] == Rate(count=100, period_s=4, burst=50)
    assert plan.rates[Policy.IP_LOGINS] == Rate(count=10, period_s=240, burst=2)
    assert part_of(Plan(rates={Policy.KEY: Rate(count=1, burst=1)}), 4).rates[Policy.KEY].burst == 1


def test_a_shared_bucket_holds_less_by_what_may_be_held_elsewhere() -> None:
    assert ahead_max(RATE) == RATE.count * SPEND_NS // NS_PER_S == 5
    assert shared_rate(RATE).burst == RATE.burst - RATE.count * SPEND_NS // NS_PER_S == 195
    slow = Rate(count=10, period_s=60, burst=10)
    assert (ahead_max(slow), shared_rate(slow)) == (0, slow)


def test_a_lease_is_spent_soon_or_not_at_all_and_grows_while_it_is() -> None:
    lease = Lease(left=3, taken_ns=7, ahead=3, remaining=10, full_ns=0)
    late_ns = 7 + SPEND_NS
    assert not lease.spend(4, now_ns=7)
    assert lease.spend(2, now_ns=late_ns - 1)
    assert (lease.left, lease.next_ahead(50, now_ns=late_ns - 1), lease.next_ahead(4, now_ns=7)) == (1, 6, 4)
    assert not lease.spend(1, now_ns=late_ns)
    assert (lease.left, lease.next_ahead(50, now_ns=late_ns)) == (1, 0)
