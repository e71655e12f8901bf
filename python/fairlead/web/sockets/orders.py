"""Orders over a live connection: what the routes do, with the same rights, limits and answers."""

from http import HTTPStatus

import msgspec

from fairlead.domain.access.roles import Permission, Principal, demand
from fairlead.domain.limits.plan import RouteClass
from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.order_requests import client_id, demand_own_account, number, order_request
from fairlead.web.order_wire import OrderBody, OrderLine
from fairlead.web.routes.trading import changed_line, order_id_of, placed_line
from fairlead.web.services import Services
from fairlead.web.sockets.frames import AmendOp, CancelOp, Frame

__all__ = ["OPS", "Done", "carry_out"]

OPS = ("order.place", "order.amend", "order.cancel")


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a route would have answered."""

    status: int
    data: OrderLine


async def carry_out(frame: Frame, caller: Principal, services: Services, *, limits: BodyLimits) -> Done:
    """Do what a message asks for.

    Raises:
        FairleadError: it is refused, as the route refuses it.
        ProblemError: it cannot be read.
    """
    demand(caller, Permission.TRADE_OWN)
    counts_as = RouteClass.CANCELS if frame.op == "order.cancel" else RouteClass.ORDERS
    await services.limits.act(caller, counts_as, size=len(frame.body))
    if frame.op == "order.place":
        return await _place(parse_body(frame.body, OrderBody, limits=limits), caller, services)
    orders = services.trading.orders
    if frame.op == "order.cancel":
        cancel = parse_body(frame.body, CancelOp, limits=limits)
        became = await orders.cancel(caller.account, order_id_of(cancel.order_id))
    else:
        amend = parse_body(frame.body, AmendOp, limits=limits)
        became = await orders.amend(
            caller.account,
            order_id_of(amend.order_id),
            quantity=number(amend.quantity, "quantity"),
            price=number(amend.price, "price"),
            client_order_id=client_id(None, amend.client_order_id),
        )
    return Done(status=HTTPStatus.OK, data=await changed_line(services, became))


async def _place(body: OrderBody, caller: Principal, services: Services) -> Done:
    demand_own_account(caller, body.account_id)
    request = order_request(body, client_order_id=client_id(None, body.client_order_id))
    placed = await services.trading.orders.place(caller.account, request)
    status = HTTPStatus.OK if placed.is_repeat else HTTPStatus.CREATED
    return Done(status=status, data=await placed_line(services, placed, request))
