"""Partitions of PostgreSQL: made ahead, filled with what came before them, and dropped whole when they are old."""

import logging
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from fairlead.adapters.stores.projection_tables import position_days, trades
from fairlead.adapters.stores.projections.periods import DAYS, MONTHS, Period, Periods
from fairlead.adapters.stores.step import Step, names_of

__all__ = ["tidy_partitions"]

_CHILDREN: Final = (
    "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
    " WHERE inhparent = to_regclass(?)"
)
_log = logging.getLogger("fairlead.projections")


@dataclass(frozen=True, slots=True)
class _Family:
    """A table, the column whose time decides, and how many partitions are made ahead."""

    table: Table
    column: str
    periods: Periods
    ahead: int

    def child(self, period: Period) -> str:
        """Return the name of the partition of a period."""
        return f"{self.table.name}_{period.name}"


_FAMILIES: Final = (_Family(trades, "ts_ns", MONTHS, 2), _Family(position_days, "day_ts_ns", DAYS, 7))


def tidy_partitions(step: Step, *, now_ns: int, kept_from_ns: int) -> bool:
    """Make, fill or drop one partition; return whether there may be more to do."""
    return any(_tidy(step, family, now_ns, kept_from_ns) for family in _FAMILIES)


def _tidy(step: Step, family: _Family, now_ns: int, kept_from_ns: int) -> bool:
    children = {name for (name,) in step.rows(_CHILDREN, (family.table.name,))}
    for name in sorted(children):
        period = family.periods.named(name.removeprefix(f"{family.table.name}_"))
        if period is not None and period.end_ns <= kept_from_ns:
            step.execute(f"DROP TABLE {name}")
            _log.info("a partition was dropped: table=%s kept_from_ns=%d", name, kept_from_ns)
            return True
    wanted = [it for it in family.periods.ahead(now_ns, family.ahead) if family.child(it) not in children]
    ((oldest,),) = step.rows(f"SELECT min({family.column}) FROM {family.table.name}_default")
    if oldest is not None:
        wanted.append(family.periods.of(oldest))
    if wanted:
        _make(step, family, wanted[0])
    return bool(wanted)


def _make(step: Step, family: _Family, period: Period) -> None:
    """Make a partition, and move into it what the default has of its time: both are seen, or neither is.

    What is made like its parent has its constraints; indexes and keys are made as it is attached.
    """
    parent, child, columns = family.table.name, family.child(period), names_of(family.table)
    within = f"{family.column} >= {period.begin_ns} AND {family.column} < {period.end_ns}"
    # It takes as long as there are rows, and who writes waits for it.
    step.execute("SET LOCAL statement_timeout = 0")
    step.execute(f"CREATE TABLE {child} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)")
    step.execute(
        f"WITH moved AS (DELETE FROM {parent}_default WHERE {within} RETURNING {columns})"
        f" INSERT INTO {child} ({columns}) SELECT {columns} FROM moved"
    )
    step.execute(
        f"ALTER TABLE {parent} ATTACH PARTITION {child} FOR VALUES FROM ({period.begin_ns}) TO ({period.end_ns})"
    )
    _log.info("a partition was made: table=%s", child)
