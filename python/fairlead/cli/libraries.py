"""What a command says where the libraries of the service are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from fairlead.errors import UnavailableError

__all__ = ["service_libraries"]


@contextmanager
def service_libraries() -> Iterator[None]:
    """Import in here what needs them.

    Raises:
        UnavailableError: one is missing; which, and what installs it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "fairlead":
            raise
        raise UnavailableError(
            f"the libraries of the service are not installed: missing={error.name}; pip install 'fairlead[serve]'"
        ) from None
