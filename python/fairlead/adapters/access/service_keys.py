"""The key files a configuration names: read, or made on the first start where nobody chose them."""

from pathlib import Path

from fairlead.adapters.access.key_files import KeyRing, load_key_ring, load_secret, new_secret_file, new_token_key
from fairlead.domain.access.errors import WeakSecretError
from fairlead.domain.access.secret import Secret
from fairlead.settings import Loaded

__all__ = ["figures_token", "master_secret", "token_keys"]


def token_keys(loaded: Loaded) -> KeyRing:
    """Return the keys that sign tokens; an Ed25519 key is made where the one of the defaults is not there yet.

    Raises:
        WeakSecretError: a file is missing that somebody named, or must not be used.
    """
    auth = loaded.settings.auth
    if not auth.key_file.exists():
        if not loaded.is_default("auth.key_file") or auth.algorithm != "EdDSA":
            how = "make it with openssl genpkey -algorithm ed25519 and mode 600, or leave it and auth.algorithm out"
            raise _missing("auth.key_file", auth.key_file, how=how)
        new_token_key(auth.key_file)
    return load_key_ring(auth.key_file, earlier=auth.earlier_key_files, algorithm=auth.algorithm)


def master_secret(loaded: Loaded) -> bytes:
    """Return the secret that API keys are made from; that of the defaults is made where it is not there yet.

    Raises:
        WeakSecretError: the file is missing and somebody named it, or must not be used.
    """
    path = loaded.settings.auth.master_file
    if not path.exists():
        if not loaded.is_default("auth.master_file"):
            how = "make it with openssl rand -hex 32 and mode 600, or leave it out"
            raise _missing("auth.master_file", path, how=how)
        new_secret_file(path)
    return load_secret(path)


def figures_token(loaded: Loaded) -> Secret:
    """Return what who reads the figures has to show; that of the defaults is made where it is not there yet.

    Raises:
        WeakSecretError: the file is missing and somebody named it, or must not be used.
    """
    path = loaded.settings.metrics.token_file
    if not path.exists():
        if not loaded.is_default("metrics.token_file"):
            raise _missing("metrics.token_file", path, how="make it with openssl rand -hex 32 and mode 600")
        new_secret_file(path)
    return Secret(load_secret(path).hex())


def _missing(key: str, path: Path, *, how: str) -> WeakSecretError:
    return WeakSecretError(f"no such key file: {key}={path}; {how}")
