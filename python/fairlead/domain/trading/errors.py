"""What is wrong with a request before it is sent to the exchange."""

from fairlead.errors import UsageError

__all__ = ["RequestError"]


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
