"""A report as it is kept: the words it came with, and nothing that depends on the connection it came through."""

from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

import msgspec

from fairlead.model.report import Position, Report

__all__ = ["report_from", "text_of"]

# Not kept: the place and the kind have columns. The average price is missing after a restart of the exchange, and
# whether it was sent again says something about a connection only.
_ELSEWHERE: Final = frozenset({"kind", "position", "fields", "avg_px", "resent"})
_DEFAULTS: Final = {it.name: it.default for it in fields(Report) if it.name not in _ELSEWHERE}
_DECIMALS: Final = frozenset(
    {"price", "order_qty", "leaves_qty", "cum_qty", "last_qty", "last_px", "fee", "trigger_price"}
)
# Whole numbers of up to 128 bits, for which JSON has no form that all readers take.
_WIDE: Final = frozenset({"value", "limit"})
# Of the message itself: what the report has no word for.
_FIELDS: Final = (
    "account",
    "cause",
    "event",
    "expire_ns",
    "instrument",
    "is_amend",
    "liquidity",
    "other",
    "priority_kept",
    "self_match",
)
_encode: Final = msgspec.json.Encoder(decimal_format="string").encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


def text_of(report: Report) -> str:
    """Return a report as JSON; the same report gives the same text in every life of the service."""
    said: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(report, name)
        if value != default:
            said[name] = _written(name, value)
    # 0 is a number of an instrument, and of the scope of a kill switch.
    told = {name: report.fields.get(name) for name in _FIELDS}
    said["fields"] = {name: value for name, value in told.items() if value is not None and value is not False}
    return _encode(said).decode()


def report_from(text: str, *, kind: str, position: Position) -> Report:
    """Return a report that was kept; its ``fields`` are the few that it has no other word for."""
    said = _decode(text)
    return Report(kind=kind, position=position, **{name: _read(name, value) for name, value in said.items()})


def _written(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if name in _WIDE else value


def _read(name: str, value: Any) -> Any:
    if name in _DECIMALS:
        return Decimal(value)
    return int(value) if name in _WIDE else value
