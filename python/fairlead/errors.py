"""Every exception Fairlead raises on purpose.

A business "no" is never one of these: an order that is refused comes back as a report with a reason.

::

    FairleadError
    ├── UsageError            (ValueError)   the call itself cannot be meant
    │   ├── WrongTypeError    (TypeError)    an argument of a Python type the call does not take
    │   └── OffGridError                     a float that is not exactly a value of the grid
    ├── NotFoundError         (LookupError)  a question about a name or an id that does not exist
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
    "NotFoundError",
    "OffGridError",
    "UnavailableError",
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


class NotFoundError(FairleadError, LookupError):
    """A question names an account, an instrument, an asset or an order that does not exist."""


class DataError(FairleadError):
    """A file or a buffer is not what it says it is; the message names the row or the byte."""


class UnavailableError(FairleadError):
    """Something that is needed is not there, failed, timed out, or was written by a newer version."""


class LockedError(FairleadError):
    """Another process has the data directory open."""


class InternalError(FairleadError):
    """Fairlead broke one of its own rules. The object is poisoned: every later call on it raises this again."""
