"""The configuration as text: what counts, where it came from, and a file to begin with. No secret is in any of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from fairlead.domain.access.secret import Secret
from fairlead.settings.catalog import SETTINGS
from fairlead.settings.merge import Loaded
from fairlead.settings.secret import is_hidden, shown_of
from fairlead.settings.sections import SECTIONS

_WIDTH: Final = 100


def as_toml(loaded: Loaded, *, with_origin: bool) -> str:
    """Return every value as TOML, with its origin behind it where asked for.

    What is hidden is a comment: a file made of this output never sets a password to the word that hides it.
    """
    lines: list[str] = []
    for section in SECTIONS:
        lines.append(f"[{section}]")
        for setting in SETTINGS.values():
            if setting.section == section:
                value = loaded.value(setting.key)
                hides = "#" if isinstance(value, Secret) and is_hidden(value) else ""
                origin = f"  # {_one_line(loaded.origins[setting.key])}" if with_origin else ""
                lines.append(f"{hides}{setting.name} = {toml_value(shown(value))}{origin}")
        lines.append("")
    return "\n".join(lines[:-1])


def as_object(loaded: Loaded, *, with_origin: bool) -> dict[str, Any]:
    """Return every value for JSON, by section and name; the origins likewise where asked for."""
    about: dict[str, Any] = {"schema": 1, "settings": {section: {} for section in SECTIONS}}
    if with_origin:
        about["origins"] = {section: {} for section in SECTIONS}
    for key, setting in SETTINGS.items():
        about["settings"][setting.section][setting.name] = shown(loaded.value(key))
        if with_origin:
            about["origins"][setting.section][setting.name] = loaded.origins[key]
    return about


def commented_file(*, schema_file: str) -> str:
    """Return a file in which every setting stands with its default, switched off by the ``#`` before it.

    Args:
        schema_file: the path of the schema, as seen from the file.
    """
    lines = [f"#:schema {schema_file}", *_intro()]
    for section, described in SECTIONS.items():
        lines += ["", f"# {described.__doc__}", f"[{section}]"]
        for setting in SETTINGS.values():
            if setting.section == section:
                lines.append("")
                lines += [f"# {line}" for line in wrap(f"{setting.about} ({setting.limit})", width=_WIDTH)]
                lines.append(f"#{setting.name} = {toml_value(setting.default)}")
    return "\n".join(lines) + "\n"


def shown(value: Any) -> Any:
    """Return a value of the sections as JSON and TOML have it, secrets hidden."""
    if isinstance(value, Secret):
        return shown_of(value)
    if isinstance(value, Path):
        return str(value)
    if value is None:
        return ""
    return [shown(part) for part in value] if isinstance(value, tuple) else value


def toml_value(value: object) -> str:
    """Return a number, a switch, a text or a list of texts as TOML writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    # What JSON and TOML write differently in a text is the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _intro() -> Iterator[str]:
    yield "# The configuration of Fairlead. Take the # away from a key to set it; what stays a comment is the default."
    yield "# Stronger than this file are the environment (FAIRLEAD_SECTION__KEY) and flags."
    yield "# {data_dir} is engine.data_dir; a relative path is relative to this file."
    yield "# Check it with:  fairlead config check"


def _one_line(text: str) -> str:
    return " ".join(text.split())
