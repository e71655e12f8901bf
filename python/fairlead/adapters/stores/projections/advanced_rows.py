"""What commands say of orders that reports do not: written beside what became of them, and read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import advanced_orders, command_cursor
from fairlead.adapters.stores.projections.limit_rows import keep_limits
from fairlead.adapters.stores.projections.order_rows import RECORD, record_of
from fairlead.adapters.stores.projections.term_rows import WITH_TERMS, amend_terms, keep_terms
from fairlead.adapters.stores.report_text import report_from
from fairlead.adapters.stores.step import Row, Step
from fairlead.domain.limits.set_limits import SetLimits
from fairlead.domain.trading.entered_order import AmendedOrder, EnteredOrder, Leg
from fairlead.model.report import Position
from fairlead.ports.advanced_orders import AdvancedFilter, AdvancedRecord
from fairlead.ports.command_log import SaidCommand

__all__ = ["SqlAdvancedOrders"]

_NAME: Final = "commands"
_CURSOR: Final = "SELECT seq FROM command_cursor"
_ANSWERS: Final = (
    "SELECT event_seq, what, order_id, account, kind, sub, leg, content, ts_ns FROM order_events WHERE what IN "
    "('New', 'Replaced', 'GroupAccepted', 'LimitsSet', 'Rejected', 'GroupRejected', 'OrderStatus', 'Refused')"
    " AND event_seq IN"
)
_COLUMNS: Final = ", ".join(column.name for column in advanced_orders.columns)
# Orders of a group have one command and follow each other.
_LEGS_MAX: Final = 8
_IS_ACTIVE: Final = (
    "EXISTS (SELECT 1 FROM orders first JOIN orders leg ON leg.first_seq = first.first_seq "
    f"AND leg.order_id BETWEEN first.order_id AND first.order_id + {_LEGS_MAX - 1} "
    "WHERE first.order_id = advanced_orders.order_id "
    "AND leg.status IN ('OPEN', 'PARTIALLY_FILLED', 'PENDING_TRIGGER'))"
)
_GROUP: Final = (
    "SELECT event_seq, sub, leg, kind, content FROM order_events WHERE what = 'GroupAccepted' AND account = ? "
    "AND event_seq = (SELECT first_seq FROM orders WHERE order_id = ? AND account = ?)"
)
# What the exchange says of one that it took.
_YES: Final = {EnteredOrder: "New", AmendedOrder: "Replaced", SetLimits: "LimitsSet"}
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class SqlAdvancedOrders:
    """The tables of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct

    async def cursor(self) -> int:
        """Return the last command of the log that was looked at."""
        return await self._direct.read(_cursor)

    async def enter(self, commands: Sequence[EnteredOrder], /, *, reports_seq: int) -> Sequence[int]:
        """Add what the exchange took of these commands, wherever the cursor is."""
        return await self._direct.step(partial(_enter, commands, reports_seq))

    async def add(self, commands: Sequence[SaidCommand], /, *, last_seq: int, reports_seq: int) -> int:
        """Add what the exchange took of these commands and move the cursor."""
        return await self._direct.step(partial(_add, commands, last_seq, reports_seq))

    async def group_of(self, account: int, order_id: int, /) -> int | None:
        """Return the number of the group of an order."""
        rows = await self._direct.read(lambda view: view.rows(_GROUP, (account, order_id, account)))
        return _group_in(rows[0]) if rows else None

    async def find(self, account: int, order_id: int, /) -> AdvancedRecord | None:
        """Return what an order was entered with."""
        where = ["account = ?", "order_id = ?"]
        found = await self._direct.read(partial(_page, where, [account, order_id], 1))
        return found[0] if found else None

    async def page(
        self, account: int, wanted: AdvancedFilter, /, *, before: int | None, count_max: int
    ) -> Sequence[AdvancedRecord]:
        """Return what an account entered, newest first."""
        where, values = ["account = ?"], [account]
        for column, value in (("symbol = ?", wanted.symbol), ("order_type = ?", wanted.order_type)):
            if value is not None:
                where.append(column)
                values.append(value)  # type: ignore[arg-type]
        if before is not None:
            where.append("order_id < ?")
            values.append(before)
        if wanted.is_active is not None:
            where.append(_IS_ACTIVE if wanted.is_active else f"NOT {_IS_ACTIVE}")
        return await self._direct.read(partial(_page, where, values, count_max))


def _cursor(view: Step) -> int:
    rows = view.rows(_CURSOR)
    return int(rows[0][0]) if rows else 0


class _Taken(NamedTuple):
    """What became of a command that the exchange took.

    Attributes:
        order_ids: its orders, in the order of its legs; of an amend the one that it changed.
        account: whose.
        ts_ns: when.
        group_id: of a group.
    """

    order_ids: Sequence[int]
    account: int
    ts_ns: int
    group_id: int | None = None


def _enter(commands: Sequence[EnteredOrder], reports_seq: int, step: Step) -> Sequence[int]:
    done = _answered(step, commands, reports_seq)
    _keep(step, commands, done)
    return list(done)


def _add(commands: Sequence[SaidCommand], last_seq: int, reports_seq: int, step: Step) -> int:
    cursor = _cursor(step)
    fresh = [it for it in commands if cursor < it.seq <= last_seq]
    done = _answered(step, fresh, reports_seq)
    left = [it.seq for it in fresh if it.seq not in done]
    last_seq = min([last_seq, *(seq - 1 for seq in left)])
    _keep(step, [it for it in fresh if it.seq <= last_seq], done)
    if last_seq > cursor:
        step.put(command_cursor, [(_NAME, last_seq)])
    return max(cursor, last_seq)


def _keep(step: Step, commands: Sequence[SaidCommand], done: Mapping[int, _Taken | None]) -> None:
    """Write what the exchange took of these; what was amended comes after what was entered, as in the log."""
    taken = [(it, of) for it in commands if (of := done.get(it.seq)) is not None]
    entered = [(it, of) for it, of in taken if isinstance(it, EnteredOrder)]
    step.put(advanced_orders, [_row(it, of) for it, of in entered if it.order_type is not None])
    keep_terms(step, [pair for it, of in entered for pair in zip(of.order_ids, it.legs, strict=True)])
    for it, of in taken:
        if isinstance(it, AmendedOrder):
            amend_terms(step, of.order_ids[0], it)
    keep_limits(step, [it for it, _ in taken if isinstance(it, SetLimits)])


def _answered(step: Step, commands: Sequence[SaidCommand], reports_seq: int) -> dict[int, _Taken | None]:
    """Return what became of those commands whose reports are in the tables; none of what was refused or sent again."""
    answers: defaultdict[int, list[Row]] = defaultdict(list)
    for row in step.any_of(_ANSWERS, [(it.seq,) for it in commands]):
        answers[row[0]].append(row)
    done: dict[int, _Taken | None] = {}
    for command in commands:
        told = sorted(answers[command.seq], key=lambda row: (row[5], row[6]))
        if (taken := _taken(command, told)) is not None:
            done[command.seq] = taken
        elif command.seq < reports_seq or any(row[1] not in {"New", "GroupAccepted"} for row in told):
            done[command.seq] = None
    return done


def _taken(command: SaidCommand, told: Sequence[Row]) -> _Taken | None:
    mine = [row for row in told if row[1] == _YES[type(command)]]
    if not mine or (isinstance(command, EnteredOrder) and len(mine) != len(command.legs)):
        return None
    groups = [_group_in((*row[:1], *row[5:7], row[4], row[7])) for row in told if row[1] == "GroupAccepted"]
    return _Taken([row[2] for row in mine], mine[0][3], mine[0][8], groups[0] if groups else None)


def _row(command: EnteredOrder, taken: _Taken) -> Row:
    legs = [{"role": leg.role, "orderType": leg.order_type, "terms": leg.terms} for leg in command.legs]
    words = _encode({"legs": legs}).decode()
    times = (taken.ts_ns, taken.ts_ns)
    return (taken.order_ids[0], taken.group_id, taken.account, command.order_type, command.symbol, words, *times)


def _group_in(row: Row) -> int:
    event_seq, sub, leg, kind, content = row
    return report_from(content, kind=kind, position=Position(event_seq, sub, leg)).id


def _page(where: Sequence[str], values: Sequence[object], count_max: int, view: Step) -> list[AdvancedRecord]:
    asked = f"SELECT {_COLUMNS} FROM advanced_orders WHERE {' AND '.join(where)} ORDER BY order_id DESC LIMIT ?"
    rows = view.rows(asked, [*values, count_max])
    legs = {row[0]: _legs(row[5]) for row in rows}
    wanted = [(order_id + place,) for order_id, of in legs.items() for place in range(len(of))]
    found = view.any_of(f"SELECT {RECORD} FROM {WITH_TERMS} WHERE order_id IN", wanted) if wanted else []
    known = {row[0]: record_of(row) for row in found}
    return [
        AdvancedRecord(
            order_id=order_id,
            group_id=group_id,
            order_type=order_type,
            symbol=symbol,
            legs=legs[order_id],
            orders=[known[order_id + place] for place in range(len(legs[order_id])) if order_id + place in known],
            created_ns=created_ns,
        )
        for order_id, group_id, _, order_type, symbol, _, created_ns, _ in rows
    ]


def _legs(words: Any) -> list[Leg]:
    said = msgspec.json.decode(words) if isinstance(words, str) else words
    return [Leg(role=it["role"], order_type=it["orderType"], terms=it["terms"]) for it in said["legs"]]
