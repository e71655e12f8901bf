"""An exchange in a Python package: a deterministic matching engine in Rust, used from typed Python."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.engine import CommandReport, Exchange, ExecutionReport, Handle, __version__
    from fairlead.errors import (
        DataError,
        FairleadError,
        InternalError,
        NotFoundError,
        OffGridError,
        UsageError,
        WrongTypeError,
    )
    from fairlead.model.instrument import Instrument

# Where each public name lives; it is imported when it is first used.
_HOMES = {
    "CommandReport": "fairlead.engine",
    "DataError": "fairlead.errors",
    "Exchange": "fairlead.engine",
    "ExecutionReport": "fairlead.engine",
    "FairleadError": "fairlead.errors",
    "Handle": "fairlead.engine",
    "Instrument": "fairlead.model.instrument",
    "InternalError": "fairlead.errors",
    "NotFoundError": "fairlead.errors",
    "OffGridError": "fairlead.errors",
    "UsageError": "fairlead.errors",
    "WrongTypeError": "fairlead.errors",
    "__version__": "fairlead.engine",
}

__all__ = [
    "CommandReport",
    "DataError",
    "Exchange",
    "ExecutionReport",
    "FairleadError",
    "Handle",
    "Instrument",
    "InternalError",
    "NotFoundError",
    "OffGridError",
    "UsageError",
    "WrongTypeError",
    "__version__",
]


def __getattr__(name: str) -> object:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
