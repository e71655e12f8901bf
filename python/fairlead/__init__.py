"""An exchange in a Python package: a deterministic matching engine in Rust, used from typed Python."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead import aio
    from fairlead.client import Client
    from fairlead.engine import CommandReport, Exchange, ExecutionReport, GroupReport, Handle, __version__
    from fairlead.errors import (
        DataError,
        FairleadError,
        InternalError,
        LockedError,
        NotFoundError,
        OffGridError,
        UnavailableError,
        UsageError,
        WrongTypeError,
    )
    from fairlead.model.breaker import BreakerRules, DynamicCircuitBreaker, Luld, MarketWide
    from fairlead.model.instrument import Instrument
    from fairlead.model.triggers import Leg, Trigger
    from fairlead.sdk import ApiError, AsyncClient, RestClient

# Where each public name lives; it is imported when it is first used.
_HOMES = {
    "ApiError": "fairlead.sdk",
    "AsyncClient": "fairlead.sdk",
    "BreakerRules": "fairlead.model.breaker",
    "Client": "fairlead.client",
    "CommandReport": "fairlead.engine",
    "DataError": "fairlead.errors",
    "DynamicCircuitBreaker": "fairlead.model.breaker",
    "Exchange": "fairlead.engine",
    "ExecutionReport": "fairlead.engine",
    "FairleadError": "fairlead.errors",
    "GroupReport": "fairlead.engine",
    "Handle": "fairlead.engine",
    "Instrument": "fairlead.model.instrument",
    "InternalError": "fairlead.errors",
    "Leg": "fairlead.model.triggers",
    "LockedError": "fairlead.errors",
    "Luld": "fairlead.model.breaker",
    "MarketWide": "fairlead.model.breaker",
    "NotFoundError": "fairlead.errors",
    "OffGridError": "fairlead.errors",
    "RestClient": "fairlead.sdk",
    "Trigger": "fairlead.model.triggers",
    "UnavailableError": "fairlead.errors",
    "UsageError": "fairlead.errors",
    "WrongTypeError": "fairlead.errors",
    "__version__": "fairlead.engine",
    "aio": "fairlead.aio",
}

__all__ = [
    "ApiError",
    "AsyncClient",
    "BreakerRules",
    "Client",
    "CommandReport",
    "DataError",
    "DynamicCircuitBreaker",
    "Exchange",
    "ExecutionReport",
    "FairleadError",
    "GroupReport",
    "Handle",
    "Instrument",
    "InternalError",
    "Leg",
    "LockedError",
    "Luld",
    "MarketWide",
    "NotFoundError",
    "OffGridError",
    "RestClient",
    "Trigger",
    "UnavailableError",
    "UsageError",
    "WrongTypeError",
    "__version__",
    "aio",
]


def __getattr__(name: str) -> object:
    if name == "aio":
        return import_module("fairlead.aio")
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
