"""The door of the service: each call goes through it with the proof it needs, from a login or from an API key."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fairlead.domain.access.secret import Secret
from fairlead.errors import UsageError
from fairlead.sdk.call import Call
from fairlead.sdk.errors import ApiError
from fairlead.sdk.identity import Session, Signer
from fairlead.sdk.reading_calls import fetch_time
from fairlead.sdk.retries import Answered, Barred, Lost, Outcome
from fairlead.sdk.surroundings import Surroundings
from fairlead.sdk.transport import Proof, Transport

__all__ = ["Door"]


class Door:
    """Proves who asks.

    Args:
        transport: what carries requests.
        ask: sends a call that needs no proof, and returns its answer.
        world: time and chance.
        email: who, with ``password``.
        password: the proof of it.
        key_id: an API key, with ``secret``.
        secret: of the key.
        allow_plain_http: whether proofs may travel where others read them.

    Raises:
        UsageError: half a proof, two of them, or one that others could read.
    """

    def __init__(
        self,
        transport: Transport,
        ask: Callable[[Call[Any]], Awaitable[Any]],
        *,
        world: Surroundings,
        email: str | None,
        password: str | None,
        key_id: str | None,
        secret: str | None,
        allow_plain_http: bool,
    ) -> None:
        if (email is None) != (password is None) or (key_id is None) != (secret is None):
            raise UsageError("half a proof: give email and password, or key_id and secret")
        if email is not None and key_id is not None:
            raise UsageError("two proofs: give email and password, or key_id and secret")
        if key_id is not None and not (key_id.isascii() and key_id.isprintable()):
            raise UsageError(f"key_id is none: value={key_id!r:.60} limit=printable ASCII; give the id of an API key")
        if (email is not None or key_id is not None) and not (allow_plain_http or transport.is_private):
            raise UsageError(
                f"a proof would travel in the open: host={transport.host}; use https, or allow_plain_http=True"
            )
        self._transport, self._ask = transport, ask
        self._session: Session | None = None
        self._signer: Signer | None = None
        self._is_clock_set = False
        self._live_token: str | None = None
        if email is not None and password is not None:
            self._session = Session(email=email, password=Secret(password), ask=ask)
        if key_id is not None and secret is not None:
            self._signer = Signer(key_id=key_id, secret=Secret(secret), now_ns=world.now_ns, nonce=world.token)

    @property
    def is_in_session(self) -> bool:
        """Whether there is a session to end."""
        return self._session is not None and self._session.is_open

    def forget(self) -> None:
        """The session has ended: the next call logs in."""
        if self._session is not None:
            self._session.forget()

    @property
    def has_proof(self) -> bool:
        """Whether somebody says who asks."""
        return self._session is not None or self._signer is not None

    async def live_proof(self, target: str, *, is_refused: bool) -> Mapping[str, str]:
        """Return the headers that open a live connection.

        Args:
            target: its path.
            is_refused: whether the last ones were: then others are made, by another token or another clock.

        Raises:
            ApiError: there is no proof to be had.
        """
        if self._signer is not None:
            if is_refused:
                self._signer = self._signer.at_time_of((await self._ask(fetch_time())).unix_ms)
            return self._signer.proof("GET", target, b"")
        if self._session is None:
            return {}
        token = await self._session.token(refused=self._live_token if is_refused else None)
        self._live_token = token
        return _bearer(token)("GET", target, b"")

    async def send(self, call: Call[Any], body: bytes) -> Outcome:
        """Send a call once with the proof it needs and return what became of it."""
        try:
            return await self._proven(call, body)
        except ApiError as error:
            return Barred(error=error)

    async def _proven(self, call: Call[Any], body: bytes) -> Answered | Lost:
        """Send a call once with the proof it needs; once more where the proof, and not the call, was refused.

        Raises:
            ApiError: there is no proof to be had; the call was not sent, or refused at the door.
        """

        async def send(proof: Proof | None) -> Answered | Lost:
            return await self._transport.send(call.method, call.target, body, proof=proof)

        if call.is_public:
            return await send(None)
        if self._signer is not None:
            outcome = await send(self._signer.proof)
            if _is_refused(outcome) and not self._is_clock_set:
                # Its clock may be the reason; a wrong key stays wrong.
                self._is_clock_set = True
                self._signer = self._signer.at_time_of((await self._ask(fetch_time())).unix_ms)
                outcome = await send(self._signer.proof)
            return outcome
        if self._session is None:
            raise UsageError(f"nobody says who asks: {call.method} {call.target}; give email and password, or a key")
        token = await self._session.token()
        outcome = await send(_bearer(token))
        if _is_refused(outcome):
            outcome = await send(_bearer(await self._session.token(refused=token)))
        return outcome


def _bearer(token: str) -> Proof:
    return lambda *_: {"Authorization": f"Bearer {token}"}


def _is_refused(outcome: Outcome) -> bool:
    return isinstance(outcome, Answered) and outcome.status == HTTPStatus.UNAUTHORIZED
