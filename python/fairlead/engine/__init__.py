"""The typed face of the compiled core: the exchange, its handles, and the book that folds recordings."""

from fairlead._core import CommandReport, ExecutionReport, Handle, L3Book, __version__
from fairlead.engine.exchange import Exchange

__all__ = ["CommandReport", "Exchange", "ExecutionReport", "Handle", "L3Book", "__version__"]
