"""Values that no output shows: a secret, and an address that may hold one."""

from urllib.parse import SplitResult, urlsplit

HIDDEN = "hidden"


class Secret:
    """A text that ``repr``, ``str`` and every output of ours replace by a word.

    Args:
        text: the secret; empty where none is set.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the one place that needs it."""
        return self._text

    @property
    def shown(self) -> str:
        """What may be shown: nothing of a secret but whether there is one."""
        return HIDDEN if self._text else ""

    @property
    def is_hidden(self) -> bool:
        """Whether what is shown differs from what is meant."""
        return self.shown != self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.reveal() == self._text

    def __hash__(self) -> int:
        return hash((type(self), self._text))

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown!r})"


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


def _host_of(parts: SplitResult) -> str:
    user, at, host = parts.netloc.rpartition("@")
    _ = parts.port  # refuses what is no port, which may be a password without its @
    if not at:
        return host
    name, colon, _password = user.partition(":")
    return f"{name}{colon and ':' + HIDDEN}@{host}"
