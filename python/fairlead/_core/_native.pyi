"""The contract of the compiled module: what Rust exports and with which types."""

__version__: str
