"""What people did, in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, insert, select

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.metadata import METADATA
from fairlead.ports.access_trail import AccessAction, AccessEvent, KeptAccessEvent, TrailFilter

__all__ = ["SqlAccessTrail", "access_events"]

_SUBJECT_MAX: Final = 160
_CORRELATION_MAX: Final = 64

access_events: Final = Table(
    "access_events",
    METADATA,
    # SQLite counts in an INTEGER alone.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("ts_ns", BigInteger, nullable=False),
    Column("action", String(16), nullable=False),
    Column("user_id", String(36), nullable=True),
    Column("key_id", String(36), nullable=True),
    Column("subject", String(_SUBJECT_MAX), nullable=True),
    Column("correlation_id", String(_CORRELATION_MAX), nullable=True),
    Index("ix_access_events_user_id_number", "user_id", "number"),
    Index("ix_access_events_action_number", "action", "number"),
)


class SqlAccessTrail:
    """The trail of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, event: AccessEvent, /) -> None:
        """Keep one."""
        row = {
            "ts_ns": event.ts_ns,
            "action": event.action.value,
            "user_id": event.user_id,
            "key_id": event.key_id,
            "subject": None if event.subject is None else event.subject[:_SUBJECT_MAX],
            "correlation_id": None if event.correlation_id is None else event.correlation_id[:_CORRELATION_MAX],
        }
        async with self._database.write() as step:
            await step.execute(insert(access_events), [row])

    async def page(self, wanted: TrailFilter, /, *, before: int | None, count_max: int) -> Sequence[KeptAccessEvent]:
        """Return them, newest first, with a number below ``before``."""
        columns = access_events.c
        asked = select(access_events).order_by(columns.number.desc()).limit(count_max)
        if before is not None:
            asked = asked.where(columns.number < before)
        if wanted.user_id is not None:
            asked = asked.where(columns.user_id == wanted.user_id)
        if wanted.action is not None:
            asked = asked.where(columns.action == wanted.action)
        if wanted.from_ns is not None:
            asked = asked.where(columns.ts_ns >= wanted.from_ns)
        if wanted.to_ns is not None:
            asked = asked.where(columns.ts_ns <= wanted.to_ns)
        async with self._database.read() as view:
            return [_kept(row) for row in await view.execute(asked)]


def _kept(row: Any) -> KeptAccessEvent:
    event = AccessEvent(
        ts_ns=row.ts_ns,
        action=AccessAction(row.action),
        user_id=row.user_id,
        key_id=row.key_id,
        subject=row.subject,
        correlation_id=row.correlation_id,
    )
    return KeptAccessEvent(number=row.number, event=event)
