"""Each process of a service has keys of its own: two sessions of one key would end each other."""

from pathlib import Path

from fairlead.adapters.serving import Purpose, find_key, service_key
from fairlead.engine import keys
from fairlead.engine.server import EngineServer


def test_every_process_has_its_own_keys_and_keeps_them(tmp_path: Path) -> None:
    with EngineServer(tmp_path, port=0) as server:
        made = {
            (seat, purpose): service_key(server, tmp_path, purpose, seat=seat)
            for seat in (0, 1, 2)
            for purpose in Purpose
        }
        assert len(set(made.values())) == 3 * len(Purpose)
        again = {(seat, purpose): service_key(server, tmp_path, purpose, seat=seat) for seat, purpose in made}
        assert again == made
        assert {at: find_key(tmp_path, at[1], seat=at[0]) for at in made} == made
    assert made[0, Purpose.FRONT] == "frontend-1"
    assert made[2, Purpose.FRONT] == "worker-2-frontend-1"


def test_a_process_that_was_never_meant_has_none(tmp_path: Path) -> None:
    with EngineServer(tmp_path, port=0) as server:
        service_key(server, tmp_path, Purpose.BOOKS, seat=1)
        assert [find_key(tmp_path, Purpose.BOOKS, seat=seat) for seat in (0, 1, 2)] == [None, "worker-1-books-1", None]


def test_a_key_that_was_taken_back_stays_so(tmp_path: Path) -> None:
    with EngineServer(tmp_path, port=0) as server:
        first = service_key(server, tmp_path, Purpose.FRONT, seat=1)
        keys.remove(tmp_path, first)
        assert find_key(tmp_path, Purpose.FRONT, seat=1) is None
        assert service_key(server, tmp_path, Purpose.FRONT, seat=1) == "worker-1-frontend-2"
