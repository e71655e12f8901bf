"""Key files of the service: made with randomness and mode 600, refused where weak, known, or readable by others."""

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from fairlead.domain.access.errors import WeakSecretError

__all__ = ["KeyRing", "TokenKey", "load_key_ring", "load_secret", "new_secret_file", "new_token_key"]

Algorithm = Literal["EdDSA", "RS256", "HS256"]
_PublicKey = Ed25519PublicKey | RSAPublicKey
_PrivateKey = Ed25519PrivateKey | RSAPrivateKey
SECRET_BYTES_MIN: Final = 32
_RSA_BITS_MIN: Final = 2048
_DISTINCT_MIN: Final = 16
_FILE_MAX: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key that tokens are checked with.

    Attributes:
        kid: names the key in a token; made from the key, so that two keys never share one.
        algorithm: the one algorithm it is used with.
        check: public key, or the shared secret of HS256.
        sign: private key or shared secret; ``None`` for a key that only checks what an earlier process signed.
    """

    kid: str
    algorithm: Algorithm
    check: _PublicKey | bytes = field(repr=False)
    sign: _PrivateKey | bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The fixed map of keys by ``kid``, and the one that signs."""

    active: TokenKey
    keys: Mapping[str, TokenKey]


def load_key_ring(active: Path, *, earlier: Iterable[Path] = (), algorithm: str | None = None) -> KeyRing:
    """Read the key that signs, and those that signed before and still check.

    Args:
        active: PEM with an Ed25519 or RSA private key, or at least 32 random bytes as hexadecimal for HS256.
        earlier: PEM files with public or private keys, or secrets of HS256.
        algorithm: what the active key must be for: ``EdDSA``, ``RS256`` or ``HS256``; ``None``: whatever it is.

    Raises:
        WeakSecretError: a file is missing, readable by others, no key, or a key that can be guessed.
    """
    signing = _load(active)
    if signing.sign is None:
        raise WeakSecretError(f"a public key cannot sign: path={active}; give the private key")
    if algorithm is not None and signing.algorithm != algorithm:
        raise WeakSecretError(
            f"key of another algorithm: path={active} algorithm={signing.algorithm} expected={algorithm}"
        )
    known = {key.kid: key for key in (*(_load(path) for path in earlier), signing)}
    return KeyRing(active=signing, keys=MappingProxyType(known))


def load_secret(path: Path) -> bytes:
    """Read a secret: at least 32 random bytes as hexadecimal, in a file that only its owner reads.

    Raises:
        WeakSecretError: it is missing, readable by others, or not random. The text does not say the secret.
    """
    return _strong(_read_private(path), path)


def new_token_key(path: Path) -> None:
    """Make an Ed25519 key in a new file of mode 600.

    Raises:
        WeakSecretError: the file is there already.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_private(path, pem)


def new_secret_file(path: Path) -> None:
    """Make a secret of 32 random bytes in a new file of mode 600.

    Raises:
        WeakSecretError: the file is there already.
    """
    _write_private(path, os.urandom(SECRET_BYTES_MIN).hex().encode() + b"\n")


def _load(path: Path) -> TokenKey:
    raw = _read(path)
    if b"-----BEGIN" not in raw:
        secret = _strong(_read_private(path), path)
        return TokenKey(kid=_kid(b"HS256" + secret), algorithm="HS256", check=secret, sign=secret)
    try:
        if b"PRIVATE KEY-----" in raw:
            private = load_pem_private_key(_read_private(path), password=None)
            if isinstance(private, Ed25519PrivateKey | RSAPrivateKey):
                return _of_public(private.public_key(), path, sign=private)
        else:
            public = load_pem_public_key(raw)
            if isinstance(public, Ed25519PublicKey | RSAPublicKey):
                return _of_public(public, path, sign=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise WeakSecretError(f"no key that can be read: path={path}; give an unencrypted PEM") from None
    raise WeakSecretError(f"key of another kind: path={path} expected=Ed25519 or RSA")


def _of_public(public: _PublicKey, path: Path, *, sign: _PrivateKey | None) -> TokenKey:
    if isinstance(public, RSAPublicKey) and public.key_size < _RSA_BITS_MIN:
        raise WeakSecretError(f"RSA key too short: path={path} bits={public.key_size} min={_RSA_BITS_MIN}")
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    algorithm: Algorithm = "RS256" if isinstance(public, RSAPublicKey) else "EdDSA"
    return TokenKey(kid=_kid(der), algorithm=algorithm, check=public, sign=sign)


def _kid(material: bytes) -> str:
    return hashlib.sha256(b"fairlead kid 1\n" + material).hexdigest()[:16]


def _strong(raw: bytes, path: Path) -> bytes:
    """Return the bytes that hexadecimal text says; those that a person or a counter made are refused."""
    how = "make one with 32 random bytes"
    try:
        secret = bytes.fromhex(raw.decode("ascii").strip())
    except ValueError:
        raise WeakSecretError(f"secret is not hexadecimal: path={path}; {how}") from None
    if len(secret) < SECRET_BYTES_MIN:
        raise WeakSecretError(f"secret too short: path={path} bytes={len(secret)} min={SECRET_BYTES_MIN}; {how}")
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    # Of 32 random bytes about 30 differ; fewer than 16, all printable or all in step does not happen by chance.
    is_text = all(0x20 <= byte < 0x7F for byte in secret)
    if len(set(secret)) < _DISTINCT_MIN or len(steps) == 1 or is_text:
        raise WeakSecretError(f"secret is not random: path={path}; {how}")
    return secret


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_FILE_MAX + 1)
    except OSError as error:
        raise WeakSecretError(f"key file cannot be read: path={path} why={error.strerror}") from None
    if len(raw) > _FILE_MAX:
        raise WeakSecretError(f"key file too long: path={path} max={_FILE_MAX}")
    return raw


def _read_private(path: Path) -> bytes:
    raw = _read(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise WeakSecretError(f"key file is open to others: path={path} mode={mode:o}; run chmod 600 on it")
    return raw


def _write_private(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WeakSecretError(f"key file is there already: path={path}; it is never overwritten") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
