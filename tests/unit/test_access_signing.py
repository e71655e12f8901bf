"""Signed requests: what is signed, when it counts, and that no two requests share their signed bytes."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.access.policy import AccessPolicy
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import (
    BadSignatureError,
    SignedRequest,
    canonical,
    check_form,
    is_signed_with,
    sent_at_ns,
    sign,
    spent_until_ns,
)

POLICY = AccessPolicy(sign_window_s=30, sign_ahead_s=2)
SENT_MS = 1_700_000_000_000
SENT_NS = SENT_MS * 1_000_000
WINDOW_NS = 30 * 1_000_000_000
AHEAD_NS = 2 * 1_000_000_000
SECRET = Secret("canary-secret")
PLAIN = SignedRequest(
    key_id=f"key_{1:032x}",
    timestamp=str(SENT_MS),
    nonce="nonce-0123456789",
    method="POST",
    target="/orders?dry=1",
    body=b'{"symbol":"AAPL"}',
    signature="0" * 64,
)
SIGNED = replace(PLAIN, signature=sign(PLAIN, SECRET))


def test_what_is_signed_is_what_the_page_says() -> None:
    digest = hashlib.sha256(b'{"symbol":"AAPL"}').hexdigest()
    text = f"fairlead request 1\n1700000000000\nnonce-0123456789\nPOST\n/orders?dry=1\n{digest}"

    assert canonical(PLAIN) == text.encode()
    assert sign(PLAIN, SECRET) == hmac.new(b"canary-secret", text.encode(), "sha256").hexdigest()
    assert is_signed_with(SIGNED, SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": str(SENT_MS + 1)},
        {"nonce": "nonce-0123456780"},
        {"method": "DELETE"},
        {"target": "/orders?dry=0"},
        {"target": "/orders"},
        {"body": b""},
        {"body": b'{"symbol":"AAPL"} '},
        {"signature": "0" * 64},
        {"signature": SIGNED.signature[::-1]},
    ],
)
def test_a_changed_part_breaks_the_signature(change: dict[str, object]) -> None:
    assert not is_signed_with(replace(SIGNED, **change), SECRET)  # type: ignore[arg-type]
    assert not is_signed_with(SIGNED, Secret("other"))


def test_a_request_counts_while_it_is_neither_too_old_nor_too_far_ahead() -> None:
    for now_ns in (SENT_NS - AHEAD_NS, SENT_NS, SENT_NS + WINDOW_NS):
        check_form(SIGNED, policy=POLICY, now_ns=now_ns)
    with pytest.raises(BadSignatureError, match="too far ahead"):
        check_form(SIGNED, policy=POLICY, now_ns=SENT_NS - AHEAD_NS - 1)
    with pytest.raises(BadSignatureError, match="too old"):
        check_form(SIGNED, policy=POLICY, now_ns=SENT_NS + WINDOW_NS + 1)
    assert sent_at_ns(SIGNED) == SENT_NS
    assert spent_until_ns(SIGNED, policy=POLICY) == SENT_NS + WINDOW_NS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key_id", "key_1"),
        ("key_id", f"KEY_{1:032x}"),
        ("timestamp", "1700000000"),
        ("timestamp", "-170000000000"),
        ("timestamp", "1700000000000.5"),
        ("timestamp", "\u0661" * 13),
        ("timestamp", "1" * 5_000),
        ("nonce", "short"),
        ("nonce", "n" * 65),
        ("nonce", "nonce-0123456789\n"),
        ("method", "post"),
        ("method", ""),
        ("target", "orders"),
        ("target", "/orders\nPOST"),
        ("target", "/orders x"),
        ("target", "/\u00e4"),
        ("signature", "A" * 64),
        ("signature", "0" * 63),
        ("signature", ""),
    ],
)
def test_a_part_of_another_form_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSignatureError, match=f"malformed {name}"):
        check_form(replace(SIGNED, **{name: value}), policy=POLICY, now_ns=SENT_NS)  # type: ignore[arg-type]


PARTS = st.tuples(
    st.from_regex(r"[0-9]{13}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_-]{16,20}", fullmatch=True),
    st.from_regex(r"[A-Z]{3,10}", fullmatch=True),
    st.from_regex(r"/[!-~]{0,20}", fullmatch=True),
    st.binary(max_size=20),
)


@given(PARTS, PARTS)
def test_two_requests_with_the_same_signed_bytes_are_the_same(
    first: tuple[str, str, str, str, bytes], second: tuple[str, str, str, str, bytes]
) -> None:
    one, other = (
        replace(PLAIN, timestamp=parts[0], nonce=parts[1], method=parts[2], target=parts[3], body=parts[4])
        for parts in (first, second)
    )

    assert (canonical(one) == canonical(other)) == (first == second)


def test_neither_body_nor_signature_is_shown() -> None:
    assert "AAPL" not in repr(SIGNED)
    assert SIGNED.signature not in repr(SIGNED)
