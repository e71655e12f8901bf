"""What the processes of a service say to the one that began them."""

from collections.abc import Sequence

import msgspec

from fairlead.bootstrap.addresses import DemoPerson
from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret

__all__ = ["READY", "LeaderReady"]

# A worker answers requests.
READY = b"ready"


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    role: Role
    email: str
    password: str


class LeaderReady(msgspec.Struct, frozen=True, kw_only=True):
    """The engine serves: where, since when, and who was made for a demo, to be told once."""

    gateway: tuple[str, int]
    begun_ns: int
    persons: list[_Person]

    @classmethod
    def of(cls, gateway: tuple[str, int], people: Sequence[DemoPerson], *, begun_ns: int) -> "LeaderReady":
        """Put it in words."""
        told = [_Person(role=it.role, email=it.email, password=it.password.reveal()) for it in people]
        return cls(gateway=gateway, begun_ns=begun_ns, persons=told)

    def people(self) -> list[DemoPerson]:
        """Return who was made."""
        return [DemoPerson(role=it.role, email=it.email, password=Secret(it.password)) for it in self.persons]
