"""What ``GET /orders/{id}/quality`` answers."""

from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from fairlead.domain.tca.queue_place import QueuePlace
from fairlead.services.order_quality import Benchmark, OrderQuality
from fairlead.web.order_wire import decimal_text
from fairlead.web.wire import Answer

__all__ = ["BenchmarkLine", "Quality", "QueueLine", "quality_of"]

# Ratios of exact numbers have no last digit: prices are told with this many, basis points to the tenth of a thousandth.
_DIGITS: Final = Context(prec=28)
_BPS_STEP: Final = Decimal("0.0001")


class BenchmarkLine(Answer, frozen=True, kw_only=True):
    """A price to compare with, and by how much the order did worse, in basis points of it; negative: it did better.

    ``reason`` says why one of them is ``null``: NO_TRADE_BEFORE, NOT_FILLED, TOO_MANY_TRADES or TRADES_NOT_KEPT.
    """

    price: str | None
    slippage_bps: str | None
    reason: str | None


class QueueLine(Answer, frozen=True, kw_only=True):
    """Where an open order stands at its price: ``position`` 1 is the first in line.

    ``ordersAhead`` and ``quantityAhead`` are exact where ``position`` is known; with ``reason`` ORDERS_NOT_TOLD_APART
    they are the most that can be ahead. Other reasons: NOT_RESTING, NO_FIXED_PRICE, HIDDEN, MARKET_DATA_MISSING,
    NOT_IN_BOOK.
    """

    position: int | None
    orders_ahead: int | None
    quantity_ahead: str | None
    reason: str | None


class Quality(Answer, frozen=True, kw_only=True):
    """How well an order was executed.

    ``vwap`` and ``twap`` are the means of its fills, weighted by quantity and by time; ``null`` where it did not trade.
    ``fillRatio`` is what is filled of its quantity, from 0 to 1; ``null`` of an order by value.
    """

    order_id: str
    symbol: str
    side: str
    status: str
    quantity: str
    filled_quantity: str
    fills: int
    fill_ratio: str | None
    vwap: str | None
    twap: str | None
    arrival: BenchmarkLine
    market_vwap: BenchmarkLine
    market_twap: BenchmarkLine
    queue: QueueLine


def quality_of(found: OrderQuality) -> Quality:
    """Return a quality as it is told."""
    view = found.view
    return Quality(
        order_id=str(view.order_id),
        symbol=view.symbol,
        side=view.side,
        status=view.status,
        quantity=decimal_text(view.quantity),
        filled_quantity=decimal_text(view.filled_quantity),
        fills=found.fills,
        fill_ratio=_ratio(found.fill_ratio),
        vwap=_ratio(found.vwap),
        twap=_ratio(found.twap),
        arrival=_benchmark(found.arrival),
        market_vwap=_benchmark(found.market_vwap),
        market_twap=_benchmark(found.market_twap),
        queue=_queue(found.queue),
    )


def _benchmark(found: Benchmark) -> BenchmarkLine:
    bps = None if found.slippage_bps is None else _decimal(found.slippage_bps).quantize(_BPS_STEP, context=_DIGITS)
    return BenchmarkLine(
        price=_ratio(found.price),
        slippage_bps=None if bps is None else decimal_text(bps),
        reason=found.reason,
    )


def _queue(place: QueuePlace) -> QueueLine:
    return QueueLine(
        position=place.position,
        orders_ahead=place.orders_ahead,
        quantity_ahead=None if place.quantity_ahead is None else decimal_text(place.quantity_ahead),
        reason=None if place.reason is None else place.reason.value,
    )


def _decimal(value: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _ratio(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(_decimal(value))
