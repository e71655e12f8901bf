"""What access answers instead of a yes; each says a code, and none says a secret.

::

    AccessError (FairleadError)
    ├── ValidationError        the request itself is wrong; names the field, the limit and the fix
    ├── AuthenticationError    who asks is not known; one text for every cause, the cause is for the log only
    │   └── LockedOutError     too many attempts; says when to come back
    ├── AuthorizationError     who asks is known and may not
    ├── ConflictError          it contradicts what is there
    └── WeakSecretError        a key or secret of the service that must not be used; it does not start
"""

from typing import ClassVar, Final

from fairlead.errors import DataError, FairleadError

__all__ = [
    "AccessError",
    "AuthenticationError",
    "AuthorizationError",
    "ConflictError",
    "LockedOutError",
    "ValidationError",
    "WeakSecretError",
]

_NS_PER_S: Final = 1_000_000_000


class AccessError(FairleadError):
    """The root. Its text is ``CODE: what is wrong``."""

    code: ClassVar[str] = "ACCESS_ERROR"

    def __init__(self, detail: str) -> None:
        super().__init__(f"{self.code}: {detail}")
        self.detail = detail


class ValidationError(AccessError):
    """A field of a request is missing or breaks a rule.

    Args:
        detail: what is wrong and how to put it right; never the value of a secret.
        field: the name of the field, or of several with commas between.
        limit: what it is measured by, where there is a limit.
    """

    code = "VALIDATION_ERROR"

    def __init__(self, detail: str, *, field: str, limit: str | None = None) -> None:
        super().__init__(detail)
        self.field = field
        self.limit = limit


class AuthenticationError(AccessError):
    """Who asks is not known.

    Args:
        detail: the same for every cause that an attacker could tell apart.
        cause: which cause it was, for the log. It names no secret and is not part of the text.
    """

    code = "AUTHENTICATION_ERROR"

    def __init__(self, detail: str, *, cause: str) -> None:
        super().__init__(detail)
        self.cause = cause


class LockedOutError(AuthenticationError):
    """Too many attempts for one e-mail address, whether it belongs to anybody or not.

    Args:
        retry_after_s: seconds until the next attempt counts, at least 1.
    """

    code = "TOO_MANY_ATTEMPTS"

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"too many attempts: retry_after_s={retry_after_s}", cause="locked")
        self.retry_after_s = retry_after_s

    @classmethod
    def until(cls, locked_until_ns: int, *, now_ns: int) -> "LockedOutError":
        """Return the error for a lock that ends at ``locked_until_ns``."""
        return cls(retry_after_s=max(1, -((now_ns - locked_until_ns) // _NS_PER_S)))


class AuthorizationError(AccessError):
    """Who asks is known and may not do this."""

    code = "AUTHORIZATION_ERROR"


class ConflictError(AccessError):
    """The request contradicts what is there already."""

    code = "CONFLICT_ERROR"


class WeakSecretError(AccessError, DataError):
    """A key or secret of the service is missing, known, too short or readable by others: it does not start."""

    code = "WEAK_SECRET"
