"""Secrets of API keys, derived from one master secret, so that a stolen store holds none of them."""

import base64
import hmac
from typing import Final

from fairlead.domain.access.secret import Secret

__all__ = ["DerivedKeys"]

_PURPOSE: Final = b"fairlead api key 1\n"


class DerivedKeys:
    """Makes the secret of a key from its id and the master secret.

    Args:
        master: at least 32 random bytes, see ``load_secret``. Another master makes every key another one.
    """

    __slots__ = ("_master",)

    def __init__(self, master: bytes) -> None:
        self._master = master

    def __repr__(self) -> str:
        return "DerivedKeys(***)"

    def secret_of(self, key_id: str, /) -> Secret:
        """Return the secret of a key: 43 characters of base64url, 256 bits."""
        raw = hmac.digest(self._master, _PURPOSE + key_id.encode(), "sha256")
        return Secret(base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii"))
