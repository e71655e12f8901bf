"""``/audit``: what happened at the exchange, of everybody."""

from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from fairlead.domain.access.roles import Permission
from fairlead.model.api_words import word
from fairlead.model.report import Position
from fairlead.ports.access_trail import AccessAction, TrailFilter
from fairlead.ports.audit import AuditFilter
from fairlead.services.audit import ACTIONS
from fairlead.web.audit_wire import AccessAudit, Audit, access_of, audit_of
from fairlead.web.identity import needs
from fairlead.web.paging import Cursor, Limit, count_of, numbers_in, refuse_unknown
from fairlead.web.problems import ProblemError
from fairlead.web.routes.order_reads import asked_symbol
from fairlead.web.services import Given

__all__ = ["ROUTES"]

_NS_PER_MS: Final = 1_000_000
_TIME_MS_MAX: Final = 2**63 // _NS_PER_MS
_ACCOUNT_MAX: Final = 2**32 - 1
_NAMES: Final = ("account", "userId", "symbol", "action", "from", "to", "limit", "cursor")
_BY_WORD: Final = {word(action): action for action in ACTIONS}
_CURSOR_NUMBERS: Final = 3

UserId = Annotated[str | None, QueryParameter(name="userId", max_length=64, description="Of this user.")]
Action = Annotated[
    str | None, QueryParameter(max_length=64, description="What happened, as in `KILL_SWITCH_SET` or `LOGIN`.")
]
From = Annotated[
    int | None, QueryParameter(name="from", ge=0, lt=_TIME_MS_MAX, description="Then or later, in ms since 1970 UTC.")
]
To = Annotated[int | None, QueryParameter(ge=0, lt=_TIME_MS_MAX, description="Then or earlier.")]


@get("/audit", opt=needs(Permission.READ_AUDIT, account=False), summary="What happened, of everybody, newest first")
async def audit(
    request: Request[Any, Any, Any],
    services: Given,
    account: Annotated[
        int | None,
        QueryParameter(ge=0, le=_ACCOUNT_MAX, description="To this account; 0: the venue, and what is about nobody."),
    ] = None,
    user_id: UserId = None,
    symbol: Annotated[str | None, QueryParameter(max_length=64, description="About this instrument.")] = None,
    action: Action = None,
    from_: From = None,
    to: To = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Audit:
    """Orders, trades, money, halts, kill switches, limits: every report of the exchange that is kept.

    A page looks at so many reports and no more, so it may be short and have more behind it.
    """
    refuse_unknown(request, *_NAMES)
    if account is not None and user_id is not None:
        raise _refusal("userId", user_id, "account or userId, not both", "leave one of the two out")
    _check_times(from_, to)
    wanted = AuditFilter(
        account=account,
        symbol=await asked_symbol(services, symbol),
        action=_action(action),
        from_ns=None if from_ is None else from_ * _NS_PER_MS,
        # All of that millisecond.
        to_ns=None if to is None else to * _NS_PER_MS + _NS_PER_MS - 1,
    )
    count, numbers = count_of(limit, services.pages), numbers_in(cursor, count=_CURSOR_NUMBERS)
    before = None if numbers is None else Position(*numbers)
    return audit_of(await services.audit.page(wanted, user_id=user_id, before=before, count_max=count))


@get("/audit/access", opt=needs(Permission.READ_AUDIT, account=False), summary="What people did, newest first")
async def access(
    request: Request[Any, Any, Any],
    services: Given,
    user_id: UserId = None,
    action: Action = None,
    from_: From = None,
    to: To = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> AccessAudit:
    """Logins, failed ones too, ends of sessions and keys, new ones, and `ORDERED`: a request of who runs the venue.

    What was ordered is written down before it is carried out; what became of it is in `GET /audit`.
    """
    refuse_unknown(request, "userId", "action", "from", "to", "limit", "cursor")
    _check_times(from_, to)
    if action is not None and action not in tuple(AccessAction):
        raise _refusal("action", action, ", ".join(AccessAction), "give one of the words, or leave it out")
    wanted = TrailFilter(
        user_id=user_id,
        action=None if action is None else AccessAction(action),
        from_ns=None if from_ is None else from_ * _NS_PER_MS,
        to_ns=None if to is None else to * _NS_PER_MS + _NS_PER_MS - 1,
    )
    count, numbers = count_of(limit, services.pages), numbers_in(cursor, count=1)
    before = None if numbers is None else numbers[0]
    return access_of(await services.audit.access(wanted, before=before, count_max=count + 1), count=count)


def _check_times(from_: int | None, to: int | None) -> None:
    if from_ is not None and to is not None and from_ > to:
        raise _refusal("from", str(from_), f"at most {to}, which is to", "give from at most as late as to")


def _action(given: str | None) -> str | None:
    if given is not None and given not in _BY_WORD:
        raise _refusal("action", given, ", ".join(sorted(_BY_WORD)), "give one of the words, or leave it out")
    return None if given is None else _BY_WORD[given]


def _refusal(field: str, value: str, limit: str, fix: str) -> ProblemError:
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        f"{field} cannot be meant: {field}={value[:64]}",
        field=field,
        value=value[:64],
        limit=limit,
        fix=fix,
    )


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (audit, access)
