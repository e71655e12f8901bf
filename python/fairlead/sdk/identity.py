"""How a client proves who it is: the tokens of a session, of which each refresh token leaves once, or a signing key.

1. One renewal at a time: who finds its token refused waits for the one under way and takes what that brought.
2. A refresh token is forgotten before it is sent: where the answer is lost, or the caller gives up, the next renewal
   logs in (rule A-7: a token that comes twice ends its session).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import SignedRequest, sign
from fairlead.sdk.access_calls import log_in, refresh
from fairlead.sdk.call import Call
from fairlead.sdk.errors import ApiError
from fairlead.sdk.people import Tokens

__all__ = ["Session", "Signer"]

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs requests with an API key.

    Attributes:
        key_id: of the key.
        secret: of the key.
        now_ns: the time, nanoseconds since 1970 UTC.
        nonce: never the same.
        ahead_ns: how far the clock of the service is ahead of ours.
    """

    key_id: str
    secret: Secret = field(repr=False)
    now_ns: Callable[[], int]
    nonce: Callable[[], str]
    ahead_ns: int = 0

    def proof(self, method: str, target: str, body: bytes) -> Mapping[str, str]:
        """Return the headers that prove this one request."""
        unsigned = SignedRequest(
            key_id=self.key_id,
            timestamp=str((self.now_ns() + self.ahead_ns) // _NS_PER_MS),
            nonce=self.nonce(),
            method=method,
            target=target,
            body=body,
            signature="",
        )
        return {
            "X-Fairlead-Key": unsigned.key_id,
            "X-Fairlead-Timestamp": unsigned.timestamp,
            "X-Fairlead-Nonce": unsigned.nonce,
            "X-Fairlead-Signature": sign(unsigned, self.secret),
        }

    def at_time_of(self, unix_ms: int) -> "Signer":
        """Return a signer by the clock of the service, which shows ``unix_ms`` or little more."""
        return replace(self, ahead_ns=unix_ms * _NS_PER_MS - self.now_ns())


class Session:
    """A session of a person.

    Args:
        email: who.
        password: the proof of it.
        ask: sends a call that needs nobody to be known, once.
    """

    def __init__(self, *, email: str, password: Secret, ask: Callable[[Call[Tokens]], Awaitable[Tokens]]) -> None:
        self._email, self._password, self._ask = email, password, ask
        self._access: str | None = None
        self._refresh: str | None = None
        self._renewing = asyncio.Lock()

    async def token(self, *, refused: str | None = None) -> str:
        """Return an access token other than ``refused``; log in where there is none.

        Raises:
            ApiError: the service does not let us in.
        """
        async with self._renewing:
            if self._access is None or self._access == refused:
                tokens = await self._renewed()
                self._access, self._refresh = tokens.access_token, tokens.refresh_token
            return self._access

    @property
    def is_open(self) -> bool:
        """Whether there is anything to end."""
        return self._access is not None

    def forget(self) -> None:
        """The session has ended: the next call logs in."""
        self._access = self._refresh = None

    async def _renewed(self) -> Tokens:
        sent, self._refresh, self._access = self._refresh, None, None
        if sent is not None:
            try:
                return await self._ask(refresh(sent))
            except ApiError:
                # Ended, or the answer is lost: either way the token is spent.
                pass
        return await self._ask(log_in(self._email, self._password.reveal()))
