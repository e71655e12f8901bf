"""The typed face of the compiled core: exchange, handles, what folds and watches recordings, the demo market."""

from fairlead._core import (
    BreakerWatch,
    CommandReport,
    DemoMarket,
    ExecutionReport,
    GroupReport,
    Handle,
    L3Book,
    __version__,
)
from fairlead.engine.exchange import Exchange

__all__ = [
    "BreakerWatch",
    "CommandReport",
    "DemoMarket",
    "Exchange",
    "ExecutionReport",
    "GroupReport",
    "Handle",
    "L3Book",
    "__version__",
]
