"""What a token must say: each claim missing, of another type, out of its time, or meant for somebody else."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.access.claims import AccessClaims, BadTokenError, Fault, check_claims, claims_of
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Scope

POLICY = AccessPolicy(access_s=600, leeway_s=30)
IAT = 1_700_000_000
CLAIMS = AccessClaims(
    sub=f"usr_{1:032x}",
    sid=f"ses_{2:032x}",
    jti=f"jti_{3:032x}",
    epoch=4,
    scopes=frozenset({Scope.READ, Scope.TRADE}),
    iat=IAT,
    exp=IAT + 600,
)
PAYLOAD = claims_of(CLAIMS, policy=POLICY)
HEADER = {"typ": "at+jwt"}


def _check(payload: Mapping[str, object], *, at_ns: int = IAT * NS_PER_S) -> AccessClaims:
    return check_claims(HEADER, payload, policy=POLICY, now_ns=at_ns)


def test_what_is_said_is_what_is_read() -> None:
    assert _check(PAYLOAD) == CLAIMS


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_every_claim_is_needed(name: str) -> None:
    with pytest.raises(BadTokenError) as refused:
        _check({key: value for key, value in PAYLOAD.items() if key != name})

    assert (refused.value.fault, refused.value.claim) == (Fault.MISSING, name)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("iss", "other", Fault.ISSUER),
        ("iss", ["fairlead"], Fault.MALFORMED),
        ("aud", "other", Fault.AUDIENCE),
        ("aud", ["fairlead-api", "other"], Fault.MALFORMED),
        ("sub", "", Fault.MALFORMED),
        ("sub", 1, Fault.MALFORMED),
        ("sub", CLAIMS.sub + "\n", Fault.MALFORMED),
        ("sid", "ses_1", Fault.MALFORMED),
        ("jti", None, Fault.MALFORMED),
        ("epoch", "4", Fault.MALFORMED),
        ("epoch", True, Fault.MALFORMED),
        ("epoch", -1, Fault.MALFORMED),
        ("scope", "read root", Fault.MALFORMED),
        ("scope", "", Fault.MALFORMED),
        ("exp", float(IAT + 600), Fault.MALFORMED),
        ("exp", str(IAT + 600), Fault.MALFORMED),
        ("exp", 10**40, Fault.MALFORMED),
        ("exp", IAT, Fault.LIFETIME),
        ("exp", IAT + 601, Fault.LIFETIME),
        ("iat", IAT - 1, Fault.LIFETIME),
        ("nbf", IAT + 31, Fault.NOT_YET),
    ],
)
def test_a_claim_that_says_something_else_is_refused(name: str, value: object, fault: Fault) -> None:
    with pytest.raises(BadTokenError) as refused:
        _check(PAYLOAD | {name: value})

    assert (refused.value.fault, refused.value.claim) == (fault, "exp" if fault is Fault.LIFETIME else name)


@pytest.mark.parametrize("typ", [None, "JWT", "at+JWT", "application/at+jwt", ["at+jwt"]])
def test_a_token_of_another_type_is_refused(typ: object) -> None:
    with pytest.raises(BadTokenError, match="type: typ"):
        check_claims({"typ": typ}, PAYLOAD, policy=POLICY, now_ns=IAT * NS_PER_S)


def test_the_clock_may_be_off_by_the_leeway_and_no_more() -> None:
    begin_ns, end_ns = (IAT - 30) * NS_PER_S, (IAT + 630) * NS_PER_S

    assert _check(PAYLOAD, at_ns=begin_ns) == CLAIMS
    assert _check(PAYLOAD, at_ns=end_ns - 1) == CLAIMS
    with pytest.raises(BadTokenError, match="not_yet: iat"):
        _check(PAYLOAD, at_ns=begin_ns - 1)
    with pytest.raises(BadTokenError, match="expired: exp"):
        _check(PAYLOAD, at_ns=end_ns)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(PAYLOAD)), JSON, min_size=1))
def test_any_claims_are_judged_and_never_break_the_judge(changes: dict[str, object]) -> None:
    try:
        claims = _check(PAYLOAD | changes)
    except BadTokenError:
        return
    assert claims_of(claims, policy=POLICY) | {"nbf": 0, "scope": ""} == PAYLOAD | changes | {"nbf": 0, "scope": ""}
