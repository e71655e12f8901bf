"""What the system says about a file, said as the rest of Fairlead says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairlead.errors import NotFoundError, UnavailableError

__all__ = ["told"]


@contextmanager
def told(what: str, path: Path) -> Iterator[None]:
    """Turn an error of the system into one that names what was tried, where, and why not.

    Raises:
        NotFoundError: a file or folder is not there.
        UnavailableError: it cannot be used.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(f"cannot {what}: path={error.filename or path} why={error.strerror}") from None
    except OSError as error:
        raise UnavailableError(f"cannot {what}: path={error.filename or path} why={error.strerror}") from None
