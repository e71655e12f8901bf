"""``/markets``: what anybody may know of the markets."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from fairlead.services.markets import WantedCandles
from fairlead.web.etag import tagged
from fairlead.web.identity import PUBLIC
from fairlead.web.market_wire import (
    Book,
    Candles,
    Market,
    MarketList,
    Measures,
    Stats,
    Trades,
    book_of,
    candles_in,
    market_of,
    measures_of,
    stats_of,
    trades_of,
)
from fairlead.web.problems import ProblemError
from fairlead.web.services import Given

__all__ = ["ROUTES"]

_LEVELS_MAX: Final = 1_000
_MEASURED_MAX: Final = 50
_TRADES_MAX: Final = 1_000
_CANDLES_MAX: Final = 1_440
_NS_PER_MS: Final = 1_000_000
# Its nanoseconds are 63 bits.
_TIME_MS_MAX: Final = 2**43

Symbol = Annotated[str, PathParameter(max_length=36)]
Asked = Request[Any, Any, Any]


@get("/markets", opt=PUBLIC, summary="Every market")
async def list_markets(request: Asked, services: Given) -> Response[MarketList]:
    """By symbol, with its trading state and last price."""
    listed, calendars = await services.markets.listing(), await services.calendars.views()
    return tagged(request, MarketList(markets=[market_of(view, calendars.get(view.symbol)) for view in listed]))


@get("/markets/{symbol:str}", opt=PUBLIC, summary="One market")
async def one_market(symbol: Symbol, request: Asked, services: Given) -> Response[Market]:
    """Its grid, its bounds, its trading state, and what its calendar does next."""
    market, calendars = await services.markets.market(symbol), await services.calendars.views()
    return tagged(request, market_of(market, calendars.get(market.symbol)))


@get("/markets/{symbol:str}/book", opt=PUBLIC, summary="Its book")
async def book(
    symbol: Symbol,
    request: Asked,
    services: Given,
    levels: Annotated[int, QueryParameter(ge=1, le=_LEVELS_MAX, description="Levels of each side.")] = 50,
) -> Response[Book]:
    """The best levels at one message of the channel L2, which ``epoch`` and ``seq`` name."""
    return tagged(request, book_of(await services.markets.book(symbol, levels=levels)))


@get("/markets/{symbol:str}/trades", opt=PUBLIC, summary="Its newest trades")
async def trades(
    symbol: Symbol,
    request: Asked,
    services: Given,
    limit: Annotated[int, QueryParameter(ge=1, le=_TRADES_MAX, description="How many at most.")] = 100,
) -> Response[Trades]:
    """Newest first."""
    return tagged(request, trades_of(*await services.markets.trades(symbol, count_max=limit)))


@get("/markets/{symbol:str}/candles", opt=PUBLIC, summary="Its candles")
async def candles(
    symbol: Symbol,
    request: Asked,
    services: Given,
    interval: Annotated[
        Literal["1s", "1m", "5m", "15m", "1h", "4h", "1d"], QueryParameter(description="The width of each.")
    ] = "1m",
    from_: Annotated[
        int | None, QueryParameter(name="from", ge=0, lt=_TIME_MS_MAX, description="The first begins then or later.")
    ] = None,
    to: Annotated[
        int | None, QueryParameter(ge=0, lt=_TIME_MS_MAX, description="The last begins then or earlier.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=_CANDLES_MAX, description="How many at most.")] = 100,
) -> Response[Candles]:
    """Oldest first; with ``from`` the oldest from then on, else the newest. Times are milliseconds since 1970 UTC.

    None for an interval in which nothing traded; ``isComplete`` says whether trades may be missing.
    """
    if from_ is not None and to is not None and from_ > to:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"from is after to: from={from_} to={to}",
            field="from",
            value=str(from_),
            limit=str(to),
            fix="give from at most as late as to",
        )
    wanted = WantedCandles(
        interval=interval,
        count_max=limit,
        from_ns=None if from_ is None else from_ * _NS_PER_MS,
        to_ns=None if to is None else to * _NS_PER_MS,
    )
    return tagged(request, candles_in(await services.markets.candles(symbol, wanted), interval=interval))


@get("/markets/{symbol:str}/stats", opt=PUBLIC, summary="Its last 24 hours")
async def stats(symbol: Symbol, request: Asked, services: Given) -> Response[Stats]:
    """First, highest, lowest and last price, change, volume."""
    return tagged(request, stats_of(*await services.markets.stats(symbol)))


@get("/markets/{symbol:str}/microstructure", opt=PUBLIC, summary="Measures of its book")
async def microstructure(
    symbol: Symbol,
    request: Asked,
    services: Given,
    levels: Annotated[int, QueryParameter(ge=1, le=_MEASURED_MAX, description="Levels that are measured.")] = 5,
) -> Response[Measures]:
    """Spread, mid, micro-price (the mid weighted by quantity) and imbalance."""
    view, measured = await services.markets.microstructure(symbol, levels=levels)
    return tagged(request, measures_of(view, measured, levels=levels))


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    list_markets,
    one_market,
    book,
    trades,
    candles,
    stats,
    microstructure,
)
