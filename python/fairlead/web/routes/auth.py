"""``/auth`` and ``/me``: become a user, come in, go, and see who one is."""

from typing import Annotated, Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.domain.access.secret import Secret
from fairlead.domain.limits.plan import RouteClass
from fairlead.web.identity import PUBLIC, needs
from fairlead.web.limits import counts_as
from fairlead.web.services import Asker, Given
from fairlead.web.wire import (
    Caller,
    Credentials,
    Forgotten,
    LetterSent,
    NewPassword,
    Person,
    Refreshment,
    Tokens,
    Verification,
    Waiting,
    caller_of,
    tokens_of,
)

__all__ = ["ROUTES"]


@post("/auth/register", status_code=202, opt=PUBLIC, summary="Register; a letter with a token follows")
async def register(data: JSONBody[Credentials], services: Given) -> Waiting:
    """Answer the same whether somebody has the address or not."""
    await services.registration.register(email=data.email, password=Secret(data.password))
    return Waiting()


@post("/auth/verify", status_code=201, opt=PUBLIC, summary="Become a user with the token of the letter")
async def verify(data: JSONBody[Verification], services: Given) -> Person:
    """A token works once."""
    user = await services.registration.verify(Secret(data.token))
    account = await services.trading.accounts.try_ensure(user.user_id, user.account)
    return Person(user_id=user.user_id, account=account, role=user.role.value, email=user.email)


@post("/auth/login", status_code=200, opt=PUBLIC, summary="Open a session")
async def login(data: JSONBody[Credentials], services: Given) -> Tokens:
    """Too many attempts for one address are answered with 429."""
    return tokens_of(await services.entry.login(email=data.email, password=Secret(data.password)))


@post(
    "/auth/refresh",
    status_code=200,
    opt=PUBLIC | counts_as(RouteClass.READS),
    summary="Exchange a refresh token for the next pair",
)
async def refresh(data: JSONBody[Refreshment], services: Given) -> Tokens:
    """A token that comes a second time ends its session."""
    return tokens_of(await services.entry.refresh(Secret(data.refresh_token)))


@post("/auth/forgot-password", status_code=202, opt=PUBLIC, summary="Ask for a letter with a token to reset a password")
async def forgot_password(data: JSONBody[Forgotten], services: Given) -> LetterSent:
    """Answer the same whether somebody has the address or not; too many for one address are answered with 429."""
    await services.recovery.forgot(email=data.email)
    return LetterSent()


@post("/auth/reset-password", status_code=204, opt=PUBLIC, summary="Choose another password with a letter's token")
async def reset_password(data: JSONBody[NewPassword], services: Given) -> None:
    """The token works once, for 30 minutes; every session and API key of before counts no more."""
    await services.recovery.reset(token=Secret(data.token), password=Secret(data.password))


@post("/auth/logout", status_code=204, opt=needs(Permission.READ_OWN, account=False), summary="End the session")
async def logout(caller: Asker, services: Given) -> None:
    """The access token counts no more from then."""
    await services.entry.logout(caller)


@post(
    "/auth/revoke",
    status_code=204,
    opt=needs(Permission.MANAGE_OWN_KEYS, account=False),
    summary="End every session and API key of who asks",
)
async def revoke_own(caller: Asker, services: Given) -> None:
    """This session too. Live sockets of the user are closed."""
    await services.entry.revoke_all(caller)


@post(
    "/users/{user_id:str}/revoke",
    status_code=204,
    opt=needs(Permission.MANAGE_USERS, account=False),
    summary="End every session and API key of a user",
)
async def revoke_user(user_id: Annotated[str, PathParameter(max_length=64)], caller: Asker, services: Given) -> None:
    """Live sockets of the user are closed; orders stay. The user may come in again."""
    await services.entry.revoke_all(caller, user_id=user_id)


@get("/me", opt=needs(Permission.READ_OWN, account=False), summary="Who asks")
async def me(caller: Asker) -> Caller:
    """User, account and scopes as the token or key proves them."""
    return caller_of(caller)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    register,
    verify,
    login,
    refresh,
    forgot_password,
    reset_password,
    logout,
    revoke_own,
    revoke_user,
    me,
)
