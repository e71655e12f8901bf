"""The typed facade of the compiled core; the only importer of ``fairlead._core``."""

from fairlead._core import __version__

__all__ = ["__version__"]
