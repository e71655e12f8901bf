"""One value, as a file, a variable or a flag gives it, becomes a value of its setting, or a problem that names it."""

import re
from typing import Any

import msgspec

from fairlead.settings.catalog import Kind, Setting
from fairlead.settings.problem import UNPRINTABLE, Problem
from fairlead.settings.secret import HIDDEN
from fairlead.settings.suggest import closest, did_you_mean

_WHOLE = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_SWITCH = {"true": True, "false": False}
# A value of more characters is cut where a message shows it.
_SHOWN_MAX = 80

_NEEDED = {
    Kind.NUMBER: "a whole number",
    Kind.SWITCH: "true or false",
    Kind.LIST: "a list of texts",
    Kind.PATHS: "a list of paths",
    Kind.CHOICE: "one of the words",
}


def from_text(setting: Setting, text: str) -> object:
    """Return what a text of a variable or a flag stands for in a file; one that cannot be read stays a text."""
    if setting.kind is Kind.NUMBER and _WHOLE.fullmatch(text):
        return int(text)
    if setting.kind is Kind.SWITCH:
        return _SWITCH.get(text, text)
    if setting.kind in {Kind.LIST, Kind.PATHS}:
        return [part.strip() for part in text.split(",")] if text.strip() else []
    return text


def checked(setting: Setting, raw: object, *, origin: str) -> Any:
    """Return the value as a file would have it, a tuple for a list.

    Raises:
        ProblemError: it has the wrong type or is not allowed.
    """
    # First, because no text with half a character in it can be looked at any further.
    texts = raw if isinstance(raw, list) else [raw]
    if any(isinstance(text, str) and UNPRINTABLE.search(text) for text in texts):
        what = "has a character that cannot be shown"
        raise ProblemError(_fault(setting, raw, origin=origin, what=what, fix="write it without"))
    try:
        value = msgspec.convert(raw, setting.check, strict=True)
    except msgspec.ValidationError:
        raise ProblemError(_refusal(setting, raw, origin=origin)) from None
    is_path = setting.kind is Kind.PATHS or (setting.kind is Kind.PATH and not setting.is_optional)
    if is_path and "" in texts:
        raise ProblemError(_fault(setting, raw, origin=origin, what="is empty", fix="give a path, or leave it out"))
    return value


class ProblemError(Exception):
    """Carries one problem to where they are collected."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _refusal(setting: Setting, raw: object, *, origin: str) -> Problem:
    if not _has_type(setting, raw):
        needed = _NEEDED.get(setting.kind, "a text")
        return _fault(setting, raw, origin=origin, what="has the wrong type", fix=f"give {needed}")
    if setting.kind is Kind.CHOICE:
        fix = did_you_mean(closest(str(raw), setting.choices), otherwise="give one of the words")
        return _fault(setting, raw, origin=origin, what="is no word it knows", fix=fix)
    what = "is out of range" if setting.kind is Kind.NUMBER else "is not allowed"
    return _fault(setting, raw, origin=origin, what=what, fix="give a value within the limit, or leave the key out")


def _has_type(setting: Setting, raw: object) -> bool:
    if setting.kind is Kind.NUMBER:
        return isinstance(raw, int) and not isinstance(raw, bool)
    if setting.kind is Kind.SWITCH:
        return isinstance(raw, bool)
    if setting.kind in {Kind.LIST, Kind.PATHS}:
        return isinstance(raw, list) and all(isinstance(part, str) for part in raw)
    return isinstance(raw, str)


def _fault(setting: Setting, raw: object, *, origin: str, what: str, fix: str) -> Problem:
    shown = HIDDEN if setting.is_secret else _shown(raw)
    return Problem(origin=origin, key=setting.key, what=what, value=shown, limit=setting.limit, fix=fix)


def _shown(raw: object) -> str:
    try:
        text = ascii(raw)
    except ValueError:
        # A whole number of thousands of digits, which Python refuses to write out.
        return "too long to show"
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}..."
