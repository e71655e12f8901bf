"""What is wrong with a request for money, what the exchange refuses of it, and what nobody knows yet."""

from fairlead.errors import FairleadError, UnavailableError, UsageError

__all__ = ["FundsInDoubtError", "FundsRefusedError", "FundsValueError"]


class FundsValueError(UsageError):
    """A field of a request cannot be meant.

    Args:
        detail: what is wrong and how to put it right.
        field: which field.
        value: what was given, cut to a length that can be shown.
        limit: what it is measured by.
    """

    def __init__(self, detail: str, *, field: str, value: str, limit: str) -> None:
        super().__init__(f"{detail}: {field}={value[:64]} limit={limit}")
        self.field, self.value, self.limit = field, value[:64], limit


class FundsRefusedError(FairleadError):
    """The exchange said no; no money moved, and the request waits as before.

    Args:
        request_id: which request.
        reason: the name of the exchange's reason.
        value: what was needed, in the asset.
        limit: what there is.
    """

    def __init__(self, request_id: str, *, reason: str, value: str, limit: str) -> None:
        super().__init__(f"the exchange refused: id={request_id} reason={reason} value={value} limit={limit}")
        self.request_id, self.reason, self.value, self.limit = request_id, reason, value, limit


class FundsInDoubtError(UnavailableError):
    """The money of a request may have moved or not; it is never moved a second time to find out.

    Args:
        request_id: which request.
    """

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"in doubt whether the money moved: id={request_id}; it stays CONFIRMING and is not sent again; "
            "confirm again to look in the log, or start the service again, which always decides it"
        )
        self.request_id = request_id
