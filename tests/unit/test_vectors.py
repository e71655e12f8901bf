"""Every scenario file of the project, through ``fairlead.Exchange``."""

from pathlib import Path

import pytest

from fairlead.services.scenario import ScenarioError, play
from fairlead.services.scenario.line import Line

FOLDER = Path(__file__).parents[2] / "vectors"
FILES = sorted(FOLDER.rglob("*.vec"))


def test_there_are_scenarios() -> None:
    assert len(FILES) >= 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_scenario_holds(path: Path) -> None:
    play(path.read_text(encoding="utf-8"))


GOOD = """instrument ABC tick=0.01 lot=1
> new A sell 5 @ 100.00
> new T buy 3 @ 100.00
< accepted T
< trade A T 3 @ 100.00 left=2,0
< asks 100.00 A:2
"""


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("trade A T 3", "trade A T 4", "found: trade A T 3"),
        ("left=2,0", "left=1,0", "found: trade"),
        ("A:2", "A:3", "found: 100.00 A:2"),
        ("< trade A T 3 @ 100.00 left=2,0\n", "", "not expected above"),
        ("buy 3 @ 100.00", "buy 0 @ 100.00", "found: rejected T"),
        ("< accepted T\n< trade A T 3 @ 100.00 left=2,0\n", "", ""),
    ],
)
def test_a_scenario_that_does_not_hold_fails(right: str, wrong: str, what: str) -> None:
    play(GOOD)
    changed = GOOD.replace(right, wrong)

    if what:
        with pytest.raises(ScenarioError, match=what):
            play(changed)
    else:
        play(changed)


def test_an_expectation_names_words_and_any_of_the_options() -> None:
    rendered = Line.read("trade A B 4 @ 100.00 fees=0,1 left=6,0")

    assert Line.read("trade A B 4 @ 100.00 left=6,0").holds_for(rendered)
    assert not Line.read("trade A B 4 @ 100.00 left=5,0").holds_for(rendered)
    assert not Line.read("trade A B 4 @ 100.00 auction").holds_for(rendered)
