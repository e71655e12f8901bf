"""Buckets against a naive model in fractions, and what is remembered of how many."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.limits.bucket import NS_PER_S, Bucket, Rate
from fairlead.domain.limits.buckets import Buckets

RATES = st.builds(Rate, count=st.integers(1, 1_000), period_s=st.integers(1, 90), burst=st.integers(1, 500))
STEPS = st.lists(st.tuples(st.integers(0, 3 * NS_PER_S), st.integers(0, 40)), max_size=60)


class Model:
    """A level of tokens that grows with time, as one would write it down first."""

    def __init__(self, rate: Rate) -> None:
        self.rate, self.level, self.last_ns = rate, Fraction(rate.burst), 0

    def take(self, tokens: int, now_ns: int) -> bool:
        grown = self.level + Fraction((now_ns - self.last_ns) * self.rate.count, self.rate.period_s * NS_PER_S)
        self.level, self.last_ns = min(Fraction(self.rate.burst), grown), now_ns
        if tokens and self.level < min(tokens, self.rate.burst):
            return False
        self.level -= tokens
        return True


@given(RATES, STEPS)
def test_a_bucket_does_what_the_model_does(rate: Rate, steps: list[tuple[int, int]]) -> None:
    bucket, model, now_ns = Bucket(rate), Model(rate), 0
    for passed_ns, tokens in steps:
        now_ns += passed_ns

        granted = bucket.take(tokens, now_ns=now_ns)

        assert granted.is_granted == model.take(tokens, now_ns)
        assert granted.remaining == max(0, model.level.__floor__())
        lacking = Fraction(rate.burst) - model.level
        assert granted.full_ns == (lacking * rate.period_s * NS_PER_S / rate.count).__ceil__()


@given(RATES, STEPS, st.integers(1, 40))
def test_the_wait_is_long_enough_and_not_a_nanosecond_longer(
    rate: Rate, steps: list[tuple[int, int]], tokens: int
) -> None:
    def used() -> tuple[Bucket, int]:
        bucket, now_ns = Bucket(rate), 0
        for passed_ns, taken in steps:
            now_ns += passed_ns
            bucket.take(taken, now_ns=now_ns)
        return bucket, now_ns

    bucket, now_ns = used()
    refused = bucket.take(tokens, now_ns=now_ns)
    if refused.is_granted:
        assert refused.wait_ns == 0
        return

    early, late = used()[0], used()[0]

    assert not early.take(tokens, now_ns=now_ns + refused.wait_ns - 1).is_granted
    assert late.take(tokens, now_ns=now_ns + refused.wait_ns).is_granted


@given(RATES, st.lists(st.tuples(st.integers(0, NS_PER_S), st.integers(1, 40)), min_size=1, max_size=60))
def test_nobody_gets_more_than_the_rate_and_one_burst(rate: Rate, steps: list[tuple[int, int]]) -> None:
    bucket, now_ns, taken, largest = Bucket(rate), 0, 0, 0
    for passed_ns, tokens in steps:
        now_ns += passed_ns
        if bucket.take(tokens, now_ns=now_ns).is_granted:
            taken, largest = taken + tokens, max(largest, tokens)

    allowed = Fraction(now_ns * rate.count, rate.period_s * NS_PER_S) + rate.burst

    assert taken <= allowed + max(0, largest - rate.burst)


def test_more_than_a_bucket_holds_is_granted_by_a_full_one_and_owed() -> None:
    bucket = Bucket(Rate(count=10, burst=5))

    assert bucket.take(15, now_ns=0).is_granted
    refused = bucket.take(now_ns=NS_PER_S)

    assert (refused.is_granted, refused.remaining, refused.wait_ns) == (False, 0, NS_PER_S // 10)


@pytest.mark.parametrize(("count", "burst", "window_s"), [(100, 200, 2), (3, 10, 4), (100, 1, 1)])
def test_the_window_is_how_long_an_empty_bucket_takes_to_fill(count: int, burst: int, window_s: int) -> None:
    assert Rate(count=count, burst=burst).window_s == window_s


@given(st.lists(st.tuples(st.integers(0, NS_PER_S), st.sampled_from("abc"), st.integers(1, 3)), max_size=80))
def test_forgetting_full_buckets_changes_no_decision(steps: list[tuple[int, str, int]]) -> None:
    rate = Rate(count=2, burst=3)
    buckets, kept, now_ns = Buckets(rate, keys_max=3), {key: Bucket(rate) for key in "abc"}, 0
    for passed_ns, key, tokens in steps:
        now_ns += passed_ns

        assert buckets.take(key, tokens, now_ns=now_ns) == kept[key].take(tokens, now_ns=now_ns)


def test_keys_do_not_disturb_each_other() -> None:
    buckets = Buckets(Rate(count=1, burst=1), keys_max=10)
    assert buckets.take("a", now_ns=0).is_granted
    assert not buckets.take("a", now_ns=0).is_granted

    assert buckets.take("b", now_ns=0).is_granted


def test_a_million_keys_at_once_are_no_more_than_the_bound_and_go_by_themselves() -> None:
    buckets = Buckets(Rate(count=1, burst=1), keys_max=1_000)
    for key in range(1_000_000):
        buckets.take(key, now_ns=0)
    assert len(buckets) == 1_000

    for later in range(500):
        buckets.take("one that stays", now_ns=(2 + later) * NS_PER_S)

    assert len(buckets) == 1


def test_of_many_keys_the_one_that_was_used_longest_ago_is_forgotten() -> None:
    buckets = Buckets(Rate(count=1, period_s=60, burst=1), keys_max=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key, now_ns=0)

    assert not buckets.take("a", now_ns=0).is_granted
    assert not buckets.take("c", now_ns=0).is_granted
    assert buckets.take("b", now_ns=0).is_granted
