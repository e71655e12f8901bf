"""Checks of key files: are they there, can only their owner read them, are they long enough."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fairlead.ports.machine import Disk
from fairlead.services.doctor.finding import Finding
from fairlead.settings import Loaded, Secret

_OTHERS_BITS: Final = 0o077
HMAC_BYTES_MIN: Final = 32


def key_files(disk: Disk, loaded: Loaded) -> Iterator[Finding]:
    """One finding for each file that holds a secret."""
    engine = loaded.settings.engine
    yield _private(disk, "gateway keys", engine.data_dir / "gateway.keys", is_needed=False)
    yield _token_key(disk, loaded)
    if engine.tls_key is not None:
        yield _private(disk, "TLS key", engine.tls_key, is_needed=True)
    for name, path in (("TLS certificate", engine.tls_cert), ("TLS client authority", engine.tls_client_ca)):
        if path is not None:
            yield _readable(disk, name, path)
    for path in _files_with_secrets(loaded):
        yield _private(disk, f"secrets in {path.name}", path, is_needed=True)


def _token_key(disk: Disk, loaded: Loaded) -> Finding:
    auth = loaded.settings.auth
    found = _private(disk, "token key", auth.key_file, is_needed=not loaded.is_default("auth.key_file"))
    if found.remedy or disk.mode(auth.key_file) is None or auth.algorithm != "HS256":
        return found
    limit = f"mode 600 and {HMAC_BYTES_MIN} random bytes or more"
    try:
        count = len(disk.head(auth.key_file, HMAC_BYTES_MIN))
    except OSError as error:
        remedy = f"let this user read it: chown it, chmod 600 {auth.key_file}"
        return Finding.invalid("token key", seen=f"cannot be read: {error.strerror}", limit=limit, remedy=remedy)
    if count < HMAC_BYTES_MIN:
        remedy = f"head -c {HMAC_BYTES_MIN} /dev/urandom > {auth.key_file}; every token of before ends"
        return Finding.invalid("token key", seen=f"{auth.key_file} has {count} bytes", limit=limit, remedy=remedy)
    return found


def _private(disk: Disk, check: str, path: Path, *, is_needed: bool) -> Finding:
    mode, limit = disk.mode(path), "mode 600"
    if mode is None:
        return _absent(check, path, limit=limit, is_needed=is_needed)
    if mode & _OTHERS_BITS:
        seen = f"{path} has mode {stat.S_IMODE(mode):o}"
        remedy = f"chmod 600 {path}; if others use this machine, replace the secret too"
        return Finding.invalid(check, seen=seen, limit=limit, remedy=remedy)
    return Finding.ok(check, seen=f"{path} has mode {stat.S_IMODE(mode):o}", limit=limit)


def _readable(disk: Disk, check: str, path: Path) -> Finding:
    limit = "a file this user can read"
    if disk.mode(path) is None:
        return _absent(check, path, limit=limit, is_needed=True)
    try:
        disk.head(path, 1)
    except OSError as error:
        remedy = f"let this user read {path}"
        return Finding.invalid(check, seen=f"{path} cannot be read: {error.strerror}", limit=limit, remedy=remedy)
    return Finding.ok(check, seen=str(path), limit=limit)


def _absent(check: str, path: Path, *, limit: str, is_needed: bool) -> Finding:
    if is_needed:
        remedy = f"put it there, or correct the setting that names {path}"
        return Finding.invalid(check, seen=f"{path} is not there", limit=limit, remedy=remedy)
    return Finding.ok(check, seen=f"{path} is not there yet", limit=limit)


def _files_with_secrets(loaded: Loaded) -> list[Path]:
    """Configuration files in which a secret stands; an address without one is none."""
    places = {loaded.origins[key] for key in loaded.origins if _is_secret(loaded, key)}
    return [Path(file) for origin, file in loaded.files.items() if origin in places]


def _is_secret(loaded: Loaded, key: str) -> bool:
    value = loaded.value(key)
    return isinstance(value, Secret) and value.is_hidden
