"""One source of values, read from its text: a TOML file, the environment, the flags. Pure: the texts are arguments."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final

from fairlead.settings.catalog import SETTINGS, VARIABLE_JOINT, VARIABLE_PREFIX, Setting
from fairlead.settings.convert import ProblemError, checked, from_text
from fairlead.settings.problem import Problem
from fairlead.settings.sections import SECTIONS
from fairlead.settings.suggest import closest, did_you_mean

# What our own tests are told by; no settings.
_TESTS_VARIABLE: Final = "FAIRLEAD_DATA"
_TESTS_PREFIX: Final = "FAIRLEAD_TEST_"
_PLACE: Final = re.compile(r"[A-Z][a-z ]+\(?(?:at line \d+, column \d+|at end of document)\)?|line \d+, column \d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value and where it came from.

    Attributes:
        value: the value as a file would have it, checked.
        origin: the file, the variable or the flag.
        folder: what a relative path is relative to.
    """

    value: object
    origin: str
    folder: PurePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one source says, and what is wrong in it.

    Attributes:
        values: by ``section.name``.
        problems: what is wrong in it; then the values are not all there.
        files: the file by its name in the origins, where the source is one.
    """

    values: Mapping[str, Given]
    problems: tuple[Problem, ...] = ()
    files: Mapping[str, PurePath] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A value that stands on the command line.

    Attributes:
        name: the flag as it was written, such as ``--port``.
        key: the setting it sets, such as ``server.port``.
        value: its value; a text is read like that of a variable.
    """

    name: str
    key: str
    value: object


def file_layer(text: str, *, origin: str, file: PurePath) -> Layer:
    """Read the text of a TOML file; relative paths in it are relative to the folder of ``file``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Only the place: what is around it may quote the file, secrets and all.
        place = _PLACE.search(str(error))
        return _no_toml(origin, f"is no TOML: {place[0] if place is not None else 'somewhere'}")
    except (ValueError, RecursionError):
        return _no_toml(origin, "is no TOML of ours: a number is too long, or brackets are nested too deeply")
    found = _Collected(folder=file.parent)
    for section, table in document.items():
        if section not in SECTIONS:
            found.problems.append(_no_section(section, table=table, origin=origin))
        elif not isinstance(table, dict):
            fix = f"write [{section}] and the keys of the section below it"
            found.problems.append(Problem(origin=origin, key=section, what="is a section, not a value", fix=fix))
        else:
            for name, raw in table.items():
                if (setting := SETTINGS.get(f"{section}.{name}")) is None:
                    found.problems.append(_no_key(section, name, origin=origin))
                else:
                    found.take(setting, raw, origin=origin)
    return replace(found.layer(), files={origin: file})


def environment_layer(environment: Mapping[str, str], *, folder: PurePath) -> Layer:
    """Read every variable that begins with ``FAIRLEAD_``."""
    found = _Collected(folder=folder)
    by_variable = {setting.variable: setting for setting in SETTINGS.values()}
    for variable, text in sorted(environment.items()):
        is_of_tests = variable == _TESTS_VARIABLE or variable.startswith(_TESTS_PREFIX)
        if is_of_tests or not variable.startswith(VARIABLE_PREFIX):
            continue
        if (setting := by_variable.get(variable)) is None:
            found.problems.append(_no_variable(variable))
        else:
            found.take(setting, from_text(setting, text), origin=variable)
    return found.layer()


def flag_layer(flags: Iterable[Flag], *, folder: PurePath) -> Layer:
    """Read the flags; a secret among them is refused, because other users see the command line of a process."""
    found = _Collected(folder=folder)
    for flag in flags:
        setting = SETTINGS.get(flag.key)
        if setting is None:
            section, _, name = flag.key.rpartition(".")
            found.problems.append(_no_key(section, name, origin=flag.name))
        elif setting.is_secret:
            what, fix = "is a secret and no flag", f"set {setting.variable}, or write it in a file of mode 600"
            found.problems.append(Problem(origin=flag.name, key=setting.key, what=what, fix=fix))
        else:
            raw = from_text(setting, flag.value) if isinstance(flag.value, str) else flag.value
            found.take(setting, raw, origin=flag.name)
    return found.layer()


def _no_toml(origin: str, what: str) -> Layer:
    return Layer(values={}, problems=(Problem(origin=origin, key="", what=what, fix="mend the file there"),))


class _Collected:
    """The values and problems of one source, as they come."""

    def __init__(self, *, folder: PurePath) -> None:
        self.problems: list[Problem] = []
        self._values: dict[str, Given] = {}
        self._folder = folder

    def take(self, setting: Setting, raw: object, *, origin: str) -> None:
        """Check a value and keep it, or its problem."""
        try:
            value = checked(setting, raw, origin=origin)
        except ProblemError as refused:
            self.problems.append(refused.problem)
        else:
            self._values[setting.key] = Given(value=value, origin=origin, folder=self._folder)

    def layer(self) -> Layer:
        """Return what was collected."""
        return Layer(values=self._values, problems=tuple(self.problems))


def _no_section(section: str, *, table: object, origin: str) -> Problem:
    if not isinstance(table, dict):
        home = [setting for setting in SETTINGS.values() if setting.name == section]
        meant = home[0].key if home else closest(section, SETTINGS)
        fix = did_you_mean(meant, otherwise="write it below the [section] it belongs to")
        return Problem(origin=origin, key=section, what="stands in no section", fix=fix)
    fix = did_you_mean(closest(section, SECTIONS), otherwise=f"sections are {', '.join(SECTIONS)}")
    return Problem(origin=origin, key=section, what="is no section", fix=fix)


def _no_key(section: str, name: str, *, origin: str) -> Problem:
    """Name the setting that was meant: one of the section, else one of any; never the value, which may be a secret."""
    key = f"{section}.{name}" if section else name
    return Problem(
        origin=origin,
        key=key,
        what="is no setting",
        fix=did_you_mean(_meant(section, name), otherwise="fairlead config show lists them all"),
    )


def _no_variable(variable: str) -> Problem:
    section, joint, name = variable.removeprefix(VARIABLE_PREFIX).lower().partition(VARIABLE_JOINT)
    meant = _meant(section, name) if joint else closest(section, SETTINGS)
    shown = SETTINGS[meant].variable if meant is not None else None
    fix = did_you_mean(shown, otherwise="unset it; fairlead config show lists every setting")
    return Problem(origin=variable, key="", what="is no variable of any setting", fix=fix)


def _meant(section: str, name: str) -> str | None:
    # A setting of the right section is likelier than one with a likelier name.
    likely_section = section if section in SECTIONS else closest(section, SECTIONS)
    if likely_section is not None:
        near = closest(name, (one.name for one in SETTINGS.values() if one.section == likely_section))
        if near is not None:
            return f"{likely_section}.{near}"
    by_name = {one.name: one.key for one in SETTINGS.values()}
    near = closest(name, by_name)
    return by_name[near] if near is not None else closest(f"{section}.{name}", SETTINGS)
