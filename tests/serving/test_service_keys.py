"""Each process of a service has keys of its own: two sessions of one key would end each other."""

import itertools
from pathlib import Path

import pytest

from fairlead.adapters.serving import Purpose, find_key, make_keys
from fairlead.engine import keys
from fairlead.engine.server import EngineServer


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    """Return a data directory."""
    EngineServer(tmp_path, port=0).stop()
    return tmp_path


def test_every_process_has_its_own_keys_and_keeps_them(place: Path) -> None:
    wanted = list(itertools.product((0, 1, 2), Purpose))
    made = make_keys(place, wanted)
    assert len(set(made)) == len(made) == len(wanted)
    assert make_keys(place, wanted) == []
    found = {at: find_key(place, at[1], seat=at[0]) for at in wanted}
    assert list(found.values()) == made
    assert (found[0, Purpose.FRONT], found[2, Purpose.FRONT]) == ("frontend-1", "worker-2-frontend-1")


def test_a_process_that_was_never_meant_has_none(place: Path) -> None:
    assert make_keys(place, [(1, Purpose.BOOKS)]) == ["worker-1-books-1"]
    assert [find_key(place, Purpose.BOOKS, seat=seat) for seat in (0, 1, 2)] == [None, "worker-1-books-1", None]


def test_a_key_that_was_taken_back_stays_so(place: Path) -> None:
    make_keys(place, [(1, Purpose.FRONT)])
    keys.remove(place, "worker-1-frontend-1")
    assert find_key(place, Purpose.FRONT, seat=1) is None
    assert make_keys(place, [(1, Purpose.FRONT)]) == ["worker-1-frontend-2"]
