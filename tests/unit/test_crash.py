"""A crash like that of 2010-05-06, on the engine, under the default rules."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairlead.cli import app
from fairlead.model import events as ev
from fairlead.services.crash import CRASH_S, Crash, crash


@pytest.fixture(scope="module")
def played() -> Crash:
    """Return one crash that the tests look at."""
    return crash(seed=1)


def test_the_crash_runs_into_the_band_halts_once_and_reopens(played: Crash) -> None:
    states = [state for _, state in played.transitions]
    assert states == ["halted", "volatility_auction", "cooling", "continuous"]
    halted, called, reopened, normal = (at for at, _ in played.transitions)
    assert CRASH_S < halted < CRASH_S + 60
    assert called - halted == pytest.approx(240, abs=0.2)
    assert 60 <= reopened - called <= 90.2
    assert normal - reopened == pytest.approx(60, abs=0.2)


def test_nothing_prints_outside_the_band_it_broke(played: Crash) -> None:
    broken = [event for event in played.events if isinstance(event, ev.BandBroken)]

    assert len(broken) == 1
    before = [event.price for event in played.events if isinstance(event, ev.Trade) and event.seq <= broken[0].seq]
    assert broken[0].price < broken[0].low <= min(before)
    assert played.count(ev.OrderTriggered) > 10


def test_the_same_seed_gives_the_same_crash(played: Crash) -> None:
    assert crash(seed=1).events == played.events


def test_the_command_draws_it(tmp_path: Path) -> None:
    picture = tmp_path / "crash.png"

    done = CliRunner().invoke(app, ["crash", "--plot", str(picture)])

    assert done.exit_code == 0
    assert "did not print" in done.stdout
    assert picture.stat().st_size > 10_000
    assert CliRunner().invoke(app, ["crash", "--plot", str(tmp_path / "crash.gif")]).exit_code == 2
