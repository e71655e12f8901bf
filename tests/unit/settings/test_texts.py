"""What is written about the configuration: schema, first file, shown values, reference page."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.settings.samples import KEYS, as_file, beside, samples

from fairlead.domain.access.secret import Secret
from fairlead.settings import load
from fairlead.settings.catalog import SETTINGS, Kind
from fairlead.settings.render import as_object, as_toml, commented_file, toml_value
from fairlead.settings.schema import schema
from fairlead.settings.secret import is_hidden
from fairlead.settings.sections import SECTIONS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "configuration.md"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def _switched_on(text: str) -> str:
    """A file with every setting taken out of its comment; comments have a space after the ``#``, settings none."""
    return re.sub(r"^#(?=[a-z])", "", text, flags=re.MULTILINE)


def test_the_schema_is_one_and_takes_what_init_writes_as_it_is_and_switched_on() -> None:
    text = commented_file(schema_file="fairlead.schema.json")

    jsonschema.Draft202012Validator.check_schema(schema())
    assert text.splitlines()[0] == "#:schema fairlead.schema.json"
    assert tomllib.loads(text) == {section: {} for section in SECTIONS}
    everything = tomllib.loads(_switched_on(text))
    assert sum(len(table) for table in everything.values()) == len(SETTINGS)
    for document in (tomllib.loads(text), everything):
        assert list(VALIDATOR.iter_errors(document)) == []


def test_the_first_file_switched_on_says_what_the_defaults_say(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text(_switched_on(commented_file(schema_file="s")))

    written = load(environment={"HOME": str(tmp_path)}, folder=tmp_path)
    default = load(environment={"HOME": str(tmp_path)}, folder=tmp_path / "elsewhere")

    assert written.settings == default.settings
    assert set(written.origins.values()) == {"fairlead.toml"}


@pytest.mark.parametrize("key", KEYS)
def test_schema_and_program_take_and_refuse_the_same(key: str) -> None:
    setting = SETTINGS[key]

    def errors(value: Any) -> list[Any]:
        return list(VALIDATOR.iter_errors({setting.section: {setting.name: value}}))

    for value in samples(setting):
        assert errors(value) == []
    for value in ({}, None, 1.5, [[]]):
        assert errors(value)
    if setting.kind is Kind.NUMBER:
        meta = setting.check.__metadata__[0]
        for number in (meta.ge - 1, meta.le + 1):
            assert errors(number)
    assert list(VALIDATOR.iter_errors({setting.section: {setting.name + "x": 1}}))


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shown_is_read_again_as_the_same(key: str, tmp_path: Path) -> None:
    values = dict(beside(key)) | {key: samples(SETTINGS[key])[0]}
    (tmp_path / "fairlead.toml").write_text(as_file(values))
    environment = {"HOME": str(tmp_path)}
    first = load(environment=environment, folder=tmp_path)

    (tmp_path / "fairlead.toml").write_text(as_toml(first, with_origin=True))
    again = load(environment=environment, folder=tmp_path)

    value = first.value(key)
    if not (isinstance(value, Secret) and is_hidden(value)):
        assert again.value(key) == value


def test_shown_values_have_every_key_once(tmp_path: Path) -> None:
    loaded = load(environment={"HOME": str(tmp_path)}, folder=tmp_path)
    about = as_object(loaded, with_origin=True)

    for part in ("settings", "origins"):
        assert {f"{section}.{name}" for section, table in about[part].items() for name in table} == set(KEYS)
    assert json.loads(json.dumps(about)) == about
    assert "origins" not in as_object(loaded, with_origin=False)


@pytest.mark.parametrize("text", ["a", 'q"\\', "ü\U0001f600", "tab\t", "\x7f", "#", "\x1b"])
def test_a_text_is_written_as_toml_reads_it(text: str) -> None:
    assert tomllib.loads(f"x = {toml_value(text)}")["x"] == text


def test_every_setting_says_what_it_is_for() -> None:
    for setting in SETTINGS.values():
        assert setting.about.endswith("."), setting.key
        assert setting.limit, setting.key
        if setting.kind is Kind.NUMBER:
            assert re.fullmatch(r"-?[0-9]+ to [0-9]+(, a multiple of [0-9]+)?", setting.limit), setting.key


def _reference() -> str:
    lines = []
    for section, described in SECTIONS.items():
        lines += [
            "",
            f"### [{section}]",
            "",
            described.__doc__ or "",
            "",
            "| key | default | allowed | what it is for |",
        ]
        lines.append("|---|---|---|---|")
        for setting in SETTINGS.values():
            if setting.section == section:
                row = (f"`{setting.name}`", f"`{toml_value(setting.default)}`", setting.limit, setting.about)
                lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def test_the_reference_page_lists_every_setting_as_it_is() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- settings -->\n")
    listed, _, _ = rest.partition("<!-- end of settings -->")

    assert listed == _reference()
