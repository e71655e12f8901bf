"""The cursor, and one step forward: every table and the cursor move together, or none does."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import FOLLOWING, instruments, projection_cursor
from fairlead.adapters.stores.projections.event_rows import follow_events, follow_fills
from fairlead.adapters.stores.projections.fee_rows import follow_fees
from fairlead.adapters.stores.projections.market_rows import follow_breakers, follow_candles, follow_trades
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.money_rows import follow_money
from fairlead.adapters.stores.projections.order_rows import follow_orders
from fairlead.adapters.stores.projections.outcome_rows import follow_outcomes
from fairlead.adapters.stores.projections.position_rows import follow_positions
from fairlead.adapters.stores.projections.pruning import tell_pruned
from fairlead.adapters.stores.projections.told import Told, told_by
from fairlead.adapters.stores.step import Row, Step
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.projections import Followed

__all__ = ["SqlProjections"]

Follow = Callable[[Step, Told, Memory], None]

# Raised with every change of what a row says: tables of another form are made again from the log.
_FORM: Final = 7
_NAME: Final = "reports"
_FOLLOWERS: Final[Sequence[Follow]] = (
    follow_orders,
    follow_events,
    follow_fills,
    follow_outcomes,
    follow_money,
    follow_positions,
    follow_trades,
    follow_candles,
    follow_breakers,
    follow_fees,
)
_CURSOR: Final = "SELECT log_id, form, is_whole, event_seq, sub, leg FROM projection_cursor"
_MOVE: Final = "UPDATE projection_cursor SET event_seq = ?, sub = ?, leg = ?"


class SqlProjections:
    """The tables of one store.

    Args:
        database: the store.
        kept_from_ns: since when rows are kept of what happened, asked at each step; from the beginning by default.
    """

    def __init__(self, database: Database, *, kept_from_ns: Callable[[], int] = lambda: 0) -> None:
        self._direct, self._kept_from_ns = database.direct, kept_from_ns
        # Of the thread that writes.
        self._memory = Memory()

    async def followed(self) -> Followed:
        """Return how far they are; tables of another form count as empty."""
        return await self._direct.read(_followed)

    async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
        """Bring the tables forward and return the reports that were new to them, in their order."""
        return await self._direct.step(partial(self._apply, reports, listings))

    async def begin(self, log_id: str, /) -> None:
        """Empty every table, and follow a log from its beginning."""
        await self._direct.step(partial(_begin, log_id))

    async def mark_incomplete(self) -> None:
        """Remember that reports are missing for good."""
        await self._direct.step(_mark_incomplete)

    def _apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], step: Step) -> Sequence[Report]:
        followed = _followed(step)
        assert followed.log_id, "the tables follow no log: begin comes first"
        fresh = [(at, it) for it in reports if (at := it.position) is not None and at > followed.position]
        if not fresh:
            return ()
        places = [position for position, _ in fresh]
        assert all(before < after for before, after in pairwise(places)), f"reports out of order: {places}"
        # What is remembered is true of one place only: neither after a step that was taken back, nor where somebody
        # else moved the tables.
        memory = self._memory if self._memory.position == followed.position else Memory()
        memory.position, self._memory = None, memory
        told = told_by(fresh, listings, kept_from_ns=self._kept_from_ns())
        if len(told.kept) < len(fresh):
            last_left_out = len(fresh) - len(told.kept) - 1
            tell_pruned(step, places[last_left_out].event_seq)
        _keep_instruments(step, told, memory)
        for follow in _FOLLOWERS:
            follow(step, told, memory)
        step.execute(_MOVE, places[-1])
        memory.trim()
        memory.position = places[-1]
        return [report for _, report in fresh]


def _followed(view: Step) -> Followed:
    rows = view.rows(_CURSOR)
    if not rows or rows[0][1] != _FORM:
        return Followed(log_id="", position=BEGINNING, is_whole=True)
    ((log_id, _, is_whole, *place),) = rows
    return Followed(log_id=log_id, position=Position(*place), is_whole=bool(is_whole))


def _begin(log_id: str, step: Step) -> None:
    for table in FOLLOWING:
        step.execute(f"DELETE FROM {table.name}")
    step.add(projection_cursor, [(_NAME, log_id, _FORM, True, *BEGINNING, 0)])


def _mark_incomplete(step: Step) -> None:
    step.execute("UPDATE projection_cursor SET is_whole = ?", (False,))


def _keep_instruments(step: Step, told: Told, memory: Memory) -> None:
    """Keep what readers need to know of the instruments that are spoken of."""
    named = {number for _, report, _ in told.reports if isinstance(number := report.fields.get("instrument"), int)}
    spoken = [it for number in sorted(named) if (it := told.listings.get(number)) is not None]
    fresh = [it for it in spoken if memory.instruments.get(it.id) != it]
    step.put(instruments, [_instrument(it) for it in fresh])
    memory.instruments.update((it.id, it) for it in fresh)


def _instrument(it: Listing) -> Row:
    base, quote = it.base, it.quote
    scales = (it.price_decimals, it.qty_decimals)
    return (it.id, it.symbol, *scales, base.id, base.symbol, base.decimals, quote.id, quote.symbol, quote.decimals)
