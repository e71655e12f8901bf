"""The service does not start on a key that is missing, known, weak, or readable by others."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from fairlead.adapters.access import load_key_ring, load_secret, new_secret_file, new_token_key
from fairlead.domain.access.errors import WeakSecretError


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_made_files_are_private_load_and_are_never_overwritten(tmp_path: Path) -> None:
    key, secret = tmp_path / "token.pem", tmp_path / "master"
    new_token_key(key)
    new_secret_file(secret)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, secret)] == [0o600, 0o600]
    assert load_key_ring(key).active.algorithm == "EdDSA"
    assert load_key_ring(secret).active.algorithm == "HS256"
    assert len(load_secret(secret)) == 32
    for make, path in ((new_token_key, key), (new_secret_file, secret)):
        before = path.read_bytes()
        with pytest.raises(WeakSecretError, match="never overwritten"):
            make(path)
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "too short: path=.* bytes=0 min=32"),
        (b"changeme", "not hexadecimal"),
        (b"secret" * 20, "not hexadecimal"),
        (b"ab" * 31, "too short: path=.* bytes=31 min=32"),
        (b"00" * 32, "not random"),
        (b"deadbeef" * 8, "not random"),
        (bytes(range(32)).hex().encode(), "not random"),
        (bytes(range(64, 0, -2)).hex().encode(), "not random"),
        (b"this-is-the-default-secret-of-us".hex().encode(), "not random"),
        (b"\xff\xfe" * 40, "not hexadecimal"),
        (b"ab" * 20_000, "too long"),
    ],
)
def test_a_secret_that_can_be_guessed_is_refused_and_not_told(tmp_path: Path, content: bytes, why: str) -> None:
    path = _written(tmp_path / "secret", content)

    for load in (load_secret, load_key_ring):
        with pytest.raises(WeakSecretError, match=why) as refused:
            load(path)
        assert not content or content.decode("latin-1") not in str(refused.value)
        assert refused.value.__cause__ is None


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for load in (load_secret, load_key_ring):
        with pytest.raises(WeakSecretError, match=r"cannot be read: path=.*none why=No such file"):
            load(tmp_path / "none")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    key, secret = tmp_path / "token.pem", tmp_path / "secret"
    new_token_key(key)
    new_secret_file(secret)
    for path in (key, secret):
        path.chmod(mode)
        with pytest.raises(WeakSecretError, match=f"open to others: path=.* mode={mode:o}; run chmod 600"):
            load_key_ring(path)


def test_keys_of_another_kind_or_size_are_refused(tmp_path: Path) -> None:
    plain = NoEncryption()
    short = generate_private_key(public_exponent=65_537, key_size=1_024)
    locked = Ed25519PrivateKey.generate()
    files = {
        "RSA key too short: path=.* bits=1024 min=2048": short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, plain),
        "key of another kind": generate_ec(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, plain),
        "no key that can be read": locked.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase")
        ),
        "no key that can be read: path=.*damaged": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    }
    for number, (why, content) in enumerate(files.items()):
        name = "damaged" if "damaged" in why else f"{number}.pem"
        with pytest.raises(WeakSecretError, match=why):
            load_key_ring(_written(tmp_path / name, content))


def test_a_key_of_another_algorithm_than_was_configured_is_refused(tmp_path: Path) -> None:
    new_secret_file(tmp_path / "secret")

    assert load_key_ring(tmp_path / "secret", algorithm="HS256").active.algorithm == "HS256"
    with pytest.raises(WeakSecretError, match=r"path=.*secret algorithm=HS256 expected=EdDSA"):
        load_key_ring(tmp_path / "secret", algorithm="EdDSA")


def test_a_public_key_checks_and_cannot_sign(tmp_path: Path) -> None:
    active = tmp_path / "token.pem"
    new_token_key(active)
    public = Ed25519PrivateKey.generate().public_key()
    path = tmp_path / "earlier.pub"
    path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    ring = load_key_ring(active, earlier=[path])

    assert len(ring.keys) == 2
    with pytest.raises(WeakSecretError, match="a public key cannot sign"):
        load_key_ring(path)
