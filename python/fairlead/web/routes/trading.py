"""``/orders`` and ``/cancel-all-after``, the writing half: enter, change and cancel orders of the caller's account."""

from typing import Annotated, Any, Final, TypeAlias

from litestar import Request, Response, delete, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter

from fairlead.domain.access.roles import Permission, Principal
from fairlead.domain.limits.plan import RouteClass
from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.order_request import OrderRequest
from fairlead.domain.trading.refused import unknown_order
from fairlead.errors import FairleadError, UnavailableError
from fairlead.services.trading import Outcome, Placed
from fairlead.web.correlation import correlation_id
from fairlead.web.identity import needs
from fairlead.web.limits import counts_as
from fairlead.web.order_requests import client_id, demand_own_account, number, order_request, sent_with
from fairlead.web.order_wire import AllAfterBody, AmendBody, BatchBody, OrderBody, OrderLine, order_line
from fairlead.web.problems import ProblemError, problem_in
from fairlead.web.services import Asker, Given, Services
from fairlead.web.straight import STRAIGHT
from fairlead.web.trading_answers import BatchLine, BatchResult, CanceledCount, Timer

__all__ = ["ROUTES", "IdempotencyKey", "OrderId", "changed_line", "order_id_of", "placed_line"]

_TRADE: Final = needs(Permission.TRADE_OWN)
# The exchange counts from 1, and the tables have 63 bits.
_ID_MAX: Final = 2**63 - 1
_FILTERS: Final = frozenset({"symbol", "side"})

IdempotencyKey: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="The same as clientOrderId: 1 to 36 printable ASCII characters. Sending again is safe with it.",
    ),
]
OrderId: TypeAlias = Annotated[str, PathParameter(max_length=64, description="The orderId of an order.")]


@post("/orders", status_code=201, opt=_TRADE | STRAIGHT, summary="Enter an order")
async def place_order(
    data: JSONBody[OrderBody], caller: Asker, services: Given, idempotency_key: IdempotencyKey = None
) -> Response[OrderLine]:
    """201 with the order once it is durable; 200 with the first outcome where its client id was used for the same."""
    demand_own_account(caller, data.account_id)
    request = order_request(data, client_order_id=client_id(idempotency_key, data.client_order_id))
    placed = await services.trading.orders.place(caller.account, request)
    return Response(await placed_line(services, placed, request), status_code=200 if placed.is_repeat else 201)


@post(
    "/orders/batch",
    status_code=200,
    opt=_TRADE | STRAIGHT,
    summary="Enter several orders, each with an outcome of its own",
)
async def place_batch(
    data: JSONBody[BatchBody], request: Request[Any, Any, Any], caller: Asker, services: Given
) -> BatchResult:
    """The results are in the order of the request; each is an order or a problem."""
    limit = services.trading.batch_orders_max
    if not 1 <= len(data.orders) <= limit:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"too many or no orders: orders={len(data.orders)} max={limit}",
            field="orders",
            value=str(len(data.orders)),
            limit=str(limit),
            fix="send several batches",
        )
    if len(data.orders) > 1:
        await services.limits.more_orders(caller, len(data.orders) - 1)
    read = [_read(caller, body) for body in data.orders]
    asked = [one for one in read if isinstance(one, OrderRequest)]
    became = iter(await services.trading.orders.place_batch(caller.account, asked))
    correlation = correlation_id(request.scope)
    lines = [
        await _batch_line(services, next(became), one, correlation=correlation)
        if isinstance(one, OrderRequest)
        else _refused_line(one, correlation=correlation)
        for one in read
    ]
    return BatchResult(results=lines)


@patch("/orders/{order_id:str}", opt=_TRADE, summary="Change price, quantity or both of an order")
async def amend_order(
    order_id: OrderId,
    data: JSONBody[AmendBody],
    caller: Asker,
    services: Given,
    idempotency_key: IdempotencyKey = None,
) -> OrderLine:
    """``quantity`` is the new total, with what is filled. Another's order is answered like one that is not there."""
    changed = await services.trading.orders.amend(
        caller.account,
        order_id_of(order_id),
        quantity=number(data.quantity, "quantity"),
        price=number(data.price, "price"),
        client_order_id=client_id(idempotency_key, data.client_order_id),
    )
    return await changed_line(services, changed)


@delete("/orders/{order_id:str}", status_code=200, opt=_TRADE, summary="Cancel an order")
async def cancel_order(order_id: OrderId, caller: Asker, services: Given) -> OrderLine:
    """Another's order is answered like one that is not there; one that has ended with 422 ``ORDER_FINISHED``."""
    return await changed_line(services, await services.trading.orders.cancel(caller.account, order_id_of(order_id)))


@delete("/orders", status_code=200, opt=_TRADE, summary="Cancel all orders, of one symbol or side where it is given")
async def cancel_orders(
    request: Request[Any, Any, Any],
    caller: Asker,
    services: Given,
    symbol: Annotated[str | None, QueryParameter(max_length=64)] = None,
    side: Annotated[str | None, QueryParameter(max_length=8)] = None,
) -> CanceledCount:
    """Cancel every open order of the caller that passes the filters."""
    _check_filters(request)
    return CanceledCount(canceled=await services.trading.orders.cancel_many(caller.account, symbol=symbol, side=side))


@post(
    "/cancel-all-after",
    status_code=200,
    opt=_TRADE | counts_as(RouteClass.CANCELS),
    summary="Cancel everything unless this comes again in time",
)
async def cancel_all_after(data: JSONBody[AllAfterBody], caller: Asker, services: Given) -> Timer:
    """A dead man's switch of the account; 0 takes it away."""
    await services.trading.orders.cancel_all_after(caller.account, data.timeout_ms)
    return Timer(timeout_ms=data.timeout_ms)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    place_order,
    place_batch,
    amend_order,
    cancel_order,
    cancel_orders,
    cancel_all_after,
)


def order_id_of(text: str) -> int:
    """Return the number of an order in a path.

    Raises:
        RefusedError: it is none; answered like an order that is not there.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_ID_MAX)) or int(text) > _ID_MAX:
        raise unknown_order(f"{text:.64}")
    return int(text)


async def placed_line(services: Services, placed: Placed, request: OrderRequest) -> OrderLine:
    """Return an order as the answer to what entered it says it, with what it was sent with."""
    return order_line(
        placed.view, fills=placed.fills, fee_asset=await _fee_asset(services, placed), sent=sent_with(request)
    )


async def changed_line(services: Services, changed: Placed) -> OrderLine:
    """Return an order as the answer to a change or a cancel says it, with what it was sent with where that is known."""
    sent = await services.trading.orders.sent_with(changed.view)
    return order_line(changed.view, fills=changed.fills, fee_asset=await _fee_asset(services, changed), sent=sent)


async def _fee_asset(services: Services, placed: Placed) -> str | None:
    """The exchange has done what was asked: a store that does not answer makes no failure of it."""
    if not placed.fills:
        return None
    try:
        return await services.records.orders.fee_asset(placed.view.symbol)
    except UnavailableError:
        return None


def _read(caller: Principal, body: OrderBody) -> OrderRequest | Exception:
    try:
        demand_own_account(caller, body.account_id)
        return order_request(body, client_order_id=client_id(None, body.client_order_id))
    except (FairleadError, ProblemError) as error:
        return error


async def _batch_line(services: Services, outcome: Outcome, request: OrderRequest, *, correlation: str) -> BatchLine:
    if isinstance(outcome, Placed):
        line = await placed_line(services, outcome, request)
        return BatchLine(status=200 if outcome.is_repeat else 201, order=line)
    return _refused_line(outcome, correlation=correlation)


def _refused_line(error: Exception, *, correlation: str) -> BatchLine:
    problem = problem_in(error, correlation)
    return BatchLine(status=problem.status, problem=problem)


def _check_filters(request: Request[Any, Any, Any]) -> None:
    """A filter that is misspelled would cancel more than was meant."""
    names = [name for name, _ in request.query_params.multi_items()]
    wrong = sorted({name for name in names if name not in _FILTERS or names.count(name) > 1})
    if wrong:
        raise RequestError(
            "UNKNOWN_FILTER",
            field=f"{wrong[0]:.40}",
            value=f"{wrong[0]:.40}",
            limit="symbol, side",
            fix="give each once",
        )
