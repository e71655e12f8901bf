"""The list of every setting, read from the classes of the sections: name, kind, default, limits and what it is for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from msgspec import Meta
from msgspec.structs import fields

from fairlead.domain.access.secret import Secret
from fairlead.settings.secret import SecretUrl
from fairlead.settings.sections import SECTIONS

VARIABLE_PREFIX: Final = "FAIRLEAD_"
# Between section and name in a variable; no name has two underscores in a row.
VARIABLE_JOINT: Final = "__"


class Kind(StrEnum):
    """What a value is, in the words of the reference."""

    NUMBER = "number"
    SWITCH = "true or false"
    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"
    PATH = "path"
    PATHS = "list of paths"
    SECRET = "secret"
    SECRET_URL = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        section: the section it stands in.
        name: its name there.
        kind: what its value is.
        check: the type that msgspec checks a value of a file against.
        default: the default as a file would have it.
        about: what it is for.
        limit: what is allowed, in words.
        choices: the allowed words of a choice; empty for the others.
        is_optional: whether an empty path means none.
    """

    section: str
    name: str
    kind: Kind
    check: Any
    default: object
    about: str
    limit: str
    choices: tuple[str, ...] = ()
    is_optional: bool = False

    @property
    def key(self) -> str:
        """``section.name``."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"{VARIABLE_PREFIX}{self.section}{VARIABLE_JOINT}{self.name}".upper()

    @property
    def is_secret(self) -> bool:
        """Whether its value is a secret or may hold one."""
        return self.kind in {Kind.SECRET, Kind.SECRET_URL}


def _settings() -> dict[str, Setting]:
    found = (
        _setting(section, field.name, annotation=field.type, default=field.default)
        for section, described in SECTIONS.items()
        for field in fields(described)
    )
    return {setting.key: setting for setting in found}


def _setting(section: str, name: str, *, annotation: Any, default: object) -> Setting:
    meant, meta = get_args(annotation)
    kind, check = _kind_of(meant)
    return Setting(
        section=section,
        name=name,
        kind=kind,
        check=Annotated[check, meta],
        default=_as_in_file(default),
        about=meta.description or "",
        limit=_limit(kind, meta, meant=meant),
        choices=get_args(meant) if kind is Kind.CHOICE else (),
        is_optional=isinstance(meant, UnionType),
    )


def _kind_of(meant: Any) -> tuple[Kind, Any]:
    """What a type is to a reader, and the type of its value in a file."""
    if get_origin(meant) is Literal:
        return Kind.CHOICE, meant
    if meant == tuple[Path, ...]:
        return Kind.PATHS, tuple[str, ...]
    if get_origin(meant) is tuple:
        return Kind.LIST, meant
    if isinstance(meant, UnionType):
        return Kind.PATH, str
    plain: dict[Any, tuple[Kind, Any]] = {
        bool: (Kind.SWITCH, bool),
        int: (Kind.NUMBER, int),
        str: (Kind.TEXT, str),
        Path: (Kind.PATH, str),
        Secret: (Kind.SECRET, str),
        SecretUrl: (Kind.SECRET_URL, str),
    }
    return plain[meant]


def _as_in_file(default: object) -> object:
    if default is None:
        return ""
    if isinstance(default, Secret):
        return default.reveal()
    return str(default) if isinstance(default, Path) else default


def _limit(kind: Kind, meta: Meta, *, meant: Any) -> str:
    if meta.extra is not None:
        return str(meta.extra["limit"])
    if kind is Kind.NUMBER:
        step = f", a multiple of {meta.multiple_of}" if meta.multiple_of is not None else ""
        return f"{meta.ge} to {meta.le}{step}"
    if kind is Kind.CHOICE:
        return ", ".join(get_args(meant))
    if kind is Kind.SWITCH:
        return "true or false"
    if kind is Kind.PATH:
        return "a path" if not isinstance(meant, UnionType) else "a path, or empty for none"
    return f"at most {meta.max_length} characters"


SETTINGS: Final[dict[str, Setting]] = _settings()
