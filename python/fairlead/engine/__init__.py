"""The typed face of the compiled core: the exchange, its handles, and the book that folds recordings."""

from fairlead._core import L3Book
from fairlead._core import __version__ as core_version

__all__ = ["L3Book", "core_version"]
