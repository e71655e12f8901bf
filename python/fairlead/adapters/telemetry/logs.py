"""Lines of the log: one JSON object, or one line of words, an event, with the request it belongs to.

Loggers are those of the standard library: with ``logging.getLogger("fairlead")`` a program that embeds Fairlead decides
what it sees. Nothing here writes a body, a header or a path as it was asked for.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from fairlead.ports.trace import correlation

__all__ = ["write_logs"]

_FIRST: Final = ("timestamp", "level", "logger", "event", "correlation_id")
# The event again, with codes of a terminal or as another handler made it.
_LEFT_OUT: Final = frozenset({"color_message", "message"})


def write_logs(*, level: str, form: str, file: Path | None) -> None:
    """Write what every logger of this process says from now on.

    Args:
        level: the least important that is written: ``debug``, ``info``, ``warning`` or ``error``.
        form: ``json`` or ``text``.
        file: where to; standard error where it is ``None``.
    """
    handler: logging.Handler
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(formatter(form))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def formatter(form: str) -> logging.Formatter:
    """Return what makes a line of a record."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _stamp,
            _name_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _as_json if form == "json" else _as_text,
        ],
    )


def _stamp(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = said["_record"]
    at = datetime.fromtimestamp(record.created, UTC)
    said["timestamp"] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return said


def _name_request(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    asked_by = correlation.get()
    if asked_by is not None:
        said.setdefault("correlation_id", asked_by)
    return said


def _ordered(said: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: said[name] for name in _FIRST if name in said}
    return first | {name: value for name, value in said.items() if name not in first and name not in _LEFT_OUT}


def _as_json(_: Any, __: str, said: MutableMapping[str, Any]) -> str:
    return msgspec.json.encode(_ordered(said), enc_hook=str).decode()


def _as_text(_: Any, __: str, said: MutableMapping[str, Any]) -> str:
    words = _ordered(said)
    trace = words.pop("exception", None)
    head = (str(words.pop(name)) for name in ("timestamp", "level", "logger"))
    stamp, level, logger = head
    event = _one_line(words.pop("event"))
    line = " ".join([f"{stamp} {level.upper()} {logger}: {event}", *(f"{k}={_one_line(v)}" for k, v in words.items())])
    return line if trace is None else f"{line}\n{trace}"


def _one_line(value: object) -> str:
    """A value must not begin another line."""
    text = str(value)
    return text if text.isprintable() else ascii(text)
