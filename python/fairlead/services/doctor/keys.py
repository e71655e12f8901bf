"""Checks of files that hold secrets: are they there, can only their owner read them, are they keys at all."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fairlead.domain.access.secret import Secret
from fairlead.ports.machine import Disk
from fairlead.services.doctor.finding import Finding, Status
from fairlead.settings import Loaded
from fairlead.settings.secret import is_hidden

SECRET_BYTES_MIN: Final = 32
_OTHERS_BITS: Final = 0o077
# What is looked at of a key file; the largest key there is has a quarter of it.
_HEAD_BYTES: Final = 16_384


def key_files(disk: Disk, loaded: Loaded) -> Iterator[Finding]:
    """One finding for each file that holds a secret, or that a key belongs to."""
    engine, auth = loaded.settings.engine, loaded.settings.auth
    yield _private(disk, "gateway keys", engine.data_dir / "gateway.keys", is_needed=False)
    token_key = _private(disk, "token key", auth.key_file, is_needed=not loaded.is_default("auth.key_file"))
    look = _secret if auth.algorithm == "HS256" else _private_pem
    yield look(disk, token_key, auth.key_file)
    master = _private(disk, "master secret", auth.master_file, is_needed=not loaded.is_default("auth.master_file"))
    yield _secret(disk, master, auth.master_file)
    for path in auth.earlier_key_files:
        yield _earlier_key(disk, path)
    if engine.tls_key is not None:
        yield _private(disk, "TLS key", engine.tls_key, is_needed=True)
    for name, file in (("TLS certificate", engine.tls_cert), ("TLS client authority", engine.tls_client_ca)):
        if file is not None:
            yield _readable(disk, name, file)
    store = loaded.settings.store.url.reveal()
    if store.startswith("sqlite"):
        yield _private(disk, "store", Path(store.partition(":///")[2]), is_needed=False)
    for path in _files_with_secrets(loaded):
        yield _private(disk, f"secrets in {path.name}", path, is_needed=True)


def _private(disk: Disk, check: str, path: Path, *, is_needed: bool) -> Finding:
    mode, limit = disk.mode(path), "mode 600"
    if mode is None:
        return _absent(check, path, limit=limit, is_needed=is_needed)
    if mode & _OTHERS_BITS:
        seen = f"{path} has mode {stat.S_IMODE(mode):o}"
        remedy = f"chmod 600 {path}; if others use this machine, replace the secret too"
        return Finding.invalid(check, seen=seen, limit=limit, remedy=remedy)
    return Finding.ok(check, seen=f"{path} has mode {stat.S_IMODE(mode):o}", limit=limit)


def _secret(disk: Disk, found: Finding, path: Path) -> Finding:
    """Whether a file that is there and private holds a secret as hexadecimal."""
    limit = f"mode 600, {SECRET_BYTES_MIN} random bytes or more as hexadecimal"
    head = _head(disk, found, path, limit=limit)
    if isinstance(head, Finding):
        return head
    try:
        count = len(bytes.fromhex(head.decode("ascii").strip()))
    except ValueError:
        seen, count = f"{path} is not hexadecimal", 0
    else:
        seen = f"{path} has {count} bytes"
    if count < SECRET_BYTES_MIN:
        remedy = f"openssl rand -hex {SECRET_BYTES_MIN} > {path}; what the secret of before made ends"
        return Finding.invalid(found.check, seen=seen, limit=limit, remedy=remedy)
    return found


def _private_pem(disk: Disk, found: Finding, path: Path) -> Finding:
    """Whether a file that is there and private holds a private key."""
    limit = "mode 600, a private key (PEM)"
    head = _head(disk, found, path, limit=limit)
    if isinstance(head, Finding):
        return head
    if b"PRIVATE KEY-----" not in head:
        remedy = f"openssl genpkey -algorithm ed25519 -out {path}, or set auth.algorithm to what the file is for"
        return Finding.invalid(found.check, seen=f"{path} holds no private key", limit=limit, remedy=remedy)
    return found


def _earlier_key(disk: Disk, path: Path) -> Finding:
    check = f"earlier key {path.name}"
    found = _readable(disk, check, path)
    if found.status is not Status.OK:
        return found
    # The public half may be read by everybody, and is enough to check with.
    if disk.head(path, _HEAD_BYTES).startswith(b"-----BEGIN PUBLIC KEY-----"):
        return found
    return _private(disk, check, path, is_needed=True)


def _head(disk: Disk, found: Finding, path: Path, *, limit: str) -> bytes | Finding:
    """Return the content of a key file, or the finding that ends the matter: it is absent, open, or cannot be read."""
    if found.status is not Status.OK or disk.mode(path) is None:
        return found
    try:
        return disk.head(path, _HEAD_BYTES)
    except OSError as error:
        return _unreadable(found.check, path, error, limit=limit)


def _readable(disk: Disk, check: str, path: Path) -> Finding:
    limit = "a file this user can read"
    if disk.mode(path) is None:
        return _absent(check, path, limit=limit, is_needed=True)
    try:
        disk.head(path, 1)
    except OSError as error:
        return _unreadable(check, path, error, limit=limit)
    return Finding.ok(check, seen=str(path), limit=limit)


def _unreadable(check: str, path: Path, error: OSError, *, limit: str) -> Finding:
    seen, remedy = f"{path} cannot be read: {error.strerror or error}", f"let this user, and only this one, read {path}"
    return Finding.invalid(check, seen=seen, limit=limit, remedy=remedy)


def _absent(check: str, path: Path, *, limit: str, is_needed: bool) -> Finding:
    if is_needed:
        remedy = f"put it there, or correct the setting that names {path}"
        return Finding.invalid(check, seen=f"{path} is not there", limit=limit, remedy=remedy)
    return Finding.ok(check, seen=f"{path} is not there yet", limit=limit)


def _files_with_secrets(loaded: Loaded) -> list[Path]:
    """Configuration files in which a secret stands; an address without one is none."""
    places = {loaded.origins[key] for key in loaded.origins if _is_secret(loaded.value(key))}
    return [Path(file) for origin, file in loaded.files.items() if origin in places]


def _is_secret(value: object) -> bool:
    return isinstance(value, Secret) and is_hidden(value)
