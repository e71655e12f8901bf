"""The calls of people: become a user, come in and go, keys, money in and out. None that writes is sent twice."""

from collections.abc import Sequence
from typing import Any

from fairlead.sdk.call import Call, Number, number, path
from fairlead.sdk.people import Funds, NewApiKey, Tokens, User

__all__ = [
    "create_api_key",
    "create_deposit",
    "create_withdrawal",
    "log_in",
    "log_out",
    "refresh",
    "register",
    "revoke_api_key",
    "revoke_everything",
    "revoke_user",
    "verify",
]


def register(email: str, password: str) -> Call[None]:
    """Ask to become a user; a letter with a token follows, whether somebody has the address or not."""
    return _post("/auth/register", None, {"email": email, "password": password}, is_public=True)


def verify(token: str) -> Call[User]:
    """Become a user with the token of the letter, which works once."""
    return _post("/auth/verify", User, {"token": token}, is_public=True)


def log_in(email: str, password: str) -> Call[Tokens]:
    """Open a session."""
    return _post("/auth/login", Tokens, {"email": email, "password": password}, is_public=True)


def refresh(refresh_token: str) -> Call[Tokens]:
    """Exchange a refresh token, which counts once, for the next pair."""
    return _post("/auth/refresh", Tokens, {"refreshToken": refresh_token}, is_public=True)


def log_out() -> Call[None]:
    """End the session."""
    return _post("/auth/logout", None, None)


def revoke_everything() -> Call[None]:
    """End every session and API key of who asks, this session too."""
    return _post("/auth/revoke", None, None)


def revoke_user(user_id: str) -> Call[None]:
    """End every session and API key of a user; an admin's call."""
    return _post(path("users", user_id, "revoke"), None, None)


def create_api_key(name: str, *, scopes: Sequence[str], expires_at_ms: int | None = None) -> Call[NewApiKey]:
    """Make a key for a machine; its secret is told this once."""
    body: dict[str, Any] = {"name": name, "scopes": list(scopes)}
    return _post("/api-keys", NewApiKey, body if expires_at_ms is None else body | {"expiresAt": expires_at_ms})


def revoke_api_key(key_id: str) -> Call[None]:
    """Take a key back."""
    return Call(method="DELETE", target=path("api-keys", key_id), answer=None, take=lambda _: None, is_repeatable=False)


def create_deposit(asset: str, amount: Number, *, chain: str, address: str, transaction_hash: str) -> Call[Funds]:
    """Say that money came in; an operator looks at the transaction and confirms it."""
    body = _funds(asset, amount, chain=chain, address=address) | {"transactionHash": transaction_hash}
    return _post("/deposits", Funds, body)


def create_withdrawal(asset: str, amount: Number, *, chain: str, address: str) -> Call[Funds]:
    """Ask for money to go out; an operator confirms it. Where no answer comes, look before asking again."""
    return _post("/withdrawals", Funds, _funds(asset, amount, chain=chain, address=address))


def _funds(asset: str, amount: Number, *, chain: str, address: str) -> dict[str, Any]:
    return {"asset": asset, "amount": number("amount", amount), "chain": chain, "address": address}


def _post(target: str, answer: Any, body: dict[str, Any] | None, *, is_public: bool = False) -> Call[Any]:
    return Call(
        method="POST",
        target=target,
        answer=answer,
        take=lambda found: found,
        body=body,
        is_repeatable=False,
        is_public=is_public,
    )
