"""Markets of events: what anybody may know of them, their pairs, and how operators begin and end them."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.model.report import Report
from fairlead.web.etag import tagged
from fairlead.web.identity import PUBLIC, needs
from fairlead.web.numbers import decimal_of
from fairlead.web.operator_wire import Done, done
from fairlead.web.outcome_wire import Outcome, OutcomeWish, PairsMoved, PairsWish, SettleWish, outcome_of
from fairlead.web.services import Asker, Given, Services

__all__ = ["ROUTES"]

_MANAGE: Final = needs(Permission.MANAGE_MARKETS)
_TRADE: Final = needs(Permission.TRADE_OWN)

Symbol = Annotated[str, PathParameter(max_length=36)]
Asked = Request[Any, Any, Any]


@get("/outcomes/{symbol:str}", opt=PUBLIC, summary="The event of a market, and how it ended")
async def outcome(symbol: Symbol, request: Asked, services: Given) -> Response[Outcome]:
    """How many pairs of YES and NO there are; 404 where the market is not that of an event."""
    return tagged(request, outcome_of(await services.outcomes.told(services.named(symbol))))


@put("/outcomes/{symbol:str}", opt=_MANAGE, summary="Make it the market of an event")
async def set_outcome(symbol: Symbol, data: JSONBody[OutcomeWish], services: Given) -> Done:
    """Before it opens for the first time. Its base asset is YES; its highest price has to be below 1."""
    symbol = services.named(symbol)
    report = await services.outcomes.begin(symbol, no_asset=data.no_asset)
    return done(report, what=f"outcome symbol={symbol} noAsset={data.no_asset}")


@post("/outcomes/{symbol:str}/settle", status_code=200, opt=_MANAGE, summary="Pay the end of an event")
async def settle(symbol: Symbol, data: JSONBody[SettleWish], services: Given) -> Done:
    """For ever: orders are cancelled, every YES and NO is paid for, and the market is delisted."""
    symbol, yes_pays = services.named(symbol), decimal_of(data.yes_pays, "yesPays")
    report = await services.outcomes.settle(symbol, yes_pays=yes_pays)
    return done(report, what=f"settle symbol={symbol} yesPays={yes_pays:f}", scales=services.outcomes.scales(symbol))


@post("/outcomes/{symbol:str}/void", status_code=200, opt=_MANAGE, summary="Undo every trade of an event")
async def void(symbol: Symbol, services: Given) -> Done:
    """For ever: orders are cancelled, everybody gets back what they paid, fees too, and the market is delisted."""
    symbol = services.named(symbol)
    return done(await services.outcomes.void(symbol), what=f"void symbol={symbol}")


@post("/outcomes/{symbol:str}/mint", status_code=200, opt=_TRADE, summary="Pay for pairs of YES and NO")
async def mint(symbol: Symbol, data: JSONBody[PairsWish], caller: Asker, services: Given) -> PairsMoved:
    """1 of the quote asset each. It has no client id: after a 503 look at the balances before sending it again."""
    symbol, quantity = services.named(symbol), decimal_of(data.quantity, "quantity")
    report = await services.outcomes.mint(caller.account, symbol, quantity=quantity)
    return _moved(services, report, symbol, f"{quantity:f}", is_merge=False)


@post("/outcomes/{symbol:str}/merge", status_code=200, opt=_TRADE, summary="Give pairs of YES and NO back")
async def merge(symbol: Symbol, data: JSONBody[PairsWish], caller: Asker, services: Given) -> PairsMoved:
    """For 1 of the quote asset each. It has no client id: after a 503 look at the balances before sending it again."""
    symbol, quantity = services.named(symbol), decimal_of(data.quantity, "quantity")
    report = await services.outcomes.merge(caller.account, symbol, quantity=quantity)
    return _moved(services, report, symbol, f"{quantity:f}", is_merge=True)


def _moved(services: Services, report: Report, symbol: str, quantity: str, *, is_merge: bool) -> PairsMoved:
    what = f"{'merge' if is_merge else 'mint'} symbol={symbol} quantity={quantity}"
    # A merge takes tokens, which have the decimals of YES.
    base = done(report, what=what, scales=services.outcomes.scales(symbol), gives_base=is_merge)
    return PairsMoved(seq=base.seq, time=base.time, symbol=symbol, quantity=quantity)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (outcome, set_outcome, settle, void, mint, merge)
