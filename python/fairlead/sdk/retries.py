"""What an outcome of one attempt means: whether it may have been done, whether to try again, and which error it is.

1. What may have been done stays in doubt until the exchange itself answers a repeat of it.
2. A call is sent again only where that does it once.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec

from fairlead.errors import UsageError
from fairlead.sdk.answers import Problem
from fairlead.sdk.call import Call
from fairlead.sdk.errors import ApiError, Details, UnavailableError, class_of

__all__ = ["Answered", "Barred", "Lost", "Outcome", "Retries", "error_of", "is_in_doubt", "wait_s"]

_TEMPORARY: Final = frozenset({502, 503, 504})
# Answers that say nothing about an earlier attempt: they come before the request is looked at.
_AT_THE_DOOR: Final = frozenset({401, 403, 429})
# Of 503: those after which nothing has happened (docs/reference/api-errors.md).
_NOTHING_HAPPENED: Final = frozenset({"BUSY", "DISK_FULL", "STOPPED", "CAPACITY", "UNKNOWN_ACCOUNT"})
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The service answered.

    Attributes:
        status: of HTTP.
        body: as it came.
        retry_after_s: what ``Retry-After`` says, where it is whole seconds.
    """

    status: int
    body: bytes
    retry_after_s: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether it is a yes."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No answer came.

    Attributes:
        why: for people.
        is_sent: whether the request may have reached the service.
    """

    why: str
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """The call was not sent: what comes before it, such as a login, failed.

    Attributes:
        error: why.
    """

    error: ApiError


Outcome: TypeAlias = Answered | Lost | Barred


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a call is tried, and how long the client waits before the next time.

    Attributes:
        attempts_max: sent at most so often, 1 or more; 1: never again.
        first_wait_s: before the second attempt, at most; doubled for each one after it.
        wait_s_max: the longest of these waits.
        waits_when_limited: whether it waits as long as a 429 says and then asks again, rather than to raise.
        retry_after_s_max: a longer ``Retry-After`` is not waited for.
    """

    attempts_max: int = 5
    first_wait_s: float = 0.2
    wait_s_max: float = 2.0
    waits_when_limited: bool = False
    retry_after_s_max: int = 30

    def __post_init__(self) -> None:
        if self.attempts_max < 1:
            raise UsageError(f"attempts_max is below 1: value={self.attempts_max}; 1 is never again")
        if self.first_wait_s < 0 or self.wait_s_max < 0:
            raise UsageError(f"a wait is negative: first_wait_s={self.first_wait_s} wait_s_max={self.wait_s_max}")


def is_in_doubt(call: Call[Any], outcome: Outcome, *, before: bool) -> bool:
    """Return whether a call may have been done, after an outcome that is no yes.

    Args:
        call: what was asked.
        outcome: what became of the last attempt.
        before: whether it was in doubt before it.
    """
    if call.is_reading:
        return False
    if isinstance(outcome, Barred):
        return before
    if isinstance(outcome, Lost):
        return before or outcome.is_sent
    if outcome.status in _AT_THE_DOOR:
        return before
    if outcome.status in _TEMPORARY:
        problem = _problem(outcome)
        return before or problem is None or problem.code not in _NOTHING_HAPPENED
    return class_of(outcome.status) is class_of(HTTPStatus.INTERNAL_SERVER_ERROR)


def wait_s(call: Call[Any], outcome: Outcome, *, attempt: int, retries: Retries, chance: float) -> float | None:
    """Return how long to wait before the next attempt; ``None``: there is none.

    Args:
        call: what was asked.
        outcome: what became of attempt ``attempt``, no yes.
        attempt: counted from 1.
        retries: the rules.
        chance: from 0 to below 1, so that clients that failed together do not come back together.
    """
    if not call.is_repeatable or attempt >= retries.attempts_max:
        return None
    backoff_s = min(retries.first_wait_s * float(2 ** (attempt - 1)), retries.wait_s_max) * (_HALF + _HALF * chance)
    if isinstance(outcome, Lost):
        return backoff_s
    if isinstance(outcome, Barred):
        return backoff_s if isinstance(outcome.error, UnavailableError) else None
    told_s = outcome.retry_after_s or 0
    if told_s > retries.retry_after_s_max:
        return None
    if outcome.status in _TEMPORARY or (outcome.status == HTTPStatus.TOO_MANY_REQUESTS and retries.waits_when_limited):
        return max(backoff_s, float(told_s))
    return None


def error_of(call: Call[Any], outcome: Outcome, *, attempts: int, in_doubt: bool) -> ApiError:
    """Return the error that a call ends in."""
    named = call.client_order_ids
    if isinstance(outcome, Barred):
        details = replace(outcome.error.details, is_in_doubt=in_doubt, attempts=attempts, client_order_ids=named)
        text = f"{outcome.error}; {_look(named)}" if in_doubt else str(outcome.error)
        return type(outcome.error)(text, details)
    if isinstance(outcome, Lost):
        fix = _look(named) if in_doubt else "check the address, and that the service runs"
        text = f"NO_ANSWER: {outcome.why}: {call.method} {call.target} attempts={attempts}; {fix}"
        details = Details(code="NO_ANSWER", fix=fix, is_in_doubt=in_doubt, attempts=attempts, client_order_ids=named)
        return UnavailableError(text, details)
    problem = _problem(outcome) or Problem(
        title="",
        status=outcome.status,
        code=f"HTTP_{outcome.status}",
        detail=f"HTTP_{outcome.status}: no problem document: {call.method} {call.target}",
        correlation_id="",
    )
    fixed = _look(named) if in_doubt else problem.fix
    details = Details(
        code=problem.code,
        status=outcome.status,
        field=problem.field,
        value=problem.value,
        limit=problem.limit,
        fix=fixed,
        correlation_id=problem.correlation_id or None,
        retry_after_s=outcome.retry_after_s,
        is_in_doubt=in_doubt,
        attempts=attempts,
        client_order_ids=named,
    )
    return class_of(outcome.status)(problem.detail if fixed is None else f"{problem.detail}; {fixed}", details)


def _look(named: tuple[str, ...]) -> str:
    if not named:
        return "it may have been done: look before asking again"
    return f"it may have been done: fetch_order_by_client_id tells; client_order_ids={','.join(named)}"


def _problem(answered: Answered) -> Problem | None:
    """What a proxy answers is none."""
    try:
        return msgspec.json.decode(answered.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
