"""Every setting does something: the program reads it, or refuses what it cannot do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import fairlead
from fairlead.bootstrap import NOT_YET
from fairlead.settings.sections import SECTIONS

_PROGRAM = Path(fairlead.__file__).parent
# Read under the name of what is made of it.
_MADE_OF = {"store.url": "store.driver_url"}
_KEYS = [f"{section}.{name}" for section, kind in SECTIONS.items() for name in kind.__struct_fields__]


def _read_in(text: str) -> Iterator[str]:
    """Yield ``section.key`` of what is read of ``settings.section``, or of a name like that of a section."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            match node.value:
                case ast.Name(id=owner) | ast.Attribute(attr=owner):
                    yield f"{owner}.{node.attr}"


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Return what is read as ``section.key`` outside the settings, by code and not in its comments."""
    texts = (path.read_text() for path in _PROGRAM.rglob("*.py") if "settings" not in path.relative_to(_PROGRAM).parts)
    return {word for text in texts if "ettings" in text for word in _read_in(text)}


@pytest.mark.parametrize("key", [key for key in _KEYS if key not in NOT_YET])
def test_a_setting_is_read(key: str, words: set[str]) -> None:
    assert _MADE_OF.get(key, key) in words, f"{key} has no effect: read it, or refuse it in fairlead.bootstrap.NOT_YET"


def test_what_is_refused_is_a_setting_and_refused_beside_its_default() -> None:
    for key, only in NOT_YET.items():
        section, _, name = key.partition(".")
        assert getattr(SECTIONS[section](), name) == only
