"""The contract of the compiled module: what Rust exports and with which types."""

__all__ = ["__version__"]

__version__: str
