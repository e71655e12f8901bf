"""The typed face of the compiled core: exchange, handles, the book that folds recordings, the demo market."""

from fairlead._core import CommandReport, DemoMarket, ExecutionReport, Handle, L3Book, __version__
from fairlead.engine.exchange import Exchange

__all__ = ["CommandReport", "DemoMarket", "Exchange", "ExecutionReport", "Handle", "L3Book", "__version__"]
