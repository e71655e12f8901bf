"""Who may do what: roles give permissions, scopes take some of them away from a key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from fairlead.domain.access.errors import AuthorizationError, ValidationError

__all__ = [
    "Permission",
    "Principal",
    "Role",
    "Scope",
    "demand",
    "may",
    "parse_role",
    "parse_scopes",
    "scope_for",
    "scopes_of",
]


class Role(StrEnum):
    """What somebody is to the venue; a user has one."""

    TRADER = "trader"
    OPERATOR = "operator"
    RISK_MANAGER = "risk_manager"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a key or a session may be used for; never more than the role of its owner."""

    READ = "read"
    TRADE = "trade"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that can be allowed."""

    READ_OWN = "read_own"
    MANAGE_OWN_KEYS = "manage_own_keys"
    TRADE_OWN = "trade_own"
    ASK_FUNDS = "ask_funds"
    READ_ALL = "read_all"
    READ_AUDIT = "read_audit"
    APPROVE_FUNDS = "approve_funds"
    MANAGE_MARKETS = "manage_markets"
    CORRECT_TRADES = "correct_trades"
    HALT = "halt"
    RESUME = "resume"
    KILL = "kill"
    SET_LIMITS = "set_limits"
    MANAGE_USERS = "manage_users"


_P: Final = Permission
_OWN: Final = frozenset({_P.READ_OWN, _P.MANAGE_OWN_KEYS})
_ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        # Who runs the venue does not trade on it, and who makes users does not move money.
        Role.TRADER: _OWN | {_P.TRADE_OWN, _P.ASK_FUNDS},
        Role.OPERATOR: _OWN
        | {_P.READ_ALL, _P.APPROVE_FUNDS, _P.MANAGE_MARKETS, _P.CORRECT_TRADES, _P.HALT, _P.RESUME, _P.KILL},
        Role.RISK_MANAGER: _OWN | {_P.READ_ALL, _P.READ_AUDIT, _P.SET_LIMITS, _P.HALT, _P.KILL},
        Role.COMPLIANCE: _OWN | {_P.READ_ALL, _P.READ_AUDIT, _P.HALT},
        Role.ADMIN: _OWN | {_P.READ_ALL, _P.READ_AUDIT, _P.MANAGE_USERS},
    }
)
_READS: Final = frozenset({_P.READ_OWN, _P.MANAGE_OWN_KEYS})
_TRADES: Final = frozenset({_P.TRADE_OWN, _P.ASK_FUNDS})
# A stolen key must not make itself another key, and money leaves only when a person was there.
_PERSON_ONLY: Final = frozenset({_P.MANAGE_OWN_KEYS, _P.ASK_FUNDS, _P.APPROVE_FUNDS, _P.MANAGE_USERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, as far as it was proved.

    Attributes:
        user_id: the user.
        account: the engine's account of the user, from the user's row and never from a request.
        role: the role the user has at this moment.
        scopes: what this session or key may be used for.
        session_id: the session of a person; ``None`` for an API key.
        key_id: the API key; ``None`` for a session.
        until_ns: when the proof ends, nanoseconds UTC; a live socket is closed then.
    """

    user_id: str
    account: int
    role: Role
    scopes: frozenset[Scope]
    session_id: str | None = None
    key_id: str | None = None
    until_ns: int | None = None


def scope_for(permission: Permission) -> Scope:
    """Return the scope that a permission needs."""
    if permission in _READS:
        return Scope.READ
    return Scope.TRADE if permission in _TRADES else Scope.ADMIN


@cache
def scopes_of(role: Role) -> frozenset[Scope]:
    """Return the scopes that a role can give away: those of the permissions it has."""
    return frozenset(scope_for(permission) for permission in _ALLOWED[role])


def may(principal: Principal, permission: Permission) -> bool:
    """Whether who asks may do this, by role, by scope, and by being a person where one is needed."""
    if permission not in _ALLOWED[principal.role]:
        return False
    if permission in _PERSON_ONLY and principal.session_id is None:
        return False
    return scope_for(permission) in principal.scopes


def demand(principal: Principal, permission: Permission) -> None:
    """Check that who asks may do this.

    Raises:
        AuthorizationError: they may not.
    """
    if not may(principal, permission):
        raise AuthorizationError(f"not allowed: permission={permission} role={principal.role}")


def parse_role(text: str) -> Role:
    """Return the role of that name.

    Raises:
        ValidationError: there is none.
    """
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(Role)
        raise ValidationError(f"unknown role: value={text[:32]!r} known={known}", field="role", limit=known) from None


def parse_scopes(texts: Iterable[str], *, role: Role) -> frozenset[Scope]:
    """Return the scopes of these names.

    Raises:
        ValidationError: none is given, one is unknown, or one is more than the role has.
    """
    given = list(texts)
    allowed = scopes_of(role)
    known = ", ".join(sorted(allowed))
    if not given:
        raise ValidationError(f"no scopes: give one or more of {known}", field="scopes", limit=known)
    for text in given:
        if text not in allowed:
            raise ValidationError(
                f"scope not allowed: value={text[:32]!r} role={role} allowed={known}", field="scopes", limit=known
            )
    return frozenset(Scope(text) for text in given)
