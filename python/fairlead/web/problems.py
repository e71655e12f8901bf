"""What is answered instead of a yes: one shape (RFC 9457), one table from our errors to it, nothing of the inside."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from fairlead.domain.access.errors import (
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    LockedOutError,
    ValidationError,
)
from fairlead.domain.limits.standing import LimitsMisfitError
from fairlead.domain.trading.errors import InDoubtError, RefusedError, RequestError
from fairlead.domain.trading.refusals import Kind
from fairlead.errors import (
    FairleadError,
    NotFoundError,
    UnavailableError,
    UnknownAccountError,
    UnknownSymbolError,
    UsageError,
)
from fairlead.services.rate_limits import OrderToTradeError, RateLimitedError
from fairlead.web.correlation import correlation_id

__all__ = ["PROBLEM_TYPE", "Problem", "ProblemError", "answer_problem", "problem_in", "problem_of", "status_of"]

PROBLEM_TYPE: Final = "application/problem+json"
_RETRY_S: Final = 1
_SHOWN_MAX: Final = 64
_NS_PER_S: Final = 1_000_000_000
_log = logging.getLogger("fairlead.web")


class Problem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The body of every answer that is no success.

    Attributes:
        title: the status in words.
        status: the status.
        code: what kind of problem, for programs.
        detail: ``CODE: what is wrong``, for people.
        correlation_id: the request, for who looks it up in the log.
        field: what is wrong in the request, where it is one part.
        value: its value, where that is no secret.
        limit: what it is measured by.
        fix: what to do.
    """

    title: str
    status: int
    code: str
    detail: str
    correlation_id: str
    field: str | None = None
    value: str | None = None
    limit: str | None = None
    fix: str | None = None
    type: str = "about:blank"


class ProblemError(Exception):
    """A request is answered with a problem; raised by what reads requests.

    Args:
        status: the status.
        code: what kind.
        detail: what is wrong; without a secret.
        field: the part of the request.
        value: its value.
        limit: what it is measured by.
        fix: what to do.
        headers: headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        value: str | None = None,
        limit: str | None = None,
        fix: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.status, self.code = status, code
        self.field, self.value, self.limit, self.fix = field, value, limit, fix
        self.headers = dict(headers or {})


# Status, code, and what to do where the error does not say it. The first class that fits counts.
_OURS: Final[tuple[tuple[type[FairleadError], int, str, str], ...]] = (
    (LockedOutError, 429, "TOO_MANY_ATTEMPTS", "wait as long as Retry-After says"),
    (OrderToTradeError, 429, "ORDER_TO_TRADE", "trade, amend less, or wait as long as Retry-After says; cancels pass"),
    (RateLimitedError, 429, "RATE_LIMITED", "wait as long as Retry-After says; RateLimit tells what is left"),
    (AuthenticationError, 401, "AUTHENTICATION_ERROR", "log in, and send Authorization: Bearer TOKEN"),
    (AuthorizationError, 403, "AUTHORIZATION_ERROR", "ask who runs the venue for the right, or use another key"),
    (ValidationError, 400, "VALIDATION_ERROR", "correct the field and send again"),
    (ConflictError, 409, "CONFLICT_ERROR", "look at what is there before you send again"),
    (UnknownSymbolError, 404, "NOT_FOUND_ERROR", "list them: GET /markets"),
    (UnknownAccountError, 404, "NOT_FOUND_ERROR", "check the number: no user has it, nor has the exchange"),
    (NotFoundError, 404, "NOT_FOUND_ERROR", "check the id; one of somebody else counts as none"),
    (UsageError, 400, "VALIDATION_ERROR", "correct the request and send again"),
)
# Whose value is shown: what was sent, or what was counted.
_WITH_VALUE: Final = (UnknownAccountError, UnknownSymbolError, LimitsMisfitError, OrderToTradeError)
# What the exchange refused.
_STATUS_OF: Final[Mapping[Kind, int]] = {
    Kind.BUSINESS: 422,
    Kind.UNKNOWN: 404,
    Kind.CONFLICT: 409,
    Kind.THROTTLED: 429,
    Kind.UNAVAILABLE: 503,
}
_UNAVAILABLE: Final = ProblemError(
    503,
    "SERVICE_UNAVAILABLE",
    "something the service needs does not answer",
    fix="try again later; GET /ready names the part",
    headers={"Retry-After": str(_RETRY_S)},
)
_INTERNAL: Final = ProblemError(
    500, "INTERNAL_SERVER_ERROR", "a fault of the service", fix="tell who runs it the correlationId"
)
# What the framework refuses before a route is reached.
_FRAMEWORK: Final = {
    400: ("VALIDATION_ERROR", "the request cannot be read", "see /openapi.json for path, query and body"),
    404: ("NOT_FOUND_ERROR", "no such path", "see /openapi.json for the paths"),
    405: ("METHOD_NOT_ALLOWED", "the path does not know this method", "see Allow for those it knows"),
    413: ("BODY_TOO_LARGE", "the body is too large", "send less at once"),
}


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the answer to a request that ended in an error."""
    known, body = problem_of(error, correlation_id(request.scope))
    return Response(body, status_code=known.status, media_type=PROBLEM_TYPE, headers=known.headers)


def problem_of(error: Exception, correlation: str) -> tuple[ProblemError, bytes]:
    """Return what an error is answered with, and the body that says so; what is ours to look into is logged."""
    known = _logged(error, correlation)
    return known, msgspec.json.encode(_body(known, correlation))


def problem_in(error: Exception, correlation: str) -> Problem:
    """Return an error as a part of an answer; what is ours to look into is logged."""
    return _body(_logged(error, correlation), correlation)


def status_of(kind: Kind) -> int:
    """Return the status of a refusal of the exchange."""
    return _STATUS_OF[kind]


def _logged(error: Exception, correlation: str) -> ProblemError:
    known = _known(error)
    if known is _INTERNAL or known is _UNAVAILABLE:
        _log.error("request failed: status=%s correlation_id=%s", known.status, correlation, exc_info=error)
    elif isinstance(error, AuthenticationError):
        _log.info("not let in: cause=%s correlation_id=%s", error.cause, correlation)
    return known


def _body(known: ProblemError, correlation: str) -> Problem:
    return Problem(
        title=HTTPStatus(known.status).phrase,
        status=known.status,
        code=known.code,
        detail=str(known),
        correlation_id=correlation,
        field=known.field,
        value=known.value,
        limit=known.limit,
        fix=known.fix,
    )


def _known(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RequestError | RefusedError | InDoubtError):
        return _of_trading(error)
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, UnavailableError):
        # Its text may name an address or a path of the inside.
        return _UNAVAILABLE
    for kind, status, code, fix in _OURS:
        if isinstance(error, kind):
            return _of_ours(error, status, code, fix=fix)
    return _INTERNAL


def _of_ours(error: FairleadError, status: int, code: str, *, fix: str) -> ProblemError:
    headers = {}
    if isinstance(error, LockedOutError | RateLimitedError):
        headers["Retry-After"] = str(error.retry_after_s)
    elif status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return ProblemError(
        status,
        code,
        str(error).removeprefix(f"{code}: "),
        field=getattr(error, "field", None),
        value=error.value[:_SHOWN_MAX] if isinstance(error, _WITH_VALUE) else None,
        limit=getattr(error, "limit", None),
        fix=error.fix if isinstance(error, LimitsMisfitError) else fix,
        headers=headers,
    )


def _of_trading(error: RequestError | RefusedError | InDoubtError) -> ProblemError:
    if isinstance(error, InDoubtError):
        headers = {"Retry-After": str(_RETRY_S)}
        return ProblemError(503, "OUTCOME_IN_DOUBT", str(error), fix=error.fix, headers=headers)
    if isinstance(error, RequestError):
        value = None if error.value is None else str(error.value)
        return ProblemError(
            400, "VALIDATION_ERROR", str(error), field=error.field, value=value, limit=error.limit, fix=error.fix
        )
    wait_s = -(-error.wait_ns // _NS_PER_S)
    return ProblemError(
        _STATUS_OF[error.kind],
        error.code,
        error.detail,
        field=error.field,
        value=error.value,
        limit=error.limit,
        fix=error.fix,
        headers={"Retry-After": str(wait_s or _RETRY_S)} if wait_s or error.kind is Kind.UNAVAILABLE else {},
    )


def _of_framework(error: HTTPException) -> ProblemError:
    if error.status_code not in _FRAMEWORK:
        return _INTERNAL
    code, detail, fix = _FRAMEWORK[error.status_code]
    allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return ProblemError(error.status_code, code, detail, fix=fix, headers=allowed)
