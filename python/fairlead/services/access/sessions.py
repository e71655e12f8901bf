"""How a user comes in and goes: log in, refresh, prove who asks, log out, end everything."""

import hashlib
from dataclasses import dataclass
from functools import partial

from fairlead.domain.access.claims import AccessClaims, BadTokenError, check_claims, claims_of
from fairlead.domain.access.emails import email_key, parse_email
from fairlead.domain.access.errors import AuthenticationError, AuthorizationError, LockedOutError
from fairlead.domain.access.fields import require
from fairlead.domain.access.lockout import after_attempt
from fairlead.domain.access.passwords import prepare_password
from fairlead.domain.access.people import User
from fairlead.domain.access.policy import NS_PER_S
from fairlead.domain.access.roles import Permission, Principal, demand, scopes_of
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.sessions import RefreshToken, Session, Verdict, judge
from fairlead.ports.access_trail import AccessAction
from fairlead.services.access.needs import Needs, hash_of, new_id, new_token

__all__ = ["Entry", "TokenPair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What a user gets for a password or a refresh token. Times in nanoseconds UTC.

    Attributes:
        access: proves who asks, for minutes.
        refresh: gets the next pair, once.
        access_until_ns: when ``access`` counts no more.
        refresh_until_ns: when ``refresh`` counts no more.
    """

    access: Secret
    refresh: Secret
    access_until_ns: int
    refresh_until_ns: int


class Entry:
    """Lets users in.

    Args:
        needs: the adapters and figures.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs
        self._decoy: str | None = None

    async def login(self, *, email: str, password: Secret) -> TokenPair:
        """Open a session for who knows the password.

        An address nobody has costs the same work and gets the same answers, the lock included.

        Raises:
            ValidationError: a field is missing, or no address or password at all.
            AuthenticationError: e-mail or password is wrong, or the user is disabled; it is not said which.
            LockedOutError: too many attempts for this address.
        """
        needs = self._needs
        require({"email": email, "password": password.reveal()}, ["email", "password"])
        key, form = email_key(parse_email(email)), prepare_password(password)
        decoy = await self._decoy_hash()
        attempts_key = hashlib.sha256(key.encode()).hexdigest()
        now_ns = needs.clock.now_ns()
        attempts = await needs.attempts.change(attempts_key, partial(after_attempt, now_ns=now_ns, policy=needs.policy))
        if attempts.is_locked(now_ns=now_ns):
            raise LockedOutError.until(attempts.locked_until_ns, now_ns=now_ns)
        user = await needs.users.by_email(key)
        is_right = await needs.hasher.verify(form, decoy if user is None else user.password_hash)
        if user is None or not is_right or user.disabled_ts_ns is not None:
            await needs.note(AccessAction.LOGIN_FAILED, None if user is None else user.user_id)
            cause = "unknown" if user is None else "disabled" if is_right else "password"
            raise AuthenticationError("email or password is wrong", cause=cause)
        await needs.attempts.clear(attempts_key)
        if needs.hasher.is_stale(user.password_hash):
            fresh = await needs.hasher.hash(form)
            await needs.users.set_password_hash(user.user_id, old=user.password_hash, new=fresh)
        return await self._open(user)

    async def refresh(self, token: Secret) -> TokenPair:
        """Exchange a refresh token for the next pair; it counts once.

        A token that comes a second time ends its session, as does the slower of two at once: one of the two who sent it
        is a thief.

        Raises:
            ValidationError: there is no token.
            AuthenticationError: it is unknown, used, too old, or its session has ended.
        """
        needs = self._needs
        require({"refreshToken": token.reveal()}, ["refreshToken"])
        token_hash, now_ns = hash_of(token), needs.clock.now_ns()
        found = await needs.tokens.find(token_hash)
        if found is None:
            raise _ended("unknown")
        shown, session = found
        user = await needs.users.by_id(session.user_id)
        if user is None:
            raise _ended("user")
        verdict = judge(shown, session, epoch=user.epoch, now_ns=now_ns)
        if verdict is Verdict.ENDED:
            raise _ended("ended")
        if verdict is Verdict.ROTATE:
            pair, successor = self._pair(user, session, now_ns=now_ns)
            if await needs.tokens.rotate(token_hash, successor, ts_ns=now_ns):
                return pair
        await needs.tokens.revoke(session.session_id, ts_ns=now_ns)
        needs.recent.forget(user.user_id)
        await needs.note(AccessAction.TOKEN_REUSED, user.user_id, subject=session.session_id)
        raise _ended("reused")

    async def authenticate(self, access: Secret) -> Principal:
        """Return who asks, as an access token proves it and as the store says, or said less than ``recheck_ms`` ago.

        Raises:
            AuthenticationError: the token does not count, or its session, its user or its epoch does not.
        """
        needs = self._needs
        proof, now_ns = hash_of(access), needs.clock.now_ns()
        return await needs.checked(proof, lambda: self._find(access, now_ns=now_ns), now_ns=now_ns)

    async def _find(self, access: Secret, *, now_ns: int) -> Principal:
        needs = self._needs
        try:
            opened = needs.signer.open(access)
            claims = check_claims(opened.header, opened.payload, policy=needs.policy, now_ns=now_ns)
        except BadTokenError as error:
            raise _no_token(str(error)) from None
        session = await needs.tokens.session(claims.sid)
        user = await needs.users.by_id(claims.sub)
        if session is None or user is None or session.user_id != user.user_id:
            raise _no_token("session or user unknown")
        if claims.epoch != user.epoch or not session.is_live(now_ns=now_ns, epoch=user.epoch):
            raise _no_token("revoked")
        return Principal(
            user_id=user.user_id,
            account=user.account,
            role=user.role,
            scopes=claims.scopes & scopes_of(user.role),
            session_id=session.session_id,
            until_ns=claims.exp * NS_PER_S,
        )

    async def logout(self, principal: Principal) -> None:
        """End the session of who asks; its access token counts no more either.

        Raises:
            AuthorizationError: an API key asks; it has no session.
        """
        if principal.session_id is None:
            raise AuthorizationError("an API key has no session: revoke the key")
        await self._needs.tokens.revoke(principal.session_id, ts_ns=self._needs.clock.now_ns())
        self._needs.recent.forget(principal.user_id)
        await self._needs.note(AccessAction.LOGOUT, principal.user_id, subject=principal.session_id)

    async def revoke_all(self, principal: Principal, *, user_id: str | None = None) -> int:
        """End every session and API key of who asks, or of ``user_id``; return the epoch from which proofs count.

        Raises:
            AuthorizationError: it is another user and who asks may not manage users.
            NotFoundError: no user has the id.
        """
        if user_id is not None and user_id != principal.user_id:
            demand(principal, Permission.MANAGE_USERS)
        whose = principal.user_id if user_id is None else user_id
        epoch = await self._needs.users.raise_epoch(whose)
        self._needs.recent.forget(whose)
        await self._needs.note(AccessAction.REVOKED, principal.user_id, key_id=principal.key_id, subject=whose)
        return epoch

    async def _open(self, user: User) -> TokenPair:
        needs = self._needs
        now_ns = needs.clock.now_ns()
        session = Session(
            session_id=new_id("ses", needs.secrets),
            user_id=user.user_id,
            epoch=user.epoch,
            opened_ts_ns=now_ns,
            expires_ts_ns=now_ns + needs.policy.session_s * NS_PER_S,
        )
        pair, first = self._pair(user, session, now_ns=now_ns)
        await needs.tokens.open(session, first)
        await needs.note(AccessAction.LOGIN, user.user_id, subject=session.session_id)
        return pair

    def _pair(self, user: User, session: Session, *, now_ns: int) -> tuple[TokenPair, RefreshToken]:
        needs, policy = self._needs, self._needs.policy
        refresh = new_token(needs.secrets)
        refresh_until_ns = min(now_ns + policy.refresh_s * NS_PER_S, session.expires_ts_ns)
        iat = now_ns // NS_PER_S
        claims = AccessClaims(
            sub=user.user_id,
            sid=session.session_id,
            jti=new_id("jti", needs.secrets),
            epoch=session.epoch,
            scopes=scopes_of(user.role),
            iat=iat,
            exp=iat + policy.access_s,
        )
        pair = TokenPair(
            access=needs.signer.sign(claims_of(claims, policy=policy)),
            refresh=refresh,
            access_until_ns=claims.exp * NS_PER_S,
            refresh_until_ns=refresh_until_ns,
        )
        successor = RefreshToken(
            token_hash=hash_of(refresh), session_id=session.session_id, expires_ts_ns=refresh_until_ns
        )
        return pair, successor

    async def _decoy_hash(self) -> str:
        """Return a hash of a password nobody knows, made with the settings of today."""
        if self._decoy is None:
            self._decoy = await self._needs.hasher.hash(new_token(self._needs.secrets))
        return self._decoy


def _ended(cause: str) -> AuthenticationError:
    return AuthenticationError("refresh token does not count: log in again", cause=cause)


def _no_token(cause: str) -> AuthenticationError:
    return AuthenticationError("access token does not count: refresh it or log in again", cause=cause)
