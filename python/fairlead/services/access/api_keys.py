"""Keys of machines: made, listed, taken back, and requests that are signed with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from fairlead.domain.access.errors import AuthenticationError, ConflictError, ValidationError
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Permission, Principal, demand, parse_scopes, scopes_of
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import (
    BadSignatureError,
    SignedRequest,
    check_form,
    is_signed_with,
    sent_at_ns,
    spent_until_ns,
)
from fairlead.errors import NotFoundError
from fairlead.ports.access_trail import AccessAction
from fairlead.services.access.needs import Needs, new_id

__all__ = ["KeyDesk", "NewApiKey"]

_NAME_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    """A key with its secret, which is shown this once."""

    key: ApiKey
    secret: Secret


class KeyDesk:
    """Gives and checks API keys.

    Args:
        needs: the adapters and figures.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    async def create(
        self, principal: Principal, *, name: str, scopes: Iterable[str], expires_ts_ns: int | None = None
    ) -> NewApiKey:
        """Make a key of who asks; a key cannot make keys.

        Args:
            principal: who asks.
            name: what the owner calls it, 1 to 64 printable characters.
            scopes: one or more of those the role has.
            expires_ts_ns: when it ends, nanoseconds UTC, in the future; ``None``: never.

        Raises:
            AuthorizationError: no person asks.
            ValidationError: a field breaks a rule.
            ConflictError: there are as many keys as may be.
        """
        needs, now_ns = self._needs, self._needs.clock.now_ns()
        demand(principal, Permission.MANAGE_OWN_KEYS)
        if not 1 <= len(name) <= _NAME_MAX or not name.isprintable():
            raise ValidationError(
                f"name breaks its rule: characters={len(name)} min=1 max={_NAME_MAX}, printable",
                field="name",
                limit=str(_NAME_MAX),
            )
        if expires_ts_ns is not None and not now_ns < expires_ts_ns < 2**63:
            raise ValidationError(f"end lies not in the future: expires_ts_ns={expires_ts_ns}", field="expiresAt")
        user = await needs.users.by_id(principal.user_id)
        if user is None:
            raise AuthenticationError("user is gone: log in again", cause="user")
        key = ApiKey(
            key_id=new_id("key", needs.secrets),
            user_id=user.user_id,
            name=name,
            scopes=parse_scopes(scopes, role=user.role),
            epoch=user.epoch,
            created_ts_ns=now_ns,
            expires_ts_ns=expires_ts_ns,
        )
        if not await needs.api_keys.add(key, live_max=needs.policy.keys_max):
            raise ConflictError(f"too many API keys: max={needs.policy.keys_max}; revoke one")
        await needs.note(AccessAction.KEY_MADE, principal.user_id, subject=key.key_id)
        return NewApiKey(key=key, secret=needs.vault.secret_of(key.key_id))

    async def list_keys(self, principal: Principal) -> list[ApiKey]:
        """Return the keys of who asks, oldest first, also those that were revoked.

        Raises:
            AuthorizationError: no person asks.
        """
        demand(principal, Permission.MANAGE_OWN_KEYS)
        return await self._needs.api_keys.of_user(principal.user_id)

    async def revoke(self, principal: Principal, key_id: str) -> None:
        """Take a key of who asks back; it counts no more from then. Twice is as once.

        Raises:
            AuthorizationError: no person asks.
            NotFoundError: who asks has no such key, whether somebody else has it or not.
        """
        demand(principal, Permission.MANAGE_OWN_KEYS)
        now_ns = self._needs.clock.now_ns()
        if not await self._needs.api_keys.revoke(key_id, user_id=principal.user_id, ts_ns=now_ns):
            raise NotFoundError(f"no such API key: key_id={key_id[:64]!r}")
        self._needs.recent.forget(principal.user_id)
        await self._needs.note(AccessAction.KEY_REVOKED, principal.user_id, subject=key_id)

    async def authenticate(self, request: SignedRequest) -> Principal:
        """Return who signed a request. Each nonce of a key counts once while its time lies within the window.

        Raises:
            AuthenticationError: the form, the time, the key, the signature or the nonce does not count.
        """
        needs, now_ns = self._needs, self._needs.clock.now_ns()
        try:
            check_form(request, policy=needs.policy, now_ns=now_ns)
        except BadSignatureError as error:
            raise _refused(str(error)) from None
        # A key that does not exist has a secret too, so both cost the same.
        is_right = is_signed_with(request, needs.vault.secret_of(request.key_id))
        find = partial(self._find, request.key_id, is_right=is_right, now_ns=now_ns)
        principal = await (needs.checked(request.key_id, find, now_ns=now_ns) if is_right else find())
        until_ns = spent_until_ns(request, policy=needs.policy)
        sent_ns = sent_at_ns(request)
        if not await needs.nonces.spend(request.key_id, request.nonce, sent_ns=sent_ns, until_ns=until_ns):
            raise _refused("replayed")
        return principal

    async def _find(self, key_id: str, *, is_right: bool, now_ns: int) -> Principal:
        needs = self._needs
        key = await needs.api_keys.find(key_id)
        if key is None or not is_right:
            raise _refused("signature" if key is not None else "unknown key")
        user = await needs.users.by_id(key.user_id)
        if user is None or not key.is_live(now_ns=now_ns, epoch=user.epoch):
            raise _refused("revoked or expired key")
        return Principal(
            user_id=user.user_id,
            account=user.account,
            role=user.role,
            scopes=key.scopes & scopes_of(user.role),
            key_id=key.key_id,
            until_ns=key.expires_ts_ns,
        )


def _refused(cause: str) -> AuthenticationError:
    return AuthenticationError("signed request does not count: check key, clock, nonce and canonical text", cause=cause)
