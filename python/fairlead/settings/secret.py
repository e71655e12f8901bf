"""What may be shown of a secret, and an address that may hold one."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from fairlead.domain.access.secret import Secret

HIDDEN: Final = "hidden"


class SecretUrl(Secret):
    """An address of a server, of which a password and the query stay hidden."""

    __slots__ = ()

    @property
    def shown(self) -> str:
        """The address with its password and its query replaced; nothing of it where it cannot be read for certain."""
        text = self.reveal()
        if not text:
            return ""
        try:
            parts = urlsplit(text)
            host = _host_of(parts)
        except ValueError:
            return HIDDEN
        is_plain = text.lower().startswith(f"{parts.scheme}://") and parts.scheme != ""
        # A password with one of these in it ends up here: nobody knows which part is the secret.
        if not is_plain or parts.fragment or "@" in parts.path + parts.query:
            return HIDDEN
        return f"{parts.scheme}://{host}{parts.path}{parts.query and '?' + HIDDEN}"

    def __repr__(self) -> str:
        return f"SecretUrl({self.shown!r})"


def shown_of(secret: Secret) -> str:
    """Return what may be shown: of an address what is certainly no secret, of others whether there is one."""
    if isinstance(secret, SecretUrl):
        return secret.shown
    return HIDDEN if secret.reveal() else ""


def is_hidden(secret: Secret) -> bool:
    """Whether what may be shown differs from what is meant."""
    return shown_of(secret) != secret.reveal()


def _host_of(parts: SplitResult) -> str:
    user, at, host = parts.netloc.rpartition("@")
    _ = parts.port  # refuses what is no port, which may be a password without its @
    if not at:
        return host
    name, colon, _password = user.partition(":")
    return f"{name}{colon and ':' + HIDDEN}@{host}"
