"""What the services of access work with, and the minute's forgetting of what decides nothing any more."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fairlead.adapters.access import (
    Argon2Hasher,
    DerivedKeys,
    FileMailer,
    JwtSigner,
    KeyRing,
    MemoryNonces,
    SmtpLink,
    SmtpMailer,
    SystemClock,
    SystemSecrets,
)
from fairlead.adapters.stores import (
    Database,
    SqlAccessTrail,
    SqlApiKeys,
    SqlLoginAttempts,
    SqlNonces,
    SqlRefreshTokens,
    SqlUsers,
)
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.errors import FairleadError
from fairlead.ports.nonces import Nonces
from fairlead.services.access import Needs, sweep
from fairlead.settings import Settings

__all__ = ["access", "access_needs", "sweeping", "swept"]

_SWEEP_S: Final = 60.0
_log = logging.getLogger("fairlead.service")


@asynccontextmanager
async def access_needs(
    settings: Settings, *, database: Database, ring: KeyRing, master: bytes, begun_ns: int | None = None
) -> AsyncIterator[Needs]:
    """Yield what the services of access work with; ``begun_ns``: when the service began, now if it is left out."""
    auth = settings.auth
    hasher = Argon2Hasher(
        memory_kib=auth.password_memory_kib,
        passes=auth.password_passes,
        lanes=auth.password_lanes,
        threads=auth.password_threads,
    )
    clock, policy, mailer = SystemClock(), _policy(settings), _mailer(settings)
    begun_ns = clock.now_ns() if begun_ns is None else begun_ns
    try:
        yield Needs(
            users=SqlUsers(database),
            attempts=SqlLoginAttempts(database),
            tokens=SqlRefreshTokens(database),
            api_keys=SqlApiKeys(database),
            nonces=_nonces(settings, database, begin_ns=begun_ns + policy.sign_ahead_s * NS_PER_S),
            trail=SqlAccessTrail(database),
            hasher=hasher,
            signer=JwtSigner(ring),
            vault=DerivedKeys(master),
            mailer=mailer,
            clock=clock,
            secrets=SystemSecrets(),
            policy=policy,
        )
    finally:
        hasher.close()
        if isinstance(mailer, SmtpMailer):
            mailer.close()


def _nonces(settings: Settings, database: Database, *, begin_ns: int) -> Nonces:
    """Return who remembers nonces: for one process the process itself, without a disk write for each request."""
    return SqlNonces(database, begin_ns=begin_ns) if settings.server.workers > 1 else MemoryNonces(begin_ns=begin_ns)


def _mailer(settings: Settings) -> FileMailer | SmtpMailer:
    mail = settings.mail
    if mail.kind == "file":
        return FileMailer(settings.engine.data_dir / "outbox.jsonl")
    link = SmtpLink(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        sender=mail.sender,
        username=mail.username,
        password=mail.password,
        ca_file=mail.ca_file,
    )
    return SmtpMailer(link, timeout_s=mail.timeout_s)


def _policy(settings: Settings) -> AccessPolicy:
    auth = settings.auth
    return AccessPolicy(
        issuer=auth.issuer,
        audience=auth.audience,
        access_s=auth.access_ttl_s,
        leeway_s=auth.leeway_s,
        refresh_s=auth.refresh_ttl_s,
        session_s=auth.session_ttl_s,
        verify_s=auth.verify_ttl_s,
        keys_max=auth.api_keys_max,
        sign_window_s=auth.sign_window_s,
        failures_max=auth.lockout_failures,
        failures_s=auth.lockout_window_s,
        locked_s=auth.lockout_s,
    )


@asynccontextmanager
async def swept(needs: Needs) -> AsyncIterator[None]:
    """Forget each minute what decides nothing any more."""

    async def run() -> None:
        while True:
            try:
                await sweep(needs)
            except FairleadError as error:
                _log.warning("nothing was forgotten this time: why=%s", error)
            await asyncio.sleep(_SWEEP_S)

    async with background(run(), name="sweep", lost="nothing is forgotten any more"):
        yield


@asynccontextmanager
async def access(house: House) -> AsyncIterator[None]:
    """Leave what the services of access work with."""
    if house.begun_ns is None:
        house.begun_ns = SystemClock().now_ns()
    kept = access_needs(
        house.settings, database=house.database, ring=house.ring, master=house.master, begun_ns=house.begun_ns
    )
    async with kept as house.needs:
        yield


@asynccontextmanager
async def sweeping(house: House) -> AsyncIterator[None]:
    """Forget meanwhile what decides nothing any more."""
    async with swept(house.needs):
        yield
