"""Who may read the figures of the service: they tell how it goes, and nothing of any account."""

from enum import StrEnum
from ipaddress import ip_address

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError
from fairlead.domain.access.secret import Secret
from fairlead.errors import NotFoundError
from fairlead.ports.telemetry import Telemetry

__all__ = ["Access", "Figures"]


class Access(StrEnum):
    """Who may read."""

    # Who asks from the machine itself, and not through a proxy.
    LOOPBACK = "loopback"
    # Who has the token of the file.
    TOKEN = "token"
    ANYONE = "anyone"
    OFF = "off"


class Figures:
    """The figures, behind a rule.

    Args:
        telemetry: what counts.
        access: who may read.
        token: what has to be shown where ``access`` is ``TOKEN``.
    """

    def __init__(self, telemetry: Telemetry, *, access: Access, token: Secret | None = None) -> None:
        assert (token is not None) == (access is Access.TOKEN), "a token counts where one is asked for"
        self._telemetry, self._access, self._token = telemetry, access, token

    def read(self, *, host: str, is_forwarded: bool, token: Secret | None) -> tuple[str, bytes]:
        """Return media type and text.

        Args:
            host: the address that asks.
            is_forwarded: whether a proxy says that it asks for somebody else.
            token: what was shown.

        Raises:
            NotFoundError: nobody may read.
            AuthenticationError: the token is not the one.
            AuthorizationError: who asks is somewhere else.
        """
        if self._access is Access.OFF:
            raise NotFoundError("no such path")
        if self._access is Access.TOKEN and (token is None or token != self._token):
            raise AuthenticationError("figures are for who has the token", cause="token of figures")
        if self._access is Access.LOOPBACK and (is_forwarded or not _is_loopback(host)):
            raise AuthorizationError("not allowed: figures are read from the machine itself (metrics.access)")
        return self._telemetry.exposition()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
