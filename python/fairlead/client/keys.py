"""Secrets: read from the key file of a data directory, never from a command line."""

from pathlib import Path

from fairlead.errors import DataError, NotFoundError

__all__ = ["read_secret", "secret_bytes"]

_WORDS_MIN = 6
_SECRET_MIN = 32


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
    try:
        raw = bytes.fromhex(secret) if isinstance(secret, str) else bytes(secret)
    except ValueError:
        raise DataError("secret is not hexadecimal: give bytes, or an even number of hex digits") from None
    if len(raw) < _SECRET_MIN:
        raise DataError(f"secret is too short: bytes={len(raw)} min={_SECRET_MIN}")
    return raw
