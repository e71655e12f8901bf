"""The names of ``fairlead`` for code that runs in an event loop."""

from fairlead.client.aio import Client

__all__ = ["Client"]
