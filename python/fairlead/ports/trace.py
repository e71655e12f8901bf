"""Which request the code at hand works for, so that a line of a log can say it."""

from contextvars import ContextVar
from typing import Final

__all__ = ["correlation"]

# Set where a request comes in; what is started for it inherits it.
correlation: Final[ContextVar[str | None]] = ContextVar("fairlead_correlation", default=None)
