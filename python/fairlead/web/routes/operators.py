"""``/circuit-breaker``, ``/kill-switch`` and what operators do to a market."""

from typing import Annotated, Final

from litestar import get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.web.identity import PUBLIC, needs
from fairlead.web.market_wire import Market, market_of
from fairlead.web.operator_wire import (
    AccountFees,
    BreakerAnswer,
    Done,
    FeeRates,
    GridWish,
    HaltWish,
    Killed,
    KillWish,
    Listing,
    MarketChange,
    ReleaseWish,
    ResumeWish,
    accepted,
    breaker_answer,
    done,
    grid_of,
    killed,
    market_to_list,
    scope_of,
)
from fairlead.web.services import Asker, Given

__all__ = ["ROUTES"]

_SCHEDULE_MAX: Final = 65_535
_ACCOUNT_MAX: Final = 2**32 - 1

Symbol = Annotated[str, PathParameter(max_length=36)]


@get("/circuit-breaker/status", opt=PUBLIC, summary="Where trading is stopped")
async def breaker_status(services: Given) -> BreakerAnswer:
    """Market by market; kill switches of the venue and of markets as far as they were heard."""
    return breaker_answer(services.breakers.status())


@post("/markets/{symbol:str}/halt", status_code=200, opt=needs(Permission.HALT), summary="Stop trading")
async def halt(symbol: Symbol, data: JSONBody[HaltWish], caller: Asker, services: Given) -> Done:
    """Orders stay; new ones are refused until the halt is over."""
    symbol = services.named(symbol)
    report = await services.control.halt(
        symbol,
        operator=caller.account,
        note=data.reason,
        duration_s=data.duration_s,
        two_person=data.two_person,
    )
    return done(report, what=f"halt symbol={symbol}")


@post("/markets/{symbol:str}/resume", status_code=200, opt=needs(Permission.RESUME), summary="Let it trade again")
async def resume(symbol: Symbol, data: JSONBody[ResumeWish], caller: Asker, services: Given) -> Done:
    """At once, or through an auction; a halt of two persons needs another operator than the one who halted."""
    symbol = services.named(symbol)
    report = await services.control.resume(symbol, operator=caller.account, note=data.reason, auction=data.auction)
    return done(report, what=f"resume symbol={symbol}")


@post("/kill-switch", status_code=200, opt=needs(Permission.KILL), summary="Cancel and let no order in")
async def kill(data: JSONBody[KillWish], caller: Asker, services: Given) -> Killed:
    """Of the venue, of an account or of a market, until another operator releases it."""
    scope = scope_of(data, named=services.named)
    report = await services.control.kill(scope, operator=caller.account, note=data.reason, reducing=data.reducing)
    return killed(report, what=f"kill switch scope={data.scope}")


@post("/kill-switch/release", status_code=200, opt=needs(Permission.RESUME), summary="Let orders in again")
async def release(data: JSONBody[ReleaseWish], caller: Asker, services: Given) -> Done:
    """By another operator than the one who stopped it."""
    scope = scope_of(data, named=services.named)
    report = await services.control.release(scope, operator=caller.account, note=data.reason)
    return done(report, what=f"release scope={data.scope}")


@post("/markets", status_code=201, opt=needs(Permission.MANAGE_MARKETS), summary="List an instrument")
async def list_instrument(data: JSONBody[Listing], services: Given) -> Done:
    """It does not trade before ``PATCH`` moves it to ``CONTINUOUS``."""
    report = await services.control.list_market(market_to_list(data))
    return done(report, what=f"market symbol={data.symbol}")


@patch("/markets/{symbol:str}", opt=needs(Permission.MANAGE_MARKETS), summary="Open, suspend, close or delist it")
async def change_market(symbol: Symbol, data: JSONBody[MarketChange], services: Given) -> Market:
    """Moves it to another trading state; the exchange refuses what its rules do not have. Its calendar then waits."""
    symbol = services.named(symbol)
    state = "".join(part.capitalize() for part in data.state.split("_"))
    report = await services.calendars.by_hand(symbol, state, lambda: services.control.set_state(symbol, state))
    accepted(report, what=f"state symbol={symbol} state={data.state}")
    upcoming = (await services.calendars.views()).get(symbol)
    return market_of(await services.markets.market(symbol), upcoming)


@put("/markets/{symbol:str}/ticks", opt=needs(Permission.MANAGE_MARKETS), summary="Change its price grid")
async def set_ticks(symbol: Symbol, data: JSONBody[GridWish], services: Given) -> Market:
    """Open orders with prices off the new grid are cancelled (``TICK_CHANGE``); all others stay where they are."""
    symbol = services.named(symbol)
    report = await services.control.set_ticks(symbol, grid_of(data))
    accepted(report, what=f"ticks symbol={symbol}")
    upcoming = (await services.calendars.views()).get(symbol)
    return market_of(await services.markets.market(symbol), upcoming)


@patch("/fee-schedules/{schedule:int}", opt=needs(Permission.MANAGE_MARKETS), summary="Set a fee schedule")
async def set_fees(
    schedule: Annotated[int, PathParameter(ge=0, le=_SCHEDULE_MAX)], data: JSONBody[FeeRates], services: Given
) -> Done:
    """Counts for trades from then on."""
    report = await services.control.set_fees(
        schedule, maker_ppm=data.maker_ppm, taker_ppm=data.taker_ppm, base=data.base
    )
    return done(report, what=f"fee schedule {schedule}")


@put("/accounts/{account:int}/fee-schedule", opt=needs(Permission.MANAGE_MARKETS), summary="What an account pays")
async def set_account_fees(
    account: Annotated[int, PathParameter(ge=1, le=_ACCOUNT_MAX)], data: JSONBody[AccountFees], services: Given
) -> Done:
    """Counts for trades from then on; an order that waits never pays more than it would have when it came."""
    report = await services.control.set_account_fees(account, data.schedule)
    return done(report, what=f"account {account} fee schedule {data.schedule}")


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    breaker_status,
    halt,
    resume,
    kill,
    release,
    list_instrument,
    change_market,
    set_ticks,
    set_fees,
    set_account_fees,
)
