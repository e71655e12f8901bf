"""A name with one wrong letter is answered with the right one, in files and in variables, at least 95 times of 100."""

import random
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import pytest
from tests.unit.settings.samples import KEYS

from fairlead.settings.catalog import SETTINGS
from fairlead.settings.layers import environment_layer, file_layer

RIGHT_MIN = 0.95
EACH = 12


def _mutations(key: str, *, draws: random.Random) -> Iterator[str]:
    """Names that differ from the key's in one letter: replaced, left out, added, or two exchanged."""
    section, _, name = key.partition(".")
    for number in range(EACH):
        at = draws.randrange(len(name))
        letter = draws.choice(ascii_lowercase)
        changed = (
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        )[number % 4]
        if changed and f"{section}.{changed}" not in SETTINGS:
            yield changed


def test_a_key_with_one_wrong_letter_is_recognized() -> None:
    draws = random.Random(20)
    right = {"file": 0, "variable": 0}
    tried = 0
    wrong = []

    for key in KEYS:
        section = SETTINGS[key].section
        for changed in _mutations(key, draws=draws):
            in_file = file_layer(f'[{section}]\n"{changed}" = 1\n', origin="f", file=Path("f")).problems[0].fix
            variable = f"FAIRLEAD_{section}__{changed}".upper()
            in_variable = environment_layer({variable: "1"}, folder=Path()).problems[0].fix
            tried += 1
            right["file"] += in_file == f"did you mean {key}?"
            right["variable"] += in_variable == f"did you mean {SETTINGS[key].variable}?"
            if in_file != f"did you mean {key}?":
                wrong.append(f"{section}.{changed}: {in_file}")

    assert tried > len(KEYS) * EACH // 2
    assert min(right.values()) / tried >= RIGHT_MIN, wrong


@pytest.mark.parametrize("section", {setting.section for setting in SETTINGS.values()})
def test_a_section_with_one_wrong_letter_is_recognized(section: str) -> None:
    for at in range(len(section)):
        changed = section[:at] + "q" + section[at + 1 :]
        problem = file_layer(f"[{changed}]\n", origin="f", file=Path("f")).problems[0]

        assert problem.fix == f"did you mean {section}?"
