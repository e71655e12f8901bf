"""How operators take trades back and correct them."""

from typing import Annotated, Final

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.web.correction_wire import CorrectionWish
from fairlead.web.identity import needs
from fairlead.web.operator_wire import Done, done
from fairlead.web.order_requests import number
from fairlead.web.services import Given

__all__ = ["ROUTES"]

_CORRECT: Final = needs(Permission.CORRECT_TRADES)
_TRADE_MAX: Final = 2**63 - 1
TradeId = Annotated[int, PathParameter(ge=1, le=_TRADE_MAX)]


@post("/trades/{trade_id:int}/bust", status_code=200, opt=_CORRECT, summary="Take a trade back")
async def bust(trade_id: TradeId, services: Given) -> Done:
    """Money, assets and fees are as if it had never been; orders stay what they are. 404 where it is not kept."""
    trade = await services.corrections.trade(trade_id)
    report = await services.corrections.bust(trade)
    return done(report, what=f"bust trade={trade_id}", scales=services.corrections.scales(trade))


@post("/trades/{trade_id:int}/correct", status_code=200, opt=_CORRECT, summary="Correct a trade")
async def correct(trade_id: TradeId, data: JSONBody[CorrectionWish], services: Given) -> Done:
    """It stands at another price or for less; its fees follow. 404 where it is not kept."""
    price, quantity = number(data.price, "price"), number(data.quantity, "quantity")
    trade = await services.corrections.trade(trade_id)
    report = await services.corrections.correct(trade, price=price, quantity=quantity)
    return done(report, what=f"correct trade={trade_id}", scales=services.corrections.scales(trade))


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (bust, correct)
