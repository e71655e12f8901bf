"""``/balances``, ``/ledger``, ``/positions``, ``/trades`` and ``/fees`` of who asks."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from fairlead.domain.access.roles import Permission
from fairlead.domain.portfolio.mark import mark_of
from fairlead.model.report import Position
from fairlead.web.etag import tagged
from fairlead.web.identity import needs
from fairlead.web.money_wire import (
    Balances,
    Fees,
    Holdings,
    Ledger,
    OwnTrades,
    balance_of,
    entry_of,
    fees_of,
    holding_line,
    trade_line,
)
from fairlead.web.paging import Cursor, Limit, count_of, cursor_of, numbers_in, refuse_unknown
from fairlead.web.routes.order_reads import asked_symbol
from fairlead.web.services import Asker, Given

__all__ = ["ROUTES"]

_READ: Final = needs(Permission.READ_OWN)
Asked = Request[Any, Any, Any]


@get("/balances", opt=_READ, summary="What who asks has")
async def balances(request: Asked, caller: Asker, services: Given) -> Response[Balances]:
    """All of each asset; what open orders hold is part of it."""
    refuse_unknown(request)
    lines = await services.records.money.balances(caller.account)
    return tagged(request, Balances(balances=[balance_of(line) for line in lines]))


@get("/ledger", opt=_READ, summary="Every movement of money, newest first")
async def ledger(
    request: Asked, caller: Asker, services: Given, limit: Limit = None, cursor: Cursor = None
) -> Response[Ledger]:
    """Deposits, withdrawals, both sides of each trade, fees; each with the balance after it."""
    refuse_unknown(request, "limit", "cursor")
    count, numbers = count_of(limit, services.pages), numbers_in(cursor, count=4)
    before = None if numbers is None else (Position(*numbers[:3]), numbers[3])
    lines = await services.records.money.ledger(caller.account, before=before, count_max=count + 1)
    shown = lines[:count]
    following = cursor_of(*shown[-1].position, shown[-1].line) if len(lines) > count else None
    return tagged(request, Ledger(entries=[entry_of(line) for line in shown], next_cursor=following))


@get("/positions", opt=_READ, summary="Positions with their profit as they are marked")
async def positions(request: Asked, caller: Asker, services: Given) -> Holdings:
    """At average cost, in the asset that is paid with, marked at the last price, whose age says what that is worth.

    In the market of an event at the middle of bid and ask where both are there; short is NO, measured by the rest of 1.
    """
    refuse_unknown(request)
    lines, now_ns = await services.records.money.positions(caller.account), services.clock.now_ns()
    marks = [mark_of(line.last_price, touch=await services.markets.event_touch(line.symbol)) for line in lines]
    return Holdings(
        positions=[holding_line(line, mark, now_ns=now_ns) for line, mark in zip(lines, marks, strict=True)]
    )


@get("/trades", opt=_READ, summary="The trades of who asks, newest first")
async def own_trades(
    request: Asked,
    caller: Asker,
    services: Given,
    symbol: Annotated[str | None, QueryParameter(max_length=64)] = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response[OwnTrades]:
    """Trades of everybody are at ``/markets/{symbol}/trades``."""
    refuse_unknown(request, "symbol", "limit", "cursor")
    count, numbers = count_of(limit, services.pages), numbers_in(cursor, count=3)
    before = None if numbers is None else Position(*numbers)
    wanted = await asked_symbol(services, symbol)
    lines = await services.records.money.trades(caller.account, symbol=wanted, before=before, count_max=count + 1)
    shown = lines[:count]
    following = cursor_of(*shown[-1].position) if len(lines) > count else None
    return tagged(request, OwnTrades(trades=[trade_line(it) for it in shown], next_cursor=following))


@get("/fees", opt=_READ, summary="The fee schedule, and what trading cost so far, by market")
async def fees(request: Asked, caller: Asker, services: Given) -> Response[Fees]:
    """Rates are those of trades from now on. ``paid``: fees less rebates, in the asset that is paid with."""
    refuse_unknown(request)
    money = services.records.money
    schedule, lines = await money.fee_schedule(caller.account), await money.positions(caller.account)
    return tagged(request, fees_of(schedule, lines))


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (balances, ledger, positions, own_trades, fees)
