"""The causal trace of an order: exactly what a scenario says, and as a command."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairlead.cli import app
from fairlead.domain.explain import explain
from fairlead.services.scenario import play

FOLDER = Path(__file__).parents[2] / "vectors"
EXPLAINED = [path for path in sorted(FOLDER.rglob("*.vec")) if "< explains " in path.read_text(encoding="utf-8")]
SWEPT = FOLDER / "bands" / "a_triggered_order_stops_at_the_band.vec"


def test_there_are_traces_to_check() -> None:
    assert SWEPT in EXPLAINED


@pytest.mark.parametrize("path", EXPLAINED, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_trace_names_exactly_what_its_scenario_says(path: Path) -> None:
    played = play(path.read_text(encoding="utf-8"))

    for wanted in played.explains:
        events = [event for event in played.events if event.seq <= wanted.seq]
        trace = explain(events, wanted.order_id, names=played.names)

        assert trace is not None
        assert (trace.orders, trace.trades) == (wanted.orders, wanted.trades), f"line {wanted.line}"


def test_an_order_that_never_was_has_no_trace() -> None:
    assert explain([], 1) is None


def test_the_command_tells_what_triggered_an_order_and_what_stopped_it() -> None:
    played = play(SWEPT.read_text(encoding="utf-8"))
    wanted = played.explains[0]

    done = CliRunner().invoke(app, ["explain", played.names[wanted.order_id], str(SWEPT), "--json"])
    told = json.loads(done.stdout)

    assert done.exit_code == 0
    assert {entry["order_id"] for entry in told["orders"]} == wanted.orders
    assert set(told["trades"]) == wanted.trades
    kinds = [step["event"] for step in told["steps"]]
    assert kinds.index("OrderTriggered") < kinds.index("BandBroken")
    assert all(step["text"] and step["seq"] > 0 for step in told["steps"])


def test_the_text_names_the_command_behind_each_step() -> None:
    done = CliRunner().invoke(app, ["explain", "#1", str(SWEPT)])

    assert done.exit_code == 0
    assert "> new" in done.stdout
    assert "accepted: " in done.stdout


def test_what_does_not_exist_is_not_found(tmp_path: Path) -> None:
    nothing = CliRunner().invoke(app, ["explain", "A", str(tmp_path / "no.vec")])
    nobody = CliRunner().invoke(app, ["explain", "nobody", str(SWEPT)])

    assert (type(nothing.exception).__name__, type(nobody.exception).__name__) == ("NotFoundError", "NotFoundError")
    assert "accepted were" in str(nobody.exception)


def test_a_scenario_that_does_not_hold_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.vec"
    path.write_text("instrument ABC tick=0.01 lot=1\n> new A sell 5 @ 100.00\n< accepted B\n", encoding="utf-8")

    done = CliRunner().invoke(app, ["explain", "A", str(path)])

    assert type(done.exception).__name__ == "ScenarioError"
    assert "line 3" in str(done.exception)
