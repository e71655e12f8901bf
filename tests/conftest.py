"""Real servers, one of each for a run, started by the first test that needs one.

A server whose program is not installed skips its tests, with the line that installs it; where ``CI`` is set it fails
them. ``FAIRLEAD_TEST_POSTGRES`` names a database that takes the place of the server started here.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.services.postgres import Postgres
from tests.services.redis_server import RedisServer
from tests.services.wanted import started

if TYPE_CHECKING:
    from tests.services.kafka import Kafka


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the URL of a database that tests may empty."""
    given = os.environ.get("FAIRLEAD_TEST_POSTGRES")
    if given is not None:
        yield given
        return
    server = started(Postgres)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Yield a server that tests may empty and kill; who kills it starts it again."""
    server = started(RedisServer)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka() -> Iterator["Kafka"]:
    """Yield a broker; who kills it starts it again."""
    # Most runs need no broker and no library of one.
    from tests.services.kafka import Kafka

    server = started(Kafka)
    yield server
    server.stop()
