"""Layers become one configuration: the strongest value of each setting wins, and its origin is kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from fairlead.domain.access.secret import Secret
from fairlead.settings.catalog import SETTINGS, Kind, Setting
from fairlead.settings.layers import Given, Layer
from fairlead.settings.paths import DATA_DIR, parts, path_fault, path_of, with_data_dir
from fairlead.settings.problem import SettingsError
from fairlead.settings.rules import broken_rules
from fairlead.settings.secret import SecretUrl
from fairlead.settings.sections import SECTIONS, Settings

DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration and where each of its values came from.

    Attributes:
        settings: the configuration.
        origins: of each ``section.name`` the file, the variable or the flag, or ``default``.
        files: the files that were read, by their names in the origins.
    """

    settings: Settings
    origins: Mapping[str, str]
    files: Mapping[str, PurePath]

    def value(self, key: str) -> Any:
        """Return the value of ``section.name``."""
        section, _, name = key.partition(".")
        return getattr(getattr(self.settings, section), name)

    def is_default(self, key: str) -> bool:
        """Whether nobody set ``section.name``."""
        return self.origins[key] == DEFAULT


def merge(layers: Sequence[Layer], *, home: PurePath | None, data_home: PurePath | None = None) -> Loaded:
    """Return the configuration that ``layers`` make, the last the strongest.

    Args:
        layers: what the sources say, weakest first; the defaults are below them all.
        home: what ``~`` is in a path; ``None`` where nobody knows.
        data_home: ``$XDG_DATA_HOME``, an absolute path; ``None`` where it is not set.

    Raises:
        SettingsError: any layer is wrong anywhere, or values do not go together; it names every fault.
    """
    problems = [problem for layer in layers for problem in layer.problems]
    given = {key: _strongest(setting, layers=layers, data_home=data_home) for key, setting in SETTINGS.items()}
    problems += [fault for key in SETTINGS if (fault := path_fault(SETTINGS[key], given[key], home=home)) is not None]
    if problems:
        raise SettingsError(problems)
    data_dir = path_of(given[DATA_DIR], home=home)
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for key, setting in SETTINGS.items():
        values[setting.section][setting.name] = _final(setting, given[key], home=home, data_dir=data_dir)
    sections = {section: described(**values[section]) for section, described in SECTIONS.items()}
    loaded = Loaded(
        settings=Settings(**sections),
        origins={key: found.origin for key, found in given.items()},
        files={origin: file for layer in layers for origin, file in layer.files.items()},
    )
    if broken := broken_rules(loaded.settings, origins=loaded.origins):
        raise SettingsError(broken)
    return loaded


def _strongest(setting: Setting, *, layers: Sequence[Layer], data_home: PurePath | None) -> Given:
    for layer in reversed(layers):
        if (found := layer.values.get(setting.key)) is not None:
            return found
    default = setting.default
    if setting.key == DATA_DIR and data_home is not None:
        default = str(data_home / "fairlead")
    return Given(value=default, origin=DEFAULT, folder=PurePath())


def _final(setting: Setting, given: Given, *, home: PurePath | None, data_dir: Path) -> Any:
    """Return a value as the sections hold it."""
    if setting.kind is Kind.SECRET:
        return Secret(str(given.value))
    if setting.kind is Kind.SECRET_URL:
        return SecretUrl(with_data_dir(str(given.value), data_dir=data_dir))
    if setting.kind is Kind.PATHS:
        return tuple(path_of(one, home=home, data_dir=data_dir) for one in parts(given))
    if setting.kind is not Kind.PATH:
        return given.value
    return path_of(given, home=home, data_dir=data_dir) if given.value else None
