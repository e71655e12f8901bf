"""What a service says of itself once it answers: where it is reached, and who was made for a demo."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret

__all__ = ["Addresses", "DemoPerson"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody who was made for a demo, with the password that is told once."""

    role: Role
    email: str
    password: Secret = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a running service is reached, as host and port; of a demo's first start who was made."""

    http: tuple[str, int]
    gateway: tuple[str, int]
    people: Sequence[DemoPerson] = ()
