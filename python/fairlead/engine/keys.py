"""The keys of a data directory: who may log on to its gateway. The engine's own parser judges every change.

A change counts from the next start of the engine, or from ``SIGHUP``. Secrets are made here and told once.
"""

from dataclasses import dataclass
from pathlib import Path

from fairlead import _core

__all__ = ["Key", "NewKey", "add", "is_in_use", "keys", "public_key", "remove", "rotate", "sign_logon"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, without its secret.

    Attributes:
        key_id: its name.
        session: the session its orders belong to, for ever.
        account: whose orders; 0 is the venue itself, and every account of a drop copy.
        role: ``trading``, ``dropcopy``, ``marketdata``, ``operator``, ``frontend``, or ``retired`` when it was
            taken back.
        scheme: ``hmac`` or ``ed25519``; ``None`` of a retired one.
        orders_per_s: orders a second, where it is not the gateway's default.
        cancels_per_s: cancels a second, where it is not the gateway's default.
    """

    key_id: str
    session: int
    account: int
    role: str
    scheme: str | None = None
    orders_per_s: int | None = None
    cancels_per_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey(Key):
    """A key that was made, with what its owner keeps. Never print it where others read.

    Attributes:
        secret: the HMAC secret or the Ed25519 private key, hexadecimal; ``None`` where the owner has it already.
        public_key: the public half of an Ed25519 key, hexadecimal.
    """

    secret: str | None = None
    public_key: str | None = None

    def __repr__(self) -> str:
        return f"NewKey(key_id={self.key_id!r}, session={self.session}, role={self.role!r}, secret=hidden)"


def keys(directory: Path | str) -> tuple[Key, ...]:
    """Every key of a data directory by session, those that were taken back among them.

    Raises:
        NotFoundError: there is no key file.
        DataError: others can read it, or a line is wrong.
    """
    return tuple(Key(**entry) for entry in _core.KeyFile(Path(directory)).entries())


def add(
    directory: Path | str,
    key_id: str,
    *,
    account: int,
    role: str = "trading",
    scheme: str = "hmac",
    session: int | None = None,
    public_key: str | None = None,
    orders_per_s: int | None = None,
    cancels_per_s: int | None = None,
) -> NewKey:
    """Add a key.

    Args:
        directory: the data directory.
        key_id: its name.
        account: whose orders.
        role: ``trading``, ``dropcopy``, ``marketdata``, ``operator`` or ``frontend``.
        scheme: ``hmac`` or ``ed25519``.
        session: its session; ``None``: the next that no key ever had.
        public_key: the public half of an Ed25519 pair the owner made, hexadecimal; ``None``: a pair is made.
        orders_per_s: orders a second, where it is not the gateway's default.
        cancels_per_s: cancels a second, where it is not the gateway's default.

    Raises:
        UsageError: the key cannot be meant, or its name or session is taken.
        NotFoundError: there is no such directory.
        DataError: the file cannot be trusted or written; it is as it was.
        LockedError: another change is being made.
    """
    made = _core.KeyFile(Path(directory)).add(
        key_id,
        session=session,
        account=account,
        role=role,
        scheme=scheme,
        public_key=public_key,
        orders_per_s=orders_per_s,
        cancels_per_s=cancels_per_s,
    )
    return NewKey(**made)


def remove(directory: Path | str, key_id: str) -> Key:
    """Take a key back. Its session stays its own for ever.

    Raises:
        NotFoundError: there is no such key.
    """
    return Key(**_core.KeyFile(Path(directory)).remove(key_id))


def rotate(directory: Path | str, key_id: str, *, public_key: str | None = None) -> NewKey:
    """Give a key another secret and nothing else; of an Ed25519 key another pair, or ``public_key`` of the owner's.

    Raises:
        NotFoundError: there is no such key.
        UsageError: the public key is none.
    """
    return NewKey(**_core.KeyFile(Path(directory)).rotate(key_id, public_key=public_key))


def is_in_use(directory: Path | str) -> bool:
    """Whether an engine has the directory now, and with it the keys of before."""
    return _core.KeyFile(Path(directory)).is_in_use()


def sign_logon(private_key: bytes, nonce: bytes, logon: bytes) -> bytes:
    """Return the proof of an Ed25519 key: 64 bytes over a challenge and the logon message as it was sent.

    Raises:
        DataError: a length is wrong: 32 bytes of key, 32 of nonce.
    """
    return _core.sign_logon(private_key, nonce, logon)


def public_key(private_key: bytes) -> bytes:
    """Return the public half of an Ed25519 private key of 32 bytes."""
    return _core.public_key(private_key)
