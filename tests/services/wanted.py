"""What a test that needs a server does where its program is missing: it is skipped, and fails where CI is set."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from tests.services.process import MissingError

_S = TypeVar("_S")


def started(make: Callable[[], _S]) -> _S:
    """Return a server that was made, or end the test with the line that installs it."""
    try:
        return make()
    except MissingError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI has every server: {error}", pytrace=False)
        pytest.skip(str(error))
