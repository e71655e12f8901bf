"""Servers of a configuration: each that is away or cannot be used is named with its remedy."""

from dataclasses import dataclass

import pytest
from tests.unit.doctor.machines import examined

from fairlead.cli.doctor_servers import servers_of
from fairlead.errors import UnavailableError
from fairlead.ports.servers import ServerLook
from fairlead.services.doctor import Fault, Finding, Status
from fairlead.settings import load


@dataclass(frozen=True)
class FakeServer:
    """Answers with what it is given."""

    found: ServerLook | Exception
    name: str = "PostgreSQL"
    key: str = "store.url"
    limit: str = "answers"

    def look(self) -> ServerLook:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def _found(found: ServerLook | Exception) -> list[Finding]:
    return [one for one in examined(servers=[FakeServer(found)]) if one.check == "PostgreSQL"]


def test_a_server_that_answers_is_told_with_its_version() -> None:
    (found,) = _found(ServerLook(about="15.6 at db:5432"))
    assert (found.status, found.seen, found.limit) == (Status.OK, "15.6 at db:5432", "answers")


@pytest.mark.parametrize(
    ("found", "seen", "remedy"),
    [
        (UnavailableError("at db:5432: refused"), "at db:5432: refused", "start it, or mend store.url"),
        (ServerLook(about="9.6 at db:5432", obstacle="it is too old"), "9.6 at db:5432: it is too old", "another"),
    ],
)
def test_a_server_that_is_away_or_unusable_is_named_with_its_remedy(
    found: ServerLook | Exception, seen: str, remedy: str
) -> None:
    (one,) = _found(found)
    assert (one.status, one.fault, one.seen) == (Status.FAIL, Fault.UNAVAILABLE, seen)
    assert remedy in one.remedy


def test_a_missing_library_is_said_once_and_not_here() -> None:
    assert _found(ModuleNotFoundError("no psycopg", name="psycopg")) == []


def test_only_servers_that_are_configured_are_asked() -> None:
    assert list(servers_of(load(environment={"HOME": "/srv"}).settings)) == []
    values = {
        "store.url": "postgresql://fairlead@db/desk",
        "bus.kind": "kafka",
        "bus.servers": "kafka:9092",
        "cache.kind": "redis",
        "cache.url": "redis://cache",
    }
    variables = {"HOME": "/srv"} | {
        f"FAIRLEAD_{key.upper().replace('.', '__')}": value for key, value in values.items()
    }
    named = list(servers_of(load(environment=variables).settings))
    assert [one.name for one in named] == ["PostgreSQL", "Kafka", "Redis"]
