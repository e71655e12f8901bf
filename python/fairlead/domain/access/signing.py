"""How a machine signs a request with its API key, and which signed requests are too old to be looked at."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from fairlead.domain.access.policy import NS_PER_MS, NS_PER_S, AccessPolicy
from fairlead.domain.access.secret import Secret

__all__ = [
    "BadSignatureError",
    "SignedRequest",
    "canonical",
    "check_form",
    "is_signed_with",
    "sent_at_ns",
    "sign",
    "spent_until_ns",
]

_PURPOSE: Final = "fairlead request 1"
_KEY_ID: Final = re.compile(r"key_[0-9a-f]{32}")
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIMESTAMP: Final = re.compile(r"[0-9]{13,14}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")
_METHOD: Final = re.compile(r"[A-Z]{3,10}")
_TARGET: Final = re.compile(r"/[!-~]*")


class BadSignatureError(Exception):
    """A signed request does not count; its text is the cause, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What a signature is made over, and the signature.

    Attributes:
        key_id: the API key.
        timestamp: milliseconds since 1970 UTC, decimal, as it was sent.
        nonce: 16 to 64 letters, digits, ``_`` and ``-``; different in each request.
        method: of HTTP, upper case.
        target: path and query exactly as they stand in the request line, still escaped.
        body: the bytes of the body as they were sent; empty where there is none.
        signature: 64 hex digits, lower case.
    """

    key_id: str
    timestamp: str
    nonce: str
    method: str
    target: str
    body: bytes = field(repr=False)
    signature: str = field(repr=False)


def canonical(request: SignedRequest) -> bytes:
    """Return the bytes that are signed: six lines, of which none can hold the end of another.

    ``fairlead request 1``, timestamp, nonce, method, target, SHA-256 of the body in hexadecimal; joined by line feeds.
    """
    digest = hashlib.sha256(request.body).hexdigest()
    lines = (_PURPOSE, request.timestamp, request.nonce, request.method, request.target, digest)
    return "\n".join(lines).encode("ascii")


def sign(request: SignedRequest, secret: Secret) -> str:
    """Return the signature: HMAC-SHA256 of ``canonical`` with the text of the secret as it was shown, hexadecimal."""
    return hmac.digest(secret.reveal().encode("ascii"), canonical(request), "sha256").hex()


def check_form(request: SignedRequest, *, policy: AccessPolicy, now_ns: int) -> None:
    """Check everything that needs no key: the form of each part, and the time.

    Raises:
        BadSignatureError: a part has another form, or the time is too old or too far ahead.
    """
    forms = (
        ("key_id", request.key_id, _KEY_ID),
        ("timestamp", request.timestamp, _TIMESTAMP),
        ("nonce", request.nonce, _NONCE),
        ("method", request.method, _METHOD),
        ("target", request.target, _TARGET),
        ("signature", request.signature, _SIGNATURE),
    )
    for name, text, form in forms:
        if form.fullmatch(text) is None:
            raise BadSignatureError(f"malformed {name}")
    sent_ns = sent_at_ns(request)
    if now_ns > sent_ns + policy.sign_window_s * NS_PER_S:
        raise BadSignatureError("timestamp too old")
    if sent_ns > now_ns + policy.sign_ahead_s * NS_PER_S:
        raise BadSignatureError("timestamp too far ahead")


def sent_at_ns(request: SignedRequest) -> int:
    """Return the time a request of good form says, nanoseconds UTC."""
    return int(request.timestamp) * NS_PER_MS


def is_signed_with(request: SignedRequest, secret: Secret) -> bool:
    """Whether the signature is the one this secret makes, compared in constant time."""
    return hmac.compare_digest(sign(request, secret), request.signature)


def spent_until_ns(request: SignedRequest, *, policy: AccessPolicy) -> int:
    """Return until when its nonce must be remembered: as long as it is not too old."""
    return sent_at_ns(request) + policy.sign_window_s * NS_PER_S
