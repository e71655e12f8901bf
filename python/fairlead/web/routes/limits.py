"""``/accounts/{account}/limits``: what risk managers set for an account."""

from typing import Annotated, Final

from litestar import get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.web.identity import needs
from fairlead.web.limits_wire import (
    AccountLimitsWish,
    LimitsAnswer,
    MarketLimitsWish,
    account_limits,
    limits_answer,
    market_limits,
)
from fairlead.web.operator_wire import Done, done
from fairlead.web.services import Asker, Given

__all__ = ["ROUTES"]

_SET: Final = needs(Permission.SET_LIMITS)
_ACCOUNT_MAX: Final = 2**32 - 1

Account = Annotated[int, PathParameter(ge=1, le=_ACCOUNT_MAX)]
Symbol = Annotated[str, PathParameter(max_length=36)]


@get("/accounts/{account:int}/limits", opt=_SET, summary="The limits of an account")
async def limits(account: Account, services: Given) -> LimitsAnswer:
    """As they were set through the API; what a program at the gateway set is not told here."""
    return limits_answer(account, await services.account_limits.of(account))


@put("/accounts/{account:int}/limits", opt=_SET, summary="Set the limits of an account over all markets")
async def set_limits(account: Account, data: JSONBody[AccountLimitsWish], caller: Asker, services: Given) -> Done:
    """Counts from then on, whoever sends the orders and wherever; open orders stay. Its buckets are full again."""
    report = await services.account_limits.set_account(account, account_limits(data), by=caller.user_id)
    return done(report, what=f"limits account={account}")


@put("/accounts/{account:int}/limits/{symbol:str}", opt=_SET, summary="Set the limits of an account in a market")
async def set_market_limits(
    account: Account, symbol: Symbol, data: JSONBody[MarketLimitsWish], caller: Asker, services: Given
) -> Done:
    """Counts from then on, whoever sends the orders and wherever; open orders stay."""
    symbol = services.named(symbol)
    limits = market_limits(data, symbol=symbol, named=services.named)
    report = await services.account_limits.set_market(account, symbol, limits, by=caller.user_id)
    return done(report, what=f"limits account={account} symbol={symbol}")


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (limits, set_limits, set_market_limits)
