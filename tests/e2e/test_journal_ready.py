"""``/ready`` of a running service names its log: without a segment to go on into no order would be taken."""

from pathlib import Path

from tests.e2e.crews import eventually
from tests.e2e.test_serve import Service


def _parts(service: Service) -> tuple[int, dict[str, bool]]:
    answer = service.http.get("/ready")
    return answer.status_code, {part["name"]: part["isReady"] for part in answer.json()["parts"]}


def test_a_log_without_a_segment_to_go_on_into_is_not_ready(tmp_path: Path) -> None:
    directory, aside = tmp_path / "venue", tmp_path / "aside"
    aside.mkdir()
    # Each 503 is logged: a pipe that nobody reads would be full.
    with Service(directory, "--set", f"log.file={tmp_path / 'log'}") as service:
        status, all_there = _parts(service)
        assert (status, set(all_there.values())) == (200, {True})
        spares = list(directory.glob("spare-*.seg"))
        assert spares
        for spare in spares:
            spare.rename(aside / spare.name)
        eventually(lambda: _parts(service) == (503, all_there | {"journal": False}))

        for spare in spares:
            (aside / spare.name).rename(spare)
        eventually(lambda: _parts(service) == (200, all_there))
