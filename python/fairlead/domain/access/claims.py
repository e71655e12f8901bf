"""What an access token must say to count. Its signature is checked before, by who holds the keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Scope

__all__ = ["TOKEN_TYPE", "AccessClaims", "BadTokenError", "Fault", "check_claims", "claims_of"]

TOKEN_TYPE: Final = "at+jwt"
_ID: Final = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
_TIME_MAX: Final = 2**40


class Fault(StrEnum):
    """Why a token does not count; for the log, not for who sent it."""

    FORM = "form"
    CRITICAL = "critical"
    KEY = "key"
    SIGNATURE = "signature"
    TYPE = "type"
    MISSING = "missing"
    MALFORMED = "malformed"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    LIFETIME = "lifetime"


class BadTokenError(Exception):
    """A token does not count.

    Args:
        fault: the rule it breaks.
        claim: the claim or header field that breaks it.
    """

    def __init__(self, fault: Fault, claim: str) -> None:
        super().__init__(f"{fault}: {claim}")
        self.fault = fault
        self.claim = claim


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What an access token says.

    Attributes:
        sub: user id.
        sid: session id.
        jti: id of the token, for the log.
        epoch: the user's when the token was made.
        scopes: what it may be used for.
        iat: made at, seconds since 1970 UTC.
        exp: counts no more from then, seconds since 1970 UTC.
    """

    sub: str
    sid: str
    jti: str
    epoch: int
    scopes: frozenset[Scope]
    iat: int
    exp: int


def claims_of(claims: AccessClaims, *, policy: AccessPolicy) -> dict[str, object]:
    """Return the claims as the payload of a token (RFC 9068)."""
    return {
        "iss": policy.issuer,
        "aud": policy.audience,
        "sub": claims.sub,
        "sid": claims.sid,
        "jti": claims.jti,
        "epoch": claims.epoch,
        "scope": " ".join(sorted(claims.scopes)),
        "iat": claims.iat,
        "nbf": claims.iat,
        "exp": claims.exp,
    }


def check_claims(
    header: Mapping[str, object], payload: Mapping[str, object], *, policy: AccessPolicy, now_ns: int
) -> AccessClaims:
    """Return what a token with a good signature says.

    Args:
        header: its protected header.
        payload: its claims.
        policy: issuer, audience, longest life and leeway.
        now_ns: the time, nanoseconds UTC.

    Raises:
        BadTokenError: a claim is missing, of another type, out of its time, or meant for somebody else.

    Source: RFC 9068 section 4; RFC 8725 section 3.
    """
    if header.get("typ") != TOKEN_TYPE:
        raise BadTokenError(Fault.TYPE, "typ")
    if _text(payload, "iss") != policy.issuer:
        raise BadTokenError(Fault.ISSUER, "iss")
    if _text(payload, "aud") != policy.audience:
        raise BadTokenError(Fault.AUDIENCE, "aud")
    claims = AccessClaims(
        sub=_id(payload, "sub"),
        sid=_id(payload, "sid"),
        jti=_id(payload, "jti"),
        epoch=_number(payload, "epoch"),
        scopes=_scopes(payload),
        iat=_number(payload, "iat"),
        exp=_number(payload, "exp"),
    )
    _check_times(claims, nbf=_number(payload, "nbf"), policy=policy, now_ns=now_ns)
    return claims


def _check_times(claims: AccessClaims, *, nbf: int, policy: AccessPolicy, now_ns: int) -> None:
    leeway_ns = policy.leeway_s * NS_PER_S
    if not 0 < claims.exp - claims.iat <= policy.access_s:
        raise BadTokenError(Fault.LIFETIME, "exp")
    if now_ns >= claims.exp * NS_PER_S + leeway_ns:
        raise BadTokenError(Fault.EXPIRED, "exp")
    for name, begin in (("iat", claims.iat), ("nbf", nbf)):
        if now_ns < begin * NS_PER_S - leeway_ns:
            raise BadTokenError(Fault.NOT_YET, name)


def _claim(payload: Mapping[str, object], name: str) -> object:
    if name not in payload:
        raise BadTokenError(Fault.MISSING, name)
    return payload[name]


def _text(payload: Mapping[str, object], name: str) -> str:
    value = _claim(payload, name)
    if not isinstance(value, str):
        raise BadTokenError(Fault.MALFORMED, name)
    return value


def _id(payload: Mapping[str, object], name: str) -> str:
    value = _text(payload, name)
    if _ID.fullmatch(value) is None:
        raise BadTokenError(Fault.MALFORMED, name)
    return value


def _number(payload: Mapping[str, object], name: str) -> int:
    value = _claim(payload, name)
    # A bool is an int of Python and no number of JSON.
    if type(value) is not int or not 0 <= value < _TIME_MAX:
        raise BadTokenError(Fault.MALFORMED, name)
    return value


def _scopes(payload: Mapping[str, object]) -> frozenset[Scope]:
    try:
        return frozenset(Scope(word) for word in _text(payload, "scope").split(" "))
    except ValueError:
        raise BadTokenError(Fault.MALFORMED, "scope") from None
