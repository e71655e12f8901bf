"""``/advanced-orders``: orders that wait, hide a part, or depend on each other."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter, QueryParameter

from fairlead.domain.access.roles import Permission, Principal
from fairlead.domain.trading.entered_order import ADVANCED_TYPES
from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.group_request import ExitsRequest
from fairlead.domain.trading.order_request import OrderRequest
from fairlead.domain.trading.refused import unknown_group
from fairlead.ports.advanced_orders import AdvancedFilter
from fairlead.web.advanced_wire import AdvancedPage, advanced_line
from fairlead.web.etag import tagged
from fairlead.web.identity import needs
from fairlead.web.order_requests import (
    client_id,
    exits_request,
    iceberg_request,
    stop_loss_request,
    stop_sent_with,
    trailing_stop_request,
)
from fairlead.web.order_wire import (
    BracketBody,
    IcebergBody,
    OcoBody,
    OrderLine,
    StopLossBody,
    TrailingStopBody,
    order_line,
)
from fairlead.web.paging import Cursor, Limit, count_of, cursor_of, numbers_in, refuse_unknown
from fairlead.web.routes.order_reads import Filter, asked_symbol, one_of
from fairlead.web.routes.trading import IdempotencyKey, order_id_of, placed_line
from fairlead.web.services import Asker, Given, Services
from fairlead.web.trading_answers import GroupLine, group_id_of, group_name

__all__ = ["ROUTES"]

_TRADE: Final = needs(Permission.TRADE_OWN)
_STATUSES: Final = ("ACTIVE", "FINISHED")
# Fields that these bodies name otherwise than those of ``/orders``.
_STOP_LOSS: Final[Mapping[str, str]] = {"price": "limitPrice"}
_ICEBERG: Final[Mapping[str, str]] = {"quantity": "totalQuantity", "displayQuantity": "visibleQuantity"}
_ALIKE: Final[Mapping[str, str]] = {}


@post("/advanced-orders/stop-loss", status_code=201, opt=_TRADE, summary="An order that waits for a price")
async def stop_loss(
    data: JSONBody[StopLossBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[OrderLine]:
    """A market order once ``triggerPrice`` is reached, a limit order with ``limitPrice``."""
    named = client_id(idempotency_key, data.client_order_id)
    return await _place(services, caller, stop_loss_request(data, client_order_id=named), fields=_STOP_LOSS)


@post("/advanced-orders/trailing-stop", status_code=201, opt=_TRADE, summary="A stop that follows the price")
async def trailing_stop(
    data: JSONBody[TrailingStopBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[OrderLine]:
    """Its distance is ``trailingAmount`` or ``trailingPercent``."""
    named = client_id(idempotency_key, data.client_order_id)
    return await _place(services, caller, trailing_stop_request(data, client_order_id=named))


@post("/advanced-orders/iceberg", status_code=201, opt=_TRADE, summary="A limit order that shows a part of itself")
async def iceberg(
    data: JSONBody[IcebergBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[OrderLine]:
    """The book shows ``visibleQuantity`` at a time."""
    named = client_id(idempotency_key, data.client_order_id)
    return await _place(services, caller, iceberg_request(data, client_order_id=named), fields=_ICEBERG)


@post("/advanced-orders/oco", status_code=201, opt=_TRADE, summary="Two exits of which one cancels the other")
async def oco(
    data: JSONBody[OcoBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[GroupLine]:
    """With ``entryPrice`` it is a bracket."""
    named = client_id(idempotency_key, data.client_order_id)
    return await _place_group(services, caller, exits_request(data, client_order_id=named))


@post("/advanced-orders/bracket", status_code=201, opt=_TRADE, summary="An entry, and two exits that wait for it")
async def bracket(
    data: JSONBody[BracketBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[GroupLine]:
    """Without ``entryPrice`` it is two exits, as of ``/oco``."""
    named = client_id(idempotency_key, data.client_order_id)
    return await _place_group(services, caller, exits_request(data, client_order_id=named))


@get("/advanced-orders", opt=needs(Permission.READ_OWN), summary="Orders that wait, hide a part, or form a group")
async def list_advanced(
    request: Request[Any, Any, Any],
    caller: Asker,
    services: Given,
    symbol: Filter = None,
    type_: Annotated[str | None, QueryParameter(name="type", max_length=64)] = None,
    status: Filter = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response[AdvancedPage]:
    """Newest first, each with its orders and how they stand. ``id`` is what ``DELETE`` takes."""
    refuse_unknown(request, "symbol", "type", "status", "limit", "cursor")
    word = one_of("status", status, _STATUSES)
    wanted = AdvancedFilter(
        symbol=await asked_symbol(services, symbol),
        order_type=one_of("type", type_, ADVANCED_TYPES),
        is_active=None if word is None else word == _STATUSES[0],
    )
    count, before = count_of(limit, services.pages), numbers_in(cursor, count=1)
    records = await services.records.advanced.page(
        caller.account, wanted, before=None if before is None else before[0], count_max=count + 1
    )
    shown = records[:count]
    following = cursor_of(shown[-1].order_id) if len(records) > count else None
    return tagged(request, AdvancedPage(orders=[advanced_line(it) for it in shown], next_cursor=following))


@delete("/advanced-orders/{advanced_id:str}", status_code=204, opt=_TRADE, summary="Cancel such an order, or a group")
async def cancel_advanced(
    advanced_id: Annotated[str, PathParameter(max_length=64, description="A groupId, or the orderId of an order.")],
    caller: Asker,
    services: Given,
) -> None:
    """Another's is answered like one that is not there."""
    group_id = group_id_of(advanced_id)
    if group_id is not None:
        await services.trading.advanced.cancel(caller.account, group_id)
    elif advanced_id.startswith("g"):
        raise unknown_group(advanced_id)
    else:
        await services.trading.orders.cancel(caller.account, order_id_of(advanced_id))


async def _place(
    services: Services, caller: Principal, request: OrderRequest, *, fields: Mapping[str, str] = _ALIKE
) -> Response[OrderLine]:
    try:
        placed = await services.trading.orders.place(caller.account, request)
    except RequestError as error:
        raise error.renamed(fields.get(error.field, error.field)) from None
    return Response(await placed_line(services, placed, request), status_code=200 if placed.is_repeat else 201)


async def _place_group(services: Services, caller: Principal, request: ExitsRequest) -> Response[GroupLine]:
    placed = await services.trading.advanced.place(caller.account, request)
    # The exit with a loss is the last one; of the others their reports say all.
    stop_id, stop = placed.client_order_ids[-1], stop_sent_with(request)
    line = GroupLine(
        group_id=None if placed.group_id is None else group_name(placed.group_id),
        client_order_ids=list(placed.client_order_ids),
        orders=[order_line(view, sent=stop if view.client_order_id == stop_id else None) for view in placed.orders],
    )
    return Response(line, status_code=200 if placed.is_repeat else 201)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    stop_loss,
    trailing_stop,
    iceberg,
    oco,
    bracket,
    list_advanced,
    cancel_advanced,
)
