"""Where a private stream goes on: a place in the log of the exchange as a text, and the name of what happened there."""

import re
from collections.abc import Mapping
from typing import Final

from fairlead.model.report import Position, Report

__all__ = ["kind_of", "place_of", "place_text"]

_FORM: Final = re.compile(r"(\d{1,19})\.(\d{1,9})\.(\d{1,9})")
_NUMBER_MAX: Final = 2**63 - 1
_KINDS: Final[Mapping[str, str]] = {
    "New": "ORDER_CREATED",
    "Trade": "ORDER_FILLED",
    "TradeCancel": "TRADE_BUSTED",
    "TradeCorrect": "TRADE_CORRECTED",
    "Canceled": "ORDER_CANCELED",
    "Expired": "ORDER_EXPIRED",
    "Rejected": "ORDER_REJECTED",
}


def place_text(position: Position) -> str:
    """Return a position as ``resumeFrom`` takes it."""
    return ".".join(str(part) for part in position)


def place_of(text: str) -> Position | None:
    """Return the position of a text; ``None``: it is none."""
    found = _FORM.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    parts = tuple(int(part) for part in found.groups())
    return Position(*parts) if parts[0] <= _NUMBER_MAX else None


def kind_of(report: Report) -> str | None:
    """Return the ``type`` of the message a report becomes; ``None``: it is about no order."""
    if report.kind == "CancelReject":
        return "ORDER_CHANGE_REJECTED"
    if report.kind != "ExecutionReport":
        return None
    return _KINDS.get(report.exec_type or "", "ORDER_UPDATED")
