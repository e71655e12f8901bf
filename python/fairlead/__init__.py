"""An exchange in a Python package: a deterministic matching engine in Rust, used from typed Python."""

from fairlead.engine import __version__

__all__ = ["__version__"]
