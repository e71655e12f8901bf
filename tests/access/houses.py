"""The services of access over a real store, with a clock, a randomness and a hasher that a test controls."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fairlead.adapters.access import DerivedKeys, JwtSigner, KeepingMailer, load_key_ring, new_token_key
from fairlead.adapters.stores import (
    Database,
    SqlAccessTrail,
    SqlApiKeys,
    SqlLoginAttempts,
    SqlNonces,
    SqlRefreshTokens,
    SqlUsers,
    migrate,
    open_database,
)
from fairlead.domain.access.people import User
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret
from fairlead.services.access import Entry, KeyDesk, Needs, Registration

PASSWORD = Secret("violet-anchor-42")
WRONG = Secret("violet-anchor-43")
ANN = "Ann@example.com"
BOB = "bob@example.com"
START_S = 1_700_000_000


class TestClock:
    """A clock that stands until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.ns = START_S * NS_PER_S

    def now_ns(self) -> int:
        return self.ns

    def pass_s(self, seconds: int) -> None:
        self.ns += seconds * NS_PER_S


class CountedSecrets:
    """Bytes that differ each time and are the same in each run."""

    def __init__(self) -> None:
        self._drawn = 0

    def token_bytes(self, count: int, /) -> bytes:
        self._drawn += 1
        return hashlib.sha512(str(self._drawn).encode()).digest()[:count]


class PlainHasher:
    """Hashes at once and remembers what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.version = "v1"

    async def hash(self, password: Secret, /) -> str:
        self.done.append("hash")
        return f"{self.version}${hashlib.sha256(password.reveal().encode()).hexdigest()}"

    async def verify(self, password: Secret, encoded: str, /) -> bool:
        self.done.append("verify")
        return encoded.partition("$")[2] == hashlib.sha256(password.reveal().encode()).hexdigest()

    def is_stale(self, encoded: str, /) -> bool:
        return not encoded.startswith(f"{self.version}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The services, and what a test moves and looks at."""

    needs: Needs
    registration: Registration
    entry: Entry
    desk: KeyDesk
    clock: TestClock
    hasher: PlainHasher
    mailer: KeepingMailer
    database: Database

    def mailed_token(self) -> Secret:
        """Return the token of the latest letter."""
        token = self.mailer.kept[-1].token
        assert token is not None
        return token

    async def trader(self, email: str = ANN) -> User:
        """Register and verify a trader."""
        await self.registration.register(email=email, password=PASSWORD)
        return await self.registration.verify(self.mailed_token())

    async def operator(self, email: str = "ops@example.com", *, role: Role = Role.OPERATOR) -> User:
        """Make somebody who runs the venue."""
        return await self.registration.create_user(email=email, password=PASSWORD, role=role)


@asynccontextmanager
async def opened(directory: Path, policy: AccessPolicy) -> AsyncIterator[House]:
    """Open the services on an empty store."""
    key = directory / "token.pem"
    new_token_key(key)
    database = open_database(f"sqlite:///{directory / 'store.db'}")
    clock, hasher, mailer = TestClock(), PlainHasher(), KeepingMailer()
    try:
        await migrate(database)
        needs = Needs(
            users=SqlUsers(database),
            attempts=SqlLoginAttempts(database),
            tokens=SqlRefreshTokens(database),
            api_keys=SqlApiKeys(database),
            nonces=SqlNonces(database, begin_ns=0),
            trail=SqlAccessTrail(database),
            hasher=hasher,
            signer=JwtSigner(load_key_ring(key)),
            vault=DerivedKeys(hashlib.sha256(b"master").digest()),
            mailer=mailer,
            clock=clock,
            secrets=CountedSecrets(),
            policy=policy,
        )
        yield House(
            needs=needs,
            registration=Registration(needs),
            entry=Entry(needs),
            desk=KeyDesk(needs),
            clock=clock,
            hasher=hasher,
            mailer=mailer,
            database=database,
        )
    finally:
        await database.close()


def in_house(directory: Path, story: Callable[[House], Awaitable[None]], *, policy: AccessPolicy | None = None) -> None:
    """Run one story in a house of its own."""

    async def run() -> None:
        async with opened(directory, AccessPolicy() if policy is None else policy) as house:
            await story(house)

    logging.getLogger("alembic").setLevel(logging.WARNING)
    asyncio.run(run())
