"""The audit of events, searched from its end: by account, instrument, what happened, and time.

What has no index of its own is looked for among so many reports at a time, so that a search costs the same however much
there is. Reports lie in the order of their time, so a time is found by halving.
"""

from functools import partial
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.projections.limit_rows import limits_told
from fairlead.adapters.stores.step import Step, names_of
from fairlead.model.report import Position
from fairlead.ports.audit import AuditFilter, AuditPage

__all__ = ["SqlAuditHistory"]

_SCANNED_MAX: Final = 5_000
_LIMITS: Final = "LimitsSet"
_EVENT: Final = names_of(order_events)
_NEWEST_FIRST: Final = " ORDER BY event_seq DESC, sub DESC, leg DESC LIMIT ?"
_SYMBOLS: Final = "SELECT instrument_id, symbol FROM instruments"
_ENDS: Final = "SELECT min(event_seq), max(event_seq) FROM order_events"
_AT: Final = "SELECT event_seq, ts_ns FROM order_events WHERE event_seq >= ? ORDER BY event_seq LIMIT 1"
# Of a kind that has no word for what happened.
_ACTION: Final = "(what = ? OR (what IS NULL AND kind = ?))"


class SqlAuditHistory:
    """The audit of one store.

    Args:
        database: the store.
        scanned_max: reports that one page looks at, 1 or more.
    """

    def __init__(self, database: Database, *, scanned_max: int = _SCANNED_MAX) -> None:
        self._direct, self._scanned_max = database.direct, scanned_max

    async def page(self, wanted: AuditFilter, /, *, before: Position | None, count_max: int) -> AuditPage:
        """Return reports, newest first, at places before one of them."""
        return await self._direct.read(partial(_page, wanted, before, count_max, self._scanned_max))


def _page(wanted: AuditFilter, before: Position | None, count_max: int, scanned_max: int, view: Step) -> AuditPage:
    symbols: dict[int, str] = dict(view.rows(_SYMBOLS))
    inner, values = _reach(view, wanted, before)
    scanned = f"order_events{inner}{_NEWEST_FIRST}"
    ends = view.rows(f"SELECT event_seq, sub, leg FROM {scanned} OFFSET ?", [*values, 1, scanned_max - 1])
    parts, sought = _sought(wanted, symbols)
    found = view.page(
        _EVENT,
        f"(SELECT * FROM {scanned}) searched{parts}{_NEWEST_FIRST}",
        [*values, scanned_max, *sought, count_max],
    )
    following = Position(*ends[0]) if ends else None
    if len(found) == count_max:
        following = Position(*found[-1][:3])
    reports = [report_of_row(row) for row in found]
    told = {it.position.event_seq: it.ts_ns for it in reports if it.exec_type == _LIMITS and it.position is not None}
    return AuditPage(reports=reports, following=following, symbols=symbols, limits=limits_told(view, told))


def _reach(view: Step, wanted: AuditFilter, before: Position | None) -> tuple[str, list[object]]:
    """Return which rows are looked at: what an index finds."""
    parts: list[tuple[str, tuple[object, ...]]] = []
    if wanted.account is not None:
        parts.append(("account = ?", (wanted.account,)))
    if before is not None:
        parts.append(("(event_seq, sub, leg) < (?, ?, ?)", before))
    if wanted.from_ns is not None:
        parts.append(("event_seq >= ?", (_first_since(view, wanted.from_ns),)))
    if wanted.to_ns is not None:
        parts.append(("event_seq < ?", (_first_since(view, wanted.to_ns + 1),)))
    return _where(parts)


def _sought(wanted: AuditFilter, symbols: dict[int, str]) -> tuple[str, list[object]]:
    """Return which of those are meant."""
    parts: list[tuple[str, tuple[object, ...]]] = []
    if wanted.action is not None:
        parts.append((_ACTION, (wanted.action, wanted.action)))
    if wanted.symbol is not None:
        numbers = [number for number, symbol in symbols.items() if symbol == wanted.symbol]
        texts = [f'%"instrument":{number}{end}%' for number in numbers for end in ",}"]
        likely = " OR ".join(["content LIKE ?"] * len(texts)) or "1 = 0"
        parts.append((f"({likely})", tuple(texts)))
    return _where(parts)


def _where(parts: list[tuple[str, tuple[object, ...]]]) -> tuple[str, list[object]]:
    text = f" WHERE {' AND '.join(part for part, _ in parts)}" if parts else ""
    return text, [value for _, values in parts for value in values]


def _first_since(view: Step, ts_ns: int) -> int:
    """Return the place of the first report of a time or later; one beyond the last where there is none."""
    ((low, last),) = view.rows(_ENDS)
    if low is None:
        return 0
    high = last + 1
    while low < high:
        middle = (low + high) // 2
        rows = view.rows(_AT, (middle,))
        if rows and rows[0][1] < ts_ns:
            low = rows[0][0] + 1
        else:
            high = middle
    return int(low)
