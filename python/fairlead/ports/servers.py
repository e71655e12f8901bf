"""A server that a venue is configured to use, as far as ``fairlead doctor`` asks about it."""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Server", "ServerLook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLook:
    """What a server that answers says of itself.

    Attributes:
        about: its version and whatever else tells which one it is.
        obstacle: why a venue could not work with it; empty where nothing is in the way.
    """

    about: str
    obstacle: str = ""


class Server(Protocol):
    """One server. Asking changes nothing there."""

    @property
    def name(self) -> str:
        """What it is, such as ``PostgreSQL``."""

    @property
    def key(self) -> str:
        """The setting that says where it is, such as ``store.url``."""

    @property
    def limit(self) -> str:
        """What is needed of it."""

    def look(self) -> ServerLook:
        """Ask it.

        Raises:
            UnavailableError: it does not answer in time, or does not let us in; the text holds no secret.
            ModuleNotFoundError: the library that speaks to it is not installed.
        """
