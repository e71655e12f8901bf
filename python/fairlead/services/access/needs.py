"""What the services of access work with, and how they make ids and tokens of it."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fairlead.domain.access.policy import NS_PER_MS, AccessPolicy
from fairlead.domain.access.roles import Principal
from fairlead.domain.access.secret import Secret
from fairlead.ports.access_trail import AccessAction, AccessEvent, AccessTrail
from fairlead.ports.api_keys import ApiKeys
from fairlead.ports.clock import Clock
from fairlead.ports.mailer import Mailer
from fairlead.ports.nonces import Nonces
from fairlead.ports.password_hasher import PasswordHasher
from fairlead.ports.refresh_tokens import RefreshTokens
from fairlead.ports.secrets import KeyVault, Secrets
from fairlead.ports.token_signer import TokenSigner
from fairlead.ports.trace import correlation
from fairlead.ports.users import LoginAttempts, Users
from fairlead.services.access.recent import Recent

__all__ = ["Needs", "hash_of", "new_id", "new_token"]

_ID_BYTES = 16
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The adapters of one service, and its figures."""

    users: Users
    attempts: LoginAttempts
    tokens: RefreshTokens
    api_keys: ApiKeys
    nonces: Nonces
    trail: AccessTrail
    hasher: PasswordHasher
    signer: TokenSigner
    vault: KeyVault
    mailer: Mailer
    clock: Clock
    secrets: Secrets
    policy: AccessPolicy = field(default_factory=AccessPolicy)
    recent: Recent = field(default_factory=Recent)

    async def note(
        self, action: AccessAction, user_id: str | None, *, key_id: str | None = None, subject: str | None = None
    ) -> None:
        """Write down what somebody did.

        Raises:
            UnavailableError: the store does not answer.
        """
        event = AccessEvent(
            ts_ns=self.clock.now_ns(),
            action=action,
            user_id=user_id,
            key_id=key_id,
            subject=subject,
            correlation_id=correlation.get(),
        )
        await self.trail.add(event)

    async def checked(self, proof: str, check: Callable[[], Awaitable[Principal]], *, now_ns: int) -> Principal:
        """Return who is behind a proof: who was found a moment ago, else who a check finds, which is remembered.

        Those who ask at the same time ask once, and while somebody goes on asking nobody waits.
        """
        age_ns_max = self.policy.recheck_ms * NS_PER_MS
        found = self.recent.get(proof, now_ns=now_ns, age_ns_max=age_ns_max)
        if found is None:
            return await self.recent.once(proof, check, now_ns=now_ns, age_ns_max=age_ns_max)
        self.recent.renew(proof, check, now_ns=now_ns, age_ns_max=age_ns_max)
        return found


def new_id(kind: str, secrets: Secrets) -> str:
    """Return an id that nobody can guess: three letters, ``_`` and 32 hex digits."""
    return f"{kind}_{secrets.token_bytes(_ID_BYTES).hex()}"


def new_token(secrets: Secrets) -> Secret:
    """Return a token of 256 bits, 43 characters of base64url."""
    raw = secrets.token_bytes(_TOKEN_BYTES)
    return Secret(base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii"))


def hash_of(token: Secret) -> str:
    """Return what the store keeps of a token: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()
