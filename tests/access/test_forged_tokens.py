"""Tokens that nobody should accept: each forgery is made by hand, byte by byte, and refused with its fault."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.adapters.access import JwtSigner, KeyRing, load_key_ring, new_secret_file, new_token_key
from fairlead.domain.access.claims import AccessClaims, BadTokenError, Fault, check_claims, claims_of
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Scope
from fairlead.domain.access.secret import Secret

POLICY = AccessPolicy()
IAT = 1_700_000_000
CLAIMS = AccessClaims(
    sub=f"usr_{1:032x}",
    sid=f"ses_{2:032x}",
    jti=f"jti_{3:032x}",
    epoch=0,
    scopes=frozenset({Scope.READ}),
    iat=IAT,
    exp=IAT + 900,
)
PAYLOAD = claims_of(CLAIMS, policy=POLICY)


def _pem(path: Path, private: Ed25519PrivateKey | RSAPrivateKey) -> Path:
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    path = tmp_path / "token.pem"
    new_token_key(path)
    return load_key_ring(path)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(value: Mapping[str, object]) -> str:
    return _b64(json.dumps(value).encode())


def _signed(ring: KeyRing, header: Mapping[str, object], payload: Mapping[str, object] = PAYLOAD) -> str:
    """Return a token that our own key signed, whatever its header says."""
    text = f"{_part(header)}.{_part(payload)}"
    private = ring.active.sign
    assert isinstance(private, Ed25519PrivateKey)
    return f"{text}.{_b64(private.sign(text.encode()))}"


def _header(ring: KeyRing, **more: object) -> dict[str, object]:
    return {"alg": ring.active.algorithm, "typ": "at+jwt", "kid": ring.active.kid} | more


def _fault(ring: KeyRing, token: str, *, at_s: int = IAT) -> Fault:
    with pytest.raises(BadTokenError) as refused:
        _opened(ring, token, at_s=at_s)
    return refused.value.fault


def _opened(ring: KeyRing, token: str, *, at_s: int = IAT) -> AccessClaims:
    opened = JwtSigner(ring).open(Secret(token))
    return check_claims(opened.header, opened.payload, policy=POLICY, now_ns=at_s * NS_PER_S)


def test_our_own_token_is_accepted_and_so_is_one_made_by_hand(ring: KeyRing) -> None:
    assert _opened(ring, JwtSigner(ring).sign(PAYLOAD).reveal()) == CLAIMS
    assert _opened(ring, _signed(ring, _header(ring))) == CLAIMS


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_no_algorithm_is_no_signature(ring: KeyRing, algorithm: str) -> None:
    text = f"{_part(_header(ring, alg=algorithm))}.{_part(PAYLOAD)}"

    for signature in ("", _b64(b"\0" * 64)):
        assert _fault(ring, f"{text}.{signature}") is Fault.SIGNATURE


def test_a_public_key_is_not_taken_for_a_shared_secret(ring: KeyRing, rsa: RSAPrivateKey, tmp_path: Path) -> None:
    for one in (ring, load_key_ring(_pem(tmp_path / "rsa.pem", rsa))):
        check = one.active.check
        assert not isinstance(check, bytes)
        forms = [
            check.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            check.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        ]
        for public in forms:
            text = f"{_part(_header(one, alg='HS256'))}.{_part(PAYLOAD)}"
            token = f"{text}.{_b64(hmac.digest(public, text.encode(), 'sha256'))}"
            assert _fault(one, token) is Fault.SIGNATURE


def test_a_key_is_used_with_its_own_algorithm_only(ring: KeyRing, rsa: RSAPrivateKey, tmp_path: Path) -> None:
    secret = tmp_path / "hs"
    new_secret_file(secret)
    mixed = load_key_ring(_pem(tmp_path / "rsa.pem", rsa), earlier=[tmp_path / "token.pem", secret])
    kids = {key.algorithm: kid for kid, key in mixed.keys.items()}
    assert set(kids) == {"RS256", "EdDSA", "HS256"}
    private = ring.active.sign
    assert isinstance(private, Ed25519PrivateKey)

    for algorithm, kid in kids.items():
        text = f"{_part({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid})}.{_part(PAYLOAD)}"
        token = f"{text}.{_b64(private.sign(text.encode()))}"
        if algorithm == "EdDSA":
            assert _opened(mixed, token) == CLAIMS
        else:
            assert _fault(mixed, token) is Fault.SIGNATURE


@pytest.mark.parametrize("kid", [None, "", "other", 7, ["x"], {"x": 1}, "../../etc/passwd", "' OR 1=1 --"])
def test_another_kid_is_no_key(ring: KeyRing, kid: object) -> None:
    assert _fault(ring, _signed(ring, _header(ring, kid=kid))) in {Fault.KEY, Fault.FORM}
    header = {name: value for name, value in _header(ring).items() if name != "kid"}
    assert _fault(ring, _signed(ring, header)) is Fault.KEY


def test_a_key_that_a_token_brings_along_is_never_used(ring: KeyRing) -> None:
    thief = Ed25519PrivateKey.generate()
    public = thief.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    brought: dict[str, object] = {
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": _b64(public)},
        "jku": "https://thief.example/keys",
        "x5u": "https://thief.example/cert",
        "x5c": ["AAAA"],
    }
    header = _header(ring, **brought)
    text = f"{_part(header)}.{_part(PAYLOAD)}"

    assert _fault(ring, f"{text}.{_b64(thief.sign(text.encode()))}") is Fault.SIGNATURE
    # Ours stays ours whatever else its header says: the fields are not read.
    assert _opened(ring, _signed(ring, header)) == CLAIMS


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], None, "exp"])
def test_a_critical_field_is_refused_whatever_it_names(ring: KeyRing, crit: object) -> None:
    assert _fault(ring, _signed(ring, _header(ring, crit=crit))) is Fault.CRITICAL


@pytest.mark.parametrize("typ", ["JWT", "at+JWT", None, ""])
def test_another_type_of_token_is_refused(ring: KeyRing, typ: object) -> None:
    assert _fault(ring, _signed(ring, _header(ring, typ=typ))) is Fault.TYPE


@pytest.mark.parametrize(
    ("change", "at_s", "fault"),
    [
        ({"iss": "other"}, IAT, Fault.ISSUER),
        ({"aud": "other"}, IAT, Fault.AUDIENCE),
        ({"aud": ["fairlead-api"]}, IAT, Fault.MALFORMED),
        ({"sub": "admin"}, IAT, Fault.MALFORMED),
        ({"exp": IAT + 100_000}, IAT, Fault.LIFETIME),
        ({"nbf": IAT + 31}, IAT, Fault.NOT_YET),
        ({}, IAT - 31, Fault.NOT_YET),
        ({}, IAT + 930, Fault.EXPIRED),
    ],
)
def test_a_good_signature_over_other_claims_is_not_enough(
    ring: KeyRing, change: dict[str, object], at_s: int, fault: Fault
) -> None:
    assert _fault(ring, _signed(ring, _header(ring), PAYLOAD | change), at_s=at_s) is fault


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_a_good_signature_over_missing_claims_is_not_enough(ring: KeyRing, name: str) -> None:
    payload = {key: value for key, value in PAYLOAD.items() if key != name}

    assert _fault(ring, _signed(ring, _header(ring), payload)) is Fault.MISSING


def test_a_changed_payload_breaks_the_signature(ring: KeyRing) -> None:
    header, _, signature = _signed(ring, _header(ring)).split(".")

    assert _fault(ring, f"{header}.{_part(PAYLOAD | {'sub': f'usr_{9:032x}'})}.{signature}") is Fault.SIGNATURE


@pytest.mark.parametrize(
    "payload", [b"[]", b"1", b"", b"{", b'{"exp":NaN}', b'{"sub":"a","sub":"b"}', b"\xff", b"[" * 3000]
)
def test_a_payload_that_is_no_object_is_refused(ring: KeyRing, payload: bytes) -> None:
    private = ring.active.sign
    assert isinstance(private, Ed25519PrivateKey)
    text = f"{_part(_header(ring))}.{_b64(payload)}"

    assert _fault(ring, f"{text}.{_b64(private.sign(text.encode()))}") is Fault.FORM


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "a.b", "a.b.c.d", "\u00e4.b.c", "x" * 5_000, "a" * 4_000 + "..", "e30.e30."]
)
def test_what_is_no_token_is_refused(ring: KeyRing, token: str) -> None:
    assert _fault(ring, token) in {Fault.FORM, Fault.KEY}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), bit=st.integers(0, 6))
def test_no_changed_letter_is_accepted_as_another_token(ring: KeyRing, position: int, bit: int) -> None:
    token = JwtSigner(ring).sign(PAYLOAD).reveal()
    at = position % len(token)
    changed = token[:at] + chr(ord(token[at]) ^ 1 << bit) + token[at + 1 :]

    # The last letter of base64 has bits that say nothing; every other change is refused.
    try:
        assert _opened(ring, changed) == CLAIMS
    except BadTokenError:
        return
    assert changed[:at].count(".") == 2 or token[at + 1 : at + 2] == "."


def test_a_secret_of_hs256_signs_and_another_does_not(tmp_path: Path) -> None:
    for name in ("a", "b"):
        new_secret_file(tmp_path / name)
    first, second = load_key_ring(tmp_path / "a"), load_key_ring(tmp_path / "b")
    token = JwtSigner(first).sign(PAYLOAD).reveal()

    assert _opened(first, token) == CLAIMS
    assert _fault(second, token) is Fault.KEY
    text = f"{_part(_header(first))}.{_part(PAYLOAD)}"
    for guess in (b"", b"secret", hashlib.sha256(b"secret").digest()):
        assert _fault(first, f"{text}.{_b64(hmac.digest(guess, text.encode(), 'sha256'))}") is Fault.SIGNATURE


def test_a_key_that_was_replaced_still_checks_and_signs_no_more(tmp_path: Path) -> None:
    for name in ("old.pem", "new.pem"):
        new_token_key(tmp_path / name)
    token = JwtSigner(load_key_ring(tmp_path / "old.pem")).sign(PAYLOAD).reveal()
    ring = load_key_ring(tmp_path / "new.pem", earlier=[tmp_path / "old.pem"])

    assert _opened(ring, token) == CLAIMS
    signed = JwtSigner(ring).open(JwtSigner(ring).sign(PAYLOAD))
    assert signed.header["kid"] == ring.active.kid
    assert _fault(load_key_ring(tmp_path / "new.pem"), token) is Fault.KEY
