"""Lockout and refresh tokens as rules over values, compared with what a naive model says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.access.errors import LockedOutError
from fairlead.domain.access.lockout import Attempts, after_attempt, is_stale
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Scope
from fairlead.domain.access.sessions import RefreshToken, Session, Verdict, judge

POLICY = AccessPolicy(failures_max=3, failures_s=60, locked_s=100)
NOW_NS = 1_700_000_000 * NS_PER_S


def _attempts(*seconds: int) -> Attempts:
    attempts = Attempts()
    for second in seconds:
        attempts = after_attempt(attempts, now_ns=NOW_NS + second * NS_PER_S, policy=POLICY)
    return attempts


def test_the_attempt_after_the_last_allowed_locks() -> None:
    assert not _attempts(0, 1, 2).is_locked(now_ns=NOW_NS + 2 * NS_PER_S)

    locked = _attempts(0, 1, 2, 3)

    assert locked.locked_until_ns == NOW_NS + 103 * NS_PER_S
    assert locked.is_locked(now_ns=NOW_NS + 103 * NS_PER_S - 1)
    assert not locked.is_locked(now_ns=NOW_NS + 103 * NS_PER_S)


def test_attempts_on_a_locked_address_change_nothing_and_after_it_they_begin_again() -> None:
    locked = _attempts(0, 1, 2, 3)

    assert _attempts(0, 1, 2, 3, 50, 102) == locked
    assert _attempts(0, 1, 2, 3, 103) == Attempts(count=1, since_ns=NOW_NS + 103 * NS_PER_S)


def test_a_window_that_is_over_begins_again() -> None:
    assert _attempts(0, 1, 2, 59).locked_until_ns > 0
    assert _attempts(0, 1, 2, 60) == Attempts(count=1, since_ns=NOW_NS + 60 * NS_PER_S)


@given(st.lists(st.integers(0, 40), max_size=60))
def test_no_window_lets_more_through_than_may_be(gaps: list[int]) -> None:
    attempts, now_s = Attempts(), 0
    looked_at: list[int] = []
    for gap in gaps:
        now_s += gap
        now_ns = NOW_NS + now_s * NS_PER_S
        attempts = after_attempt(attempts, now_ns=now_ns, policy=POLICY)
        if not attempts.is_locked(now_ns=now_ns):
            looked_at.append(now_s)

    # Two windows can touch, so twice the number is the most that any 60 seconds see.
    for begin in looked_at:
        assert sum(begin <= second < begin + 60 for second in looked_at) <= 2 * POLICY.failures_max


def test_what_is_stale_decides_nothing() -> None:
    attempts = _attempts(0, 1)

    assert not is_stale(attempts, now_ns=NOW_NS + 59 * NS_PER_S, policy=POLICY)
    assert is_stale(attempts, now_ns=NOW_NS + 60 * NS_PER_S, policy=POLICY)
    assert not is_stale(_attempts(0, 1, 2, 3), now_ns=NOW_NS + 90 * NS_PER_S, policy=POLICY)


@pytest.mark.parametrize(("until_ns", "seconds"), [(NOW_NS + 1, 1), (NOW_NS + NS_PER_S, 1), (NOW_NS + NS_PER_S + 1, 2)])
def test_the_wait_is_rounded_up(until_ns: int, seconds: int) -> None:
    assert LockedOutError.until(until_ns, now_ns=NOW_NS).retry_after_s == seconds


SESSION = Session(session_id="ses_1", user_id="usr_1", epoch=2, opened_ts_ns=NOW_NS, expires_ts_ns=NOW_NS + 100)
TOKEN = RefreshToken(token_hash="h", session_id="ses_1", expires_ts_ns=NOW_NS + 50)


@pytest.mark.parametrize(
    ("token", "session", "epoch", "after", "verdict"),
    [
        (TOKEN, SESSION, 2, 0, Verdict.ROTATE),
        (TOKEN, SESSION, 2, 49, Verdict.ROTATE),
        (TOKEN, SESSION, 2, 50, Verdict.ENDED),
        (replace(TOKEN, expires_ts_ns=NOW_NS + 200), SESSION, 2, 99, Verdict.ROTATE),
        (replace(TOKEN, expires_ts_ns=NOW_NS + 200), SESSION, 2, 100, Verdict.ENDED),
        (TOKEN, SESSION, 3, 0, Verdict.ENDED),
        (TOKEN, replace(SESSION, revoked_ts_ns=NOW_NS), 2, 0, Verdict.ENDED),
        (replace(TOKEN, used_ts_ns=NOW_NS), SESSION, 2, 1, Verdict.REUSED),
        (replace(TOKEN, used_ts_ns=NOW_NS), SESSION, 3, 500, Verdict.REUSED),
    ],
)
def test_a_refresh_token_is_exchanged_refused_or_evidence(
    token: RefreshToken, session: Session, epoch: int, after: int, verdict: Verdict
) -> None:
    assert judge(token, session, epoch=epoch, now_ns=NOW_NS + after) is verdict


def test_a_key_counts_until_its_end_and_under_its_epoch() -> None:
    key = ApiKey(
        key_id="key_1",
        user_id="usr_1",
        name="bot",
        scopes=frozenset({Scope.READ}),
        epoch=1,
        created_ts_ns=NOW_NS,
        expires_ts_ns=NOW_NS + 10,
    )

    assert key.is_live(now_ns=NOW_NS + 9, epoch=1)
    assert not key.is_live(now_ns=NOW_NS + 10, epoch=1)
    assert not key.is_live(now_ns=NOW_NS, epoch=2)
    assert not replace(key, revoked_ts_ns=NOW_NS).is_live(now_ns=NOW_NS, epoch=1)
    assert replace(key, expires_ts_ns=None).is_live(now_ns=2**62, epoch=1)
