"""``GET /orders``: the orders of who asks, one of them, and its trades."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from fairlead.domain.access.roles import Permission
from fairlead.domain.trading.order_record import kept_of
from fairlead.domain.trading.refused import perhaps_not_yet_readable
from fairlead.errors import NotFoundError
from fairlead.ports.order_history import OrderFilter
from fairlead.web.etag import tagged
from fairlead.web.identity import needs
from fairlead.web.order_pages import FillPage, OrderPage
from fairlead.web.order_wire import OrderLine, fill_line, order_line
from fairlead.web.paging import Cursor, Limit, count_of, cursor_of, numbers_in, refuse_unknown
from fairlead.web.problems import ProblemError
from fairlead.web.quality_wire import Quality, quality_of
from fairlead.web.routes.trading import changed_line
from fairlead.web.services import Asker, Given, Services
from fairlead.web.staleness import is_stale
from fairlead.web.story_wire import Story, story_of

__all__ = ["ROUTES", "Filter", "OrderId", "asked_symbol", "one_of", "order_number"]

_READ: Final = needs(Permission.READ_OWN)
_SIDES: Final = ("BUY", "SELL")
_STATUSES: Final = (
    "OPEN",
    "PARTIALLY_FILLED",
    "PENDING_TRIGGER",
    "FILLED",
    "CANCELED",
    "EXPIRED",
    "REJECTED",
)
_ID_MAX: Final = 2**63 - 1
_DIGITS_MAX: Final = 19

OrderId = Annotated[str, PathParameter(max_length=64)]
Filter = Annotated[str | None, QueryParameter(max_length=64)]


@get("/orders", opt=_READ, summary="The orders of who asks, newest first")
async def list_orders(
    request: Request[Any, Any, Any],
    caller: Asker,
    services: Given,
    symbol: Filter = None,
    status: Filter = None,
    side: Filter = None,
    client_order_id: Annotated[str | None, QueryParameter(name="clientOrderId", max_length=64)] = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response[OrderPage]:
    """Filter by symbol, status, side and clientOrderId. Orders that were refused at the door have none of these.

    ``fills`` is left out: ``GET /orders/{orderId}`` and ``GET /orders/{orderId}/fills`` have them.
    """
    refuse_unknown(request, "symbol", "status", "side", "clientOrderId", "limit", "cursor")
    wanted = OrderFilter(
        symbol=await asked_symbol(services, symbol),
        status=one_of("status", status, _STATUSES),
        side=one_of("side", side, _SIDES),
        client_order_id=client_order_id,
    )
    count, before = count_of(limit, services.pages), numbers_in(cursor, count=1)
    records = await services.records.orders.page(
        caller.account, wanted, before=None if before is None else before[0], count_max=count + 1
    )
    if not records and client_order_id is not None and is_stale(request.scope):
        raise perhaps_not_yet_readable(f"clientOrderId={client_order_id:.36}")
    shown = records[:count]
    following = cursor_of(shown[-1].view.order_id) if len(records) > count else None
    return tagged(
        request, OrderPage(orders=[order_line(it.view, sent=kept_of(it)) for it in shown], next_cursor=following)
    )


@get("/orders/{order_id:str}", opt=_READ, summary="One order with its trades")
async def show_order(
    request: Request[Any, Any, Any], order_id: OrderId, caller: Asker, services: Given
) -> Response[OrderLine]:
    """Another's order is answered like one that does not exist."""
    refuse_unknown(request)
    orders, number = services.records.orders, order_number(order_id)
    record, told = await orders.record(caller.account, number), services.trading.orders.told(caller.account, number)
    if told is not None and (record is None or told.view.seq > record.view.seq):
        return tagged(request, await changed_line(services, told))
    if record is None:
        raise _absent(request, f"orderId={order_id}")
    fills, asset = await orders.fills(caller.account, number), await orders.fee_asset(record.view.symbol)
    return tagged(request, order_line(record.view, fills=fills, fee_asset=asset, sent=kept_of(record)))


@get("/orders/{order_id:str}/fills", opt=_READ, summary="The trades of one order, oldest first")
async def list_fills(
    request: Request[Any, Any, Any], order_id: OrderId, caller: Asker, services: Given
) -> Response[FillPage]:
    """A fee is in the asset named beside it; a negative one is a rebate."""
    refuse_unknown(request)
    orders, number = services.records.orders, order_number(order_id)
    view, told = await orders.find(caller.account, number), services.trading.orders.told(caller.account, number)
    if told is not None and told.fills and (view is None or told.view.seq > view.seq):
        view, fills = told.view, told.fills
    elif view is None:
        raise _absent(request, f"orderId={order_id}")
    else:
        fills = await orders.fills(caller.account, number)
    asset = await orders.fee_asset(view.symbol)
    return tagged(request, FillPage(fills=[fill_line(fill, fee_asset=asset) for fill in fills]))


@get("/orders/{order_id:str}/explain", opt=_READ, summary="Why an order is where it is")
async def explain_order(
    request: Request[Any, Any, Any], order_id: OrderId, caller: Asker, services: Given
) -> Response[Story]:
    """What happened to it and why, oldest first, in the words of ``fairlead explain``."""
    refuse_unknown(request)
    story = await services.records.stories.of(caller.account, order_number(order_id))
    if story is None:
        raise _absent(request, f"orderId={order_id}")
    return tagged(request, story_of(story))


@get("/orders/{order_id:str}/quality", opt=_READ, summary="How well an order was executed")
async def measure_order(
    request: Request[Any, Any, Any], order_id: OrderId, caller: Asker, services: Given
) -> Response[Quality]:
    """Means of its fills, what it is measured against, and its place in the queue; what is not known has a reason."""
    refuse_unknown(request)
    found = await services.quality.of(caller.account, order_number(order_id))
    if found is None:
        raise _absent(request, f"orderId={order_id}")
    return tagged(request, quality_of(found))


def _absent(request: Request[Any, Any, Any], what: str) -> Exception:
    """Return the error of an order that is not there, or perhaps not yet."""
    if is_stale(request.scope):
        return perhaps_not_yet_readable(what)
    return NotFoundError(f"no such order: {what}")


def order_number(order_id: str) -> int:
    """Return the number of an order.

    Raises:
        NotFoundError: no order has such an id.
    """
    is_number = order_id.isascii() and order_id.isdecimal() and len(order_id) <= _DIGITS_MAX
    if not is_number or int(order_id) > _ID_MAX:
        raise NotFoundError(f"no such order: orderId={order_id}")
    return int(order_id)


def one_of(name: str, value: str | None, known: tuple[str, ...]) -> str | None:
    """Return a word of a filter.

    Raises:
        ProblemError: it is none of those that are known.
    """
    if value is not None and value not in known:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"{name} is no word of these: {name}={value}",
            field=name,
            value=value,
            limit=", ".join(known),
            fix="give one of the words, or leave it out",
        )
    return value


async def asked_symbol(services: Services, symbol: str | None) -> str | None:
    """Return the symbol of a filter.

    Raises:
        RefusedError: there is no such instrument.
    """
    return None if symbol is None else await services.trading.symbols.known(symbol)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (list_orders, show_order, list_fills, explain_order, measure_order)
