"""How well an order was executed, and where what is left of it stands."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from fairlead.domain.tca.benchmarks import Print, slippage_bps, twap, twap_of_fills, vwap
from fairlead.domain.tca.queue_place import QueuePlace, Shown, Unknown, queue_place
from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.order_view import OrderView
from fairlead.errors import NotFoundError, UnavailableError
from fairlead.ports.order_history import OrderHistory
from fairlead.ports.trade_tape import TradeTape
from fairlead.services.advanced_lists import AdvancedLists
from fairlead.services.markets import Markets

__all__ = ["Benchmark", "OrderQualities", "OrderQuality"]

# More trades than these are not read for one answer.
_TAPE_MAX: Final = 10_000
_LEVELS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A price to compare with; what is not known is ``None`` and has a ``reason``. A positive slippage is a cost."""

    price: Fraction | None = None
    slippage_bps: Fraction | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuality:
    """The quality of an order.

    Attributes:
        vwap: mean price of its fills, weighted by quantity; ``None`` where it did not trade.
        twap: their mean, weighted by time.
        fills: how many.
        arrival: the last trade in its market before it came.
        market_vwap: of all trades from its coming to its last fill, its own among them.
        market_twap: of the same time.
        queue: where it stands.
    """

    view: OrderView
    fills: int
    vwap: Fraction | None
    twap: Fraction | None
    fill_ratio: Fraction | None
    arrival: Benchmark
    market_vwap: Benchmark
    market_twap: Benchmark
    queue: QueuePlace


class OrderQualities:
    """Measures orders.

    Args:
        orders: the orders and their trades.
        advanced: which of them hide a part.
        tape: the public trades.
        markets: the books.
    """

    def __init__(self, *, orders: OrderHistory, advanced: AdvancedLists, tape: TradeTape, markets: Markets) -> None:
        self._orders, self._advanced, self._tape, self._markets = orders, advanced, tape, markets

    async def of(self, account: int, order_id: int) -> OrderQuality | None:
        """Return the quality of an order; ``None`` where the account has none of that number.

        Raises:
            UnavailableError: the store does not answer.
        """
        record = await self._orders.record(account, order_id)
        if record is None:
            return None
        view = record.view
        fills = [Print(it.time_ns, it.price, it.quantity) for it in await self._orders.fills(account, order_id)]
        average = vwap(fills)
        arrival, market_vwap, market_twap = await self._benchmarks(record, fills, average)
        return OrderQuality(
            view=view,
            fills=len(fills),
            vwap=average,
            twap=twap_of_fills(fills),
            fill_ratio=Fraction(view.filled_quantity) / Fraction(view.quantity) if view.quantity else None,
            arrival=arrival,
            market_vwap=market_vwap,
            market_twap=market_twap,
            queue=await self._queue(account, view),
        )

    async def _benchmarks(
        self, record: OrderRecord, fills: list[Print], average: Fraction | None
    ) -> tuple[Benchmark, Benchmark, Benchmark]:
        view = record.view
        before = await self._tape.last_before(view.symbol, ts_ns=view.created_ns, event_seq=record.first_seq)
        arrival = Benchmark(reason="NO_TRADE_BEFORE")
        if before is not None:
            arrival = _against(view.side, average, Fraction(before.price))
        if average is None:
            return arrival, Benchmark(reason="NOT_FILLED"), Benchmark(reason="NOT_FILLED")
        begin_ns, end_ns = view.created_ns, fills[-1].ts
        tape = await self._tape.between(view.symbol, begin_ns=begin_ns, end_ns=end_ns, count_max=_TAPE_MAX + 1)
        reason = "TOO_MANY_TRADES" if len(tape) > _TAPE_MAX else None
        if sum(it.qty for it in tape) < sum(it.qty for it in fills):
            reason = "TRADES_NOT_KEPT"
        if reason is not None:
            return arrival, Benchmark(reason=reason), Benchmark(reason=reason)
        weighted = vwap(tape)
        timed = twap([*([] if before is None else [before]), *tape], begin=begin_ns, end=end_ns)
        return (
            arrival,
            Benchmark(reason="NOT_FILLED") if weighted is None else _against(view.side, average, weighted),
            Benchmark(reason="NO_TRADE_BEFORE") if timed is None else _against(view.side, average, timed),
        )

    async def _queue(self, account: int, view: OrderView) -> QueuePlace:
        if view.status not in {"OPEN", "PARTIALLY_FILLED"}:
            return QueuePlace(reason=Unknown.NOT_RESTING)
        if view.price is None or view.order_type == "PEGGED":
            return QueuePlace(reason=Unknown.NO_FIXED_PRICE)
        try:
            book = await self._markets.book(view.symbol, levels=_LEVELS_MAX)
        except (NotFoundError, UnavailableError):
            return QueuePlace(reason=Unknown.MARKET_DATA_MISSING)
        side = book.bids if view.side == "BUY" else book.asks
        level = next(((it.qty, it.orders) for it in side if it.price == view.price), None)
        return queue_place(remaining=view.remaining_quantity, shown=await self._shown(account, view), level=level)

    async def _shown(self, account: int, view: OrderView) -> Shown:
        """How much of it the book shows: what one order of a group shows is not looked for."""
        if await self._advanced.group_of(account, view.order_id) is not None:
            return Shown.UNKNOWN
        found = await self._advanced.find(account, view.order_id)
        shown = None if found is None else found.legs[0].terms.get("display_quantity")
        return Shown.WHOLE if shown is None else Shown.NOTHING if shown == "0" else Shown.PART


def _against(side: str, average: Fraction | None, benchmark: Fraction) -> Benchmark:
    slip = None if average is None else slippage_bps(side, average=average, benchmark=benchmark)
    return Benchmark(price=benchmark, slippage_bps=slip, reason="NOT_FILLED" if average is None else None)
