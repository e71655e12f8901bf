"""Reports of trades for the suites, and a place that keeps them in memory."""

import asyncio
from collections.abc import AsyncGenerator
from decimal import Decimal

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.trading.order_view import OrderView
from fairlead.domain.trading.refused import Scales
from fairlead.model.report import Position, Report
from fairlead.ports.report_pages import ReportPage
from fairlead.services.publishing import Bodies

__all__ = ["KeptPages", "blind_bodies", "trade"]

_PAGE = 10


def trade(number: int, *, symbol: str = "ABC-USD") -> list[Report]:
    """Return the two reports of a trade: the buyer came in."""
    sides = [(1, "buy", "Removed"), (2, "sell", "Added")]
    return [
        Report(
            kind="ExecutionReport",
            position=Position(number, 0, leg),
            fields={"account": 1_000 + leg, "instrument": 1, "liquidity": liquidity},
            exec_type="Trade",
            ord_status="Filled",
            symbol=symbol,
            cl_ord_id=f"c{number}",
            order_id=number,
            side=side,
            last_qty=Decimal(2),
            last_px=Decimal(100) + number,
            fee=Decimal("0.10"),
            trade_id=number,
            ts_ns=1_700_000_000_000_000_000 + number,
        )
        for leg, side, liquidity in sides
    ]


def blind_bodies() -> Bodies:
    """Return what writes reports where nothing can be looked up."""

    async def find(_account: int, _order_id: int) -> OrderView | None:
        return None

    async def scales(_symbol: str) -> Scales | None:
        return None

    return Bodies(find=find, scales=scales)


class KeptPages:
    """Reports in memory, in small pages."""

    def __init__(self, log_id: str = "log-1") -> None:
        self.log_id = log_id
        self._reports: list[Report] = []
        self._changed = asyncio.Event()
        self.open = 0

    def add(self, *reports: Report) -> None:
        """Add the newest."""
        self._reports += reports
        self._changed.set()

    async def after(self, cursor: Cursor | None, /, *, tail_max: int | None = None) -> AsyncGenerator[ReportPage, None]:
        """Yield the reports after a place, then new ones as they come."""
        position = Position(0, 0, 0)
        if cursor is not None and cursor.log_id == self.log_id:
            position = cursor.position
        elif tail_max is not None and self._reports:
            newest = self._reports[-1].position
            assert newest is not None
            position = Position(max(0, newest.event_seq - tail_max), 0, 0)
        self.open += 1
        try:
            while True:
                self._changed.clear()
                page = [one for one in self._reports if one.position is not None and one.position > position][:_PAGE]
                if not page:
                    await self._changed.wait()
                    continue
                yield ReportPage(log_id=self.log_id, reports=page)
                assert page[-1].position is not None
                position = page[-1].position
        finally:
            self.open -= 1
