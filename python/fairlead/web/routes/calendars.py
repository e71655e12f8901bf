"""``/markets/{symbol}/calendar``: when a market opens and closes by itself."""

from typing import Annotated, Final

from litestar import delete, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from fairlead.domain.access.roles import Permission
from fairlead.web.calendar_wire import CalendarAnswer, CalendarWish, calendar_answer, calendar_of
from fairlead.web.identity import PUBLIC, needs
from fairlead.web.services import Asker, Given

__all__ = ["ROUTES"]

Symbol = Annotated[str, PathParameter(max_length=36)]


@get("/markets/{symbol:str}/calendar", opt=PUBLIC, summary="Its calendar")
async def get_calendar(symbol: Symbol, services: Given) -> CalendarAnswer:
    """With the state it has for now, and what it does next; 404 where the market has none."""
    return calendar_answer(await services.calendars.get(services.named(symbol)))


@put("/markets/{symbol:str}/calendar", opt=needs(Permission.MANAGE_MARKETS), summary="Set its calendar")
async def put_calendar(symbol: Symbol, data: JSONBody[CalendarWish], caller: Asker, services: Given) -> CalendarAnswer:
    """The market follows it at once, unless somebody or a breaker holds it; a hold by hand of before is over."""
    symbol = services.named(symbol)
    return calendar_answer(await services.calendars.set(symbol, calendar_of(data), by=caller.user_id))


@delete("/markets/{symbol:str}/calendar", opt=needs(Permission.MANAGE_MARKETS), summary="Take its calendar away")
async def delete_calendar(symbol: Symbol, services: Given) -> None:
    """The market stays in the state it is in."""
    await services.calendars.remove(services.named(symbol))


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (get_calendar, put_calendar, delete_calendar)
