"""What a call of the service ends in instead of an answer: one class for each thing a program does about it.

::

    ApiError                       (FairleadError)      the service did not say yes
    ├── ValidationError            (UsageError)         400, 405, 413, 415: the request cannot be meant; correct it
    ├── AuthenticationError                             401: log in, or look at the key
    ├── AuthorizationError                              403: it is not the caller's, or needs another right
    ├── NotFoundError              (NotFoundError)      404: there is no such thing, or it is somebody else's
    ├── ConflictError                                   409: it contradicts what is there
    ├── RejectedError                                   422: the exchange refuses it; ``code`` is its reason
    ├── RateLimitedError                                429: ``retry_after_s`` says how long to wait
    ├── UnavailableError           (UnavailableError)   502 to 504, or no answer came
    └── ServiceFaultError                               500, or an answer that is none
"""

from dataclasses import dataclass

from fairlead import errors

__all__ = [
    "ApiError",
    "AuthenticationError",
    "AuthorizationError",
    "ConflictError",
    "NotFoundError",
    "RateLimitedError",
    "RejectedError",
    "ServiceFaultError",
    "UnavailableError",
    "ValidationError",
    "class_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a refusal.

    Attributes:
        code: what kind, for programs.
        status: of HTTP; 0: no answer came.
        field: the part of the request that is wrong.
        value: its value.
        limit: what it is measured by.
        fix: what to do.
        correlation_id: by which who runs the service finds the request.
        retry_after_s: seconds after which it may be asked again, where the service says it.
        is_in_doubt: whether what was asked may have been done all the same.
        attempts: how often it was sent.
        client_order_ids: of the orders that were asked for: what to look for where it is in doubt.
    """

    code: str
    status: int = 0
    field: str | None = None
    value: str | None = None
    limit: str | None = None
    fix: str | None = None
    correlation_id: str | None = None
    retry_after_s: int | None = None
    is_in_doubt: bool = False
    attempts: int = 1
    client_order_ids: tuple[str, ...] = ()


class ApiError(errors.FairleadError):
    """The service did not say yes. Every attribute of ``Details`` is one of the error.

    Args:
        text: what is wrong, for people.
        details: the same, for programs.
    """

    def __init__(self, text: str, details: Details) -> None:
        super().__init__(text)
        self.details = details
        self.code = details.code
        self.status = details.status
        self.field = details.field
        self.value = details.value
        self.limit = details.limit
        self.fix = details.fix
        self.correlation_id = details.correlation_id
        self.retry_after_s = details.retry_after_s
        self.is_in_doubt = details.is_in_doubt
        self.attempts = details.attempts
        self.client_order_ids = details.client_order_ids


class ValidationError(ApiError, errors.UsageError):
    """The request cannot be meant: nothing happened, and nothing will however often it is sent."""


class AuthenticationError(ApiError):
    """Nobody is known by this e-mail address and password, or by this key."""


class AuthorizationError(ApiError):
    """The caller may not do this."""


class NotFoundError(ApiError, errors.NotFoundError):
    """There is no such thing, or it is somebody else's."""


class ConflictError(ApiError):
    """It contradicts what is there, such as a client order id that another request has."""


class RejectedError(ApiError):
    """The exchange refuses it: ``code`` is the reason, ``value`` is measured by ``limit``."""

    @property
    def reason(self) -> str:
        """The reason of the exchange."""
        return self.code


class RateLimitedError(ApiError):
    """Too many requests: nothing happened; ``retry_after_s`` says how long to wait."""


class UnavailableError(ApiError, errors.UnavailableError):
    """No answer came, or one that says to come again: ``is_in_doubt`` says whether it may have been done."""


class ServiceFaultError(ApiError):
    """A fault of the service, or an answer that cannot be read; ``is_in_doubt`` for everything that writes."""


_CLASSES: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    409: ConflictError,
    422: RejectedError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
_REQUEST = range(400, 500)


def class_of(status: int) -> type[ApiError]:
    """Return the class of the error that an answer with this status is."""
    return _CLASSES.get(status, ValidationError if status in _REQUEST else ServiceFaultError)
