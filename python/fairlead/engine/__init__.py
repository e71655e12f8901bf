"""The typed face of the compiled core: the exchange, its handles, and the book that folds recordings."""

from fairlead._core import L3Book, __version__

__all__ = ["L3Book", "__version__"]
