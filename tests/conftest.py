"""Real servers, one of each for a run, started by the first test that needs one.

A server whose program is not installed skips its tests, with the line that installs it; where ``CI`` is set it fails
them. ``FAIRLEAD_TEST_POSTGRES`` names a database that takes the place of the server started here.
"""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import pytest
from tests.services.postgres import Postgres
from tests.services.process import MissingError
from tests.services.redis_server import RedisServer

if TYPE_CHECKING:
    from tests.services.kafka import Kafka

_S = TypeVar("_S")


def _started(make: Callable[[], _S]) -> _S:
    try:
        return make()
    except MissingError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI has every server: {error}", pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the URL of a database that tests may empty."""
    given = os.environ.get("FAIRLEAD_TEST_POSTGRES")
    if given is not None:
        yield given
        return
    server = _started(Postgres)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Yield a server that tests may empty and kill; who kills it starts it again."""
    server = _started(RedisServer)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka() -> Iterator["Kafka"]:
    """Yield a broker; who kills it starts it again."""
    # Most runs need no broker and no library of one.
    from tests.services.kafka import Kafka

    server = _started(Kafka)
    yield server
    server.stop()
