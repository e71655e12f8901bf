"""What is wrong with a request before it is sent to the exchange, what the exchange refuses, and what is in doubt."""

from fairlead.domain.trading.refusals import Kind
from fairlead.errors import FairleadError, UnavailableError, UsageError

__all__ = ["InDoubtError", "RefusedError", "RequestError"]


class RequestError(UsageError):
    """A request that cannot be meant.

    Attributes:
        code: which rule it breaks.
        field: which field, as the API names it.
        value: what was given; ``None`` where it is missing.
        limit: what it was measured against, as text.
        fix: what to do, a sentence for a person.
    """

    def __init__(self, code: str, *, field: str, value: object, limit: str, fix: str) -> None:
        super().__init__(f"{code}: field={field} value={value} limit={limit}: {fix}")
        self.code, self.field, self.value, self.limit, self.fix = code, field, value, limit, fix

    def renamed(self, field: str) -> "RequestError":
        """Return the same of a request that names the field otherwise."""
        return RequestError(self.code, field=field, value=self.value, limit=self.limit, fix=self.fix)


class RefusedError(FairleadError):
    """The exchange said no, and nothing was done.

    Attributes:
        code: why, the name of the exchange's reason.
        kind: what sort of no.
        detail: what was refused, with its ids, and why.
        field: which field is at fault; ``None``: none alone.
        value: what was offered, as text; ``None``: nothing was measured.
        limit: what it was measured against.
        fix: what to do.
        wait_ns: how long to wait before it is sent again; 0: that does not help.
    """

    def __init__(
        self,
        code: str,
        *,
        kind: Kind,
        detail: str,
        fix: str,
        field: str | None = None,
        value: str | None = None,
        limit: str | None = None,
        wait_ns: int = 0,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.kind, self.detail, self.fix = code, kind, detail, fix
        self.field, self.value, self.limit, self.wait_ns = field, value, limit, wait_ns


class InDoubtError(UnavailableError):
    """The exchange did not answer in time: what was asked for may be done or not.

    Attributes:
        fix: how to learn what became of it.
    """

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(f"the outcome is in doubt: {what}")
        self.fix = fix
