"""The sessions by which the service speaks to its engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fairlead import aio
from fairlead.adapters.serving import trust_only
from fairlead.bootstrap.house import House
from fairlead.client.keys import read_secret
from fairlead.model.report import Position
from fairlead.settings import Settings

__all__ = ["front", "front_end", "session"]

# An address that stands for every address of the machine, and how the machine reaches itself then.
_LOOPBACK_OF: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@asynccontextmanager
async def front_end(
    settings: Settings, *, gateway: tuple[str, int], key_id: str, resume: Position
) -> AsyncIterator[aio.Client]:
    """Yield a session of the gateway that may act for every account, and hears all reports after ``resume``."""
    async with session(settings, gateway=gateway, key_id=key_id, role="front_end", resume=resume) as client:
        yield client


def session(
    settings: Settings,
    *,
    gateway: tuple[str, int],
    key_id: str,
    role: str,
    resume: Position | None = None,
    events_max: int = 100_000,
) -> aio.Client:
    """Return a client of our own gateway that is not connected yet; ``events_max`` reports wait for who takes them."""
    host, port = gateway
    certificate = settings.engine.tls_cert
    return aio.Client(
        _LOOPBACK_OF.get(host, host),
        port,
        key_id=key_id,
        secret=read_secret(settings.engine.data_dir / "gateway.keys", key_id),
        role=role,
        resume=resume,
        events_max=events_max,
        tls=False if certificate is None else trust_only(certificate),
    )


@asynccontextmanager
async def front(house: House) -> AsyncIterator[None]:
    """Leave the session to the exchange."""
    speaking = front_end(house.settings, gateway=house.gateway, key_id=house.key_id, resume=house.resume)
    async with speaking as house.front:
        yield
