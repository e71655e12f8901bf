"""What the process heard of orders, beside the tables that follow the same reports and may be a moment behind.

INV-1  What is told of an order from memory was heard whole: from its first report on, with every trade.
INV-2  What an order was sent with is remembered of those that were entered here and that nobody else changed since: a
       change may be of what no report tells. Where reports are missing, somebody may have.
INV-3  Who reads the tables after an answer can wait until they have all that was heard of the account by then, and
       where others speak for the account too, all that they were answered by then.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from fairlead.domain.trading.order_record import kept_of
from fairlead.domain.trading.order_request import OrderRequest
from fairlead.domain.trading.order_view import Fill, OrderView, after, fill_of
from fairlead.domain.trading.sent import Sent
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.model.trade_revision import amendment_of
from fairlead.ports.order_reads import OrderReads

__all__ = ["RecentOrders"]

_KEPT_MAX: Final = 20_000
# Reports with which an order begins.
_FIRST: Final = frozenset({"New", "Suspended"})
# Who asked waits for its own order to be readable, but not for tables that are far behind.
_WAIT_S: Final = 0.5


async def _nobody_else() -> None:
    """Nobody else speaks to the exchange: what was answered was heard."""


class RecentOrders:
    """Orders as the newest of two sources tells them; those that were heard of longest ago are forgotten.

    Args:
        tables: the other source; ``None``: there is none.
        kept_max: how many orders are remembered, 1 or more.
        settle: waits until everything was heard that others were answered before.
        hole: up to where reports were last left out of the session; ``None``: none were.
    """

    def __init__(
        self,
        tables: OrderReads | None = None,
        *,
        kept_max: int = _KEPT_MAX,
        settle: Callable[[], Awaitable[None]] = _nobody_else,
        hole: Callable[[], Position | None] = lambda: None,
    ) -> None:
        self._tables, self._kept_max, self._settle, self._hole = tables, kept_max, settle, hole
        self._last_hole = hole()
        self._views: OrderedDict[tuple[int, int], OrderView] = OrderedDict()
        self._fills: dict[tuple[int, int], list[Fill]] = {}
        # ``None`` of one that others changed.
        self._asked: dict[tuple[int, int], OrderRequest | None] = {}
        # Changes of this process that have no answer yet, by account and client id.
        self._changing: set[tuple[int, str]] = set()
        self._told: OrderedDict[int, Position] = OrderedDict()

    def hear(self, report: Report) -> None:
        """Take a report of any account; each comes once, in the order of the log."""
        account = report.fields.get("account")
        if report.position is None or not isinstance(account, int):
            return
        self._told[account] = report.position
        self._told.move_to_end(account)
        if len(self._told) > self._kept_max:
            self._told.popitem(last=False)
        key = (account, report.order_id)
        before = self._views.get(key)
        if before is None and report.exec_type not in _FIRST:
            return
        view = after(before, report)
        if view is None or view is before:
            return
        if (fill := fill_of(report)) is not None:
            self._fills.setdefault(key, []).append(fill)
        elif amendment_of(report) is not None:
            # The trades of before are no more what they were.
            self._fills.pop(key, None)
        self.note(view)
        if report.exec_type == "Replaced" and (account, report.cl_ord_id) not in self._changing:
            self._asked[key] = None

    async def caught_up(self, account: int) -> bool:
        """Wait, a moment at most, until all that was answered to an account so far can be read in the tables."""
        await self.settled()
        position = self._told.get(account)
        return position is None or await self.reached(position)

    async def settled(self) -> None:
        """Wait, a moment at most, until everything was heard that others were answered before.

        An exchange that does not answer keeps nobody from reading.
        """
        with contextlib.suppress(UnavailableError, TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                await self._settle()

    def note(self, view: OrderView, *, asked: OrderRequest | None = None) -> None:
        """Remember an order as an answer told it; what is older than what is known changes nothing.

        Args:
            view: the order.
            asked: what it was entered with here; ``None``: it was entered before, or elsewhere.
        """
        key = (view.account, view.order_id)
        known = self._views.get(key)
        if known is None or view.seq > known.seq:
            self._views[key] = view
        self._views.move_to_end(key)
        if asked is not None:
            self._asked.setdefault(key, asked)
        while len(self._views) > self._kept_max:
            forgotten, _ = self._views.popitem(last=False)
            self._fills.pop(forgotten, None)
            self._asked.pop(forgotten, None)

    def heard(self, account: int, order_id: int) -> OrderView | None:
        """Return an order as the desks heard of it last."""
        return self._views.get((account, order_id))

    def told(self, account: int, order_id: int) -> tuple[OrderView, Sequence[Fill] | None] | None:
        """Return an order as the desks heard of it last, with its trades: ``None`` where some were not heard."""
        key = (account, order_id)
        if (view := self._views.get(key)) is None:
            return None
        fills = self._fills.get(key, [])
        # A trade that was amended, or came before its order was followed: the tables know.
        is_whole = sum((fill.quantity for fill in fills), Decimal(0)) == view.filled_quantity
        return view, tuple(fills) if is_whole else None

    @contextlib.contextmanager
    def changing(self, account: int, client_order_id: str) -> Iterator[None]:
        """Tell, until the block ends, that a change under a client id is one of this process."""
        change = (account, client_order_id)
        self._changing.add(change)
        try:
            yield
        finally:
            self._changing.discard(change)

    def asked(self, account: int, order_id: int) -> OrderRequest | None:
        """Return what an order was entered with here, where that is what it has still."""
        if (hole := self._hole()) != self._last_hole:
            self._last_hole = hole
            self._asked.clear()
        return self._asked.get((account, order_id))

    async def kept(self, account: int, order_id: int) -> Sent | None:
        """Return what the tables keep of what an order was sent with; ``None``: that cannot be read, or not in time."""
        if self._tables is None:
            return None
        try:
            async with asyncio.timeout(_WAIT_S):
                record = await self._tables.record(account, order_id)
        except (UnavailableError, TimeoutError):
            return None
        return None if record is None else kept_of(record)

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        """Return an order of an account.

        Raises:
            UnavailableError: the tables cannot be read, and nothing was heard of it.
        """
        heard = self.heard(account, order_id)
        if heard is None:
            await self.settled()
            heard = self.heard(account, order_id)
        try:
            read = None if self._tables is None else await self._tables.find(account, order_id)
        except UnavailableError:
            if heard is None:
                raise
            return heard
        if heard is None or read is None:
            return heard or read
        return heard if heard.seq > read.seq else read

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        """Return an order of an account by a client id of its chain; only the tables know those."""
        return None if self._tables is None else await self._tables.by_client_id(account, client_order_id)

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        """Return the trades of an order, oldest first; only the tables know them."""
        return () if self._tables is None else await self._tables.fills(account, order_id)

    async def reached(self, position: Position, /) -> bool:
        """Wait, a moment at most, until every report up to ``position`` can be read."""
        if self._tables is None:
            return False
        try:
            async with asyncio.timeout(_WAIT_S):
                return await self._tables.reached(position)
        except TimeoutError:
            return False

    async def since(self, report: Report, *, account: int) -> tuple[OrderView | None, Sequence[Fill]]:
        """Return the order of an answer and its trades, from memory where they were heard, else from the tables.

        The exchange has done what was asked: tables that cannot be read make no failure of it.
        """
        told = self._whole(report, account)
        if told is not None:
            return told
        try:
            if report.position is not None:
                await self.reached(report.position)
            return await self.find(account, report.order_id), await self.fills(account, report.order_id)
        except UnavailableError:
            return self.heard(account, report.order_id), ()

    def _whole(self, report: Report, account: int) -> tuple[OrderView, Sequence[Fill]] | None:
        """Return what was heard, where that is everything up to an answer."""
        told = self.told(account, report.order_id)
        if told is None or report.position is None or told[0].seq < report.position:
            return None
        view, fills = told
        return None if fills is None else (view, fills)
