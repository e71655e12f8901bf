"""Secrets, and what is proven with them. They are read from files, never from a command line."""

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fairlead.errors import DataError, NotFoundError, UsageError

__all__ = ["Prover", "prover", "read_secret", "secret_bytes"]

_WORDS_MIN = 6
_SECRET_MIN = 32
_PRIVATE_KEY_LEN = 32
_PURPOSE: Final = b"fairlead logon 1"


@dataclass(frozen=True, slots=True)
class Prover:
    """What a client proves itself with.

    Attributes:
        scheme: ``HmacSha256`` or ``Ed25519``.
        secret: the shared secret or the private key; not shown.
    """

    scheme: str
    secret: bytes = field(repr=False)

    def prove(self, nonce: bytes, logon: bytes) -> bytes:
        """Return the 64 bytes that answer a challenge to a logon message."""
        if self.scheme == "HmacSha256":
            return hmac.digest(self.secret, _PURPOSE + nonce + logon, hashlib.sha256).ljust(64, b"\0")
        # The compiled core is needed for this scheme only.
        from fairlead.engine.keys import sign_logon

        return sign_logon(self.secret, nonce, logon)


def prover(*, secret: bytes | str | None, private_key: bytes | str | None) -> Prover:
    """Return what a client proves itself with: a shared secret or an Ed25519 private key.

    Raises:
        UsageError: both are given, or none.
        DataError: what is given cannot be one. The message does not say it.
    """
    if secret is not None and private_key is None:
        return Prover("HmacSha256", secret_bytes(secret))
    if private_key is None or secret is not None:
        raise UsageError("give one of secret= (scheme hmac) and private_key= (scheme ed25519)")
    raw = _bytes(private_key, "private key")
    if len(raw) != _PRIVATE_KEY_LEN:
        raise DataError(f"an Ed25519 private key has another length: bytes={len(raw)} expected={_PRIVATE_KEY_LEN}")
    return Prover("Ed25519", raw)


def read_secret(path: Path | str, key_id: str) -> bytes:
    """Return the HMAC secret of a key in a ``gateway.keys`` file.

    Raises:
        NotFoundError: there is no such file or key.
        DataError: the key has no HMAC secret.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(f"no key file: path={path}") from error
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if len(words) >= _WORDS_MIN and words[0] == key_id:
            if words[4] != "hmac":
                raise DataError(f"key has no secret here: key_id={key_id} scheme={words[4]}")
            return secret_bytes(words[5])
    raise NotFoundError(f"no such key: key_id={key_id} path={path}")


def secret_bytes(secret: bytes | str) -> bytes:
    """Return a secret given as bytes or hexadecimal text.

    Raises:
        DataError: it is not hexadecimal, or shorter than 32 bytes. The message does not say the secret.
    """
    raw = _bytes(secret, "secret")
    if len(raw) < _SECRET_MIN:
        raise DataError(f"secret is too short: bytes={len(raw)} min={_SECRET_MIN}")
    return raw


def _bytes(given: bytes | str, name: str) -> bytes:
    try:
        return bytes.fromhex(given) if isinstance(given, str) else bytes(given)
    except ValueError:
        raise DataError(f"{name} is not hexadecimal: give bytes, or an even number of hex digits") from None
