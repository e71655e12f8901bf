"""Calendars of markets in SQL."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update

from fairlead.adapters.stores.calendar_tables import market_calendars
from fairlead.adapters.stores.database import Database
from fairlead.domain.sessions import Calendar, Kept
from fairlead.errors import DataError
from fairlead.ports.calendars import KeptCalendar

__all__ = ["SqlCalendars"]


class SqlCalendars:
    """The calendars of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def every(self) -> Sequence[KeptCalendar]:
        """See ``Calendars``."""
        async with self._database.read() as view:
            rows = await view.execute(select(market_calendars).order_by(market_calendars.c.symbol))
            return [_kept(row) for row in rows]

    async def get(self, symbol: str, /) -> KeptCalendar | None:
        """See ``Calendars``."""
        asked = select(market_calendars).where(market_calendars.c.symbol == symbol)
        async with self._database.read() as view:
            row = (await view.execute(asked)).one_or_none()
            return None if row is None else _kept(row)

    async def put(self, calendar: KeptCalendar, /) -> None:
        """See ``Calendars``."""
        row = {
            "symbol": calendar.symbol,
            "calendar": msgspec.json.encode(calendar.calendar).decode(),
            "set_by": calendar.set_by,
            "set_ts_ns": calendar.set_ts_ns,
        }
        async with self._database.write() as step:
            await step.execute(delete(market_calendars).where(market_calendars.c.symbol == calendar.symbol))
            await step.execute(insert(market_calendars), [row | _states(calendar.kept)])

    async def note(self, symbol: str, kept: Kept, /) -> None:
        """See ``Calendars``."""
        change = update(market_calendars).where(market_calendars.c.symbol == symbol).values(**_states(kept))
        async with self._database.write() as step:
            await step.execute(change)

    async def remove(self, symbol: str, /) -> bool:
        """See ``Calendars``."""
        gone = delete(market_calendars).where(market_calendars.c.symbol == symbol).returning(market_calendars.c.symbol)
        async with self._database.write() as step:
            return (await step.execute(gone)).one_or_none() is not None


def _states(kept: Kept) -> dict[str, Any]:
    return {"put_state": kept.put, "sending_state": kept.sending, "held_since_ns": kept.held_since_ns}


def _kept(row: Any) -> KeptCalendar:
    try:
        calendar = msgspec.json.decode(row.calendar, type=Calendar)
    except msgspec.DecodeError as error:
        raise DataError(f"a calendar in the store cannot be read: symbol={row.symbol} why={error}") from None
    return KeptCalendar(
        symbol=row.symbol,
        calendar=calendar,
        set_by=row.set_by,
        set_ts_ns=row.set_ts_ns,
        kept=Kept(put=row.put_state, sending=row.sending_state, held_since_ns=row.held_since_ns),
    )
