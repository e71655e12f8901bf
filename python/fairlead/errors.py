"""Every exception Fairlead raises on purpose.

A business "no" is never one of these: an order that is refused comes back as a report with a reason.

::

    FairleadError
    ├── UsageError            (ValueError)   the call itself cannot be meant
    │   ├── WrongTypeError    (TypeError)    an argument of a Python type the call does not take
    │   ├── OffGridError                     a float that is not exactly a value of the grid
    │   └── MisfitError                      a number that its instrument cannot hold
    ├── NotFoundError         (LookupError)  a question about a name or an id that does not exist
    │   ├── UnknownSymbolError               of an instrument
    │   └── UnknownAccountError              of an account
    ├── DataError                            a file or a buffer that is not what it says it is
    │   ├── settings.SettingsError           a configuration that cannot be used
    │   └── wire.WireError                   bytes that are no message of the binary protocol
    ├── UnavailableError                     something that is needed is not there, timed out or has a newer format
    ├── LockedError                          another process has it
    └── InternalError                        a fault of Fairlead itself; the object it came from is poisoned
"""

__all__ = [
    "DataError",
    "FairleadError",
    "InternalError",
    "LockedError",
    "MisfitError",
    "NotFoundError",
    "OffGridError",
    "UnavailableError",
    "UnknownAccountError",
    "UnknownSymbolError",
    "UsageError",
    "WrongTypeError",
]


class FairleadError(Exception):
    """The root: catches everything Fairlead raises on purpose."""


class UsageError(FairleadError, ValueError):
    """The call itself cannot be meant: arguments that contradict each other or lie outside their range."""


class WrongTypeError(UsageError, TypeError):
    """An argument has a Python type the call does not take."""


class OffGridError(UsageError):
    """A float is not exactly a value of the grid; the message names the two nearest values that are."""


class MisfitError(UsageError):
    """A number is not one that its instrument can hold.

    Attributes:
        code: what is too much of it.
        field: which number, as the call names it.
        value: what was given, as text.
        limit: what the instrument has.
        fix: what to do.
    """

    def __init__(self, code: str, *, field: str, value: str, symbol: str, limit: str, fix: str) -> None:
        super().__init__(f"{code}: {field}={value} symbol={symbol} limit={limit}: {fix}")
        self.code, self.field, self.value, self.limit, self.fix = code, field, value, limit, fix


class NotFoundError(FairleadError, LookupError):
    """A question names an account, an instrument, an asset or an order that does not exist."""


class UnknownSymbolError(NotFoundError):
    """There is no instrument of that name.

    Attributes:
        field: ``symbol``.
        value: the name.
    """

    def __init__(self, detail: str, *, symbol: str) -> None:
        super().__init__(detail)
        self.field, self.value = "symbol", symbol


class UnknownAccountError(NotFoundError):
    """There is no account of that number.

    Attributes:
        field: ``account``.
        value: the number.
    """

    def __init__(self, account: int) -> None:
        super().__init__(f"no such account: account={account}")
        self.field, self.value = "account", str(account)


class DataError(FairleadError):
    """A file or a buffer is not what it says it is; the message names the row or the byte."""


class UnavailableError(FairleadError):
    """Something that is needed is not there, failed, timed out, or was written by a newer version."""


class LockedError(FairleadError):
    """Another process has the data directory open."""


class InternalError(FairleadError):
    """Fairlead broke one of its own rules. The object is poisoned: every later call on it raises this again."""
