"""The application over real services on a store of its own, with a clock and a hasher that a test controls."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from litestar.types import ASGIApp
from tests.access.houses import ANN, PASSWORD, House, in_house
from tests.contract.pages import blind_bodies
from tests.limits.plans import wide_plan
from tests.web.banks import FakeBank, funds_desk_over, teller_over
from tests.web.feeds import FakeFeed, FakeVenue
from tests.web.fronts import ALIASES, FakeFront, trading_over

from fairlead.adapters.calendars import LibraryAlmanac
from fairlead.adapters.stores import SqlAccountLimits, SqlCalendars
from fairlead.adapters.stores.projections import (
    SqlAdvancedOrders,
    SqlAuditHistory,
    SqlKeptBars,
    SqlMoneyHistory,
    SqlOrderHistory,
    SqlOrderTraces,
    SqlOutcomeHistory,
    SqlProjections,
    SqlTradeHistory,
    SqlTradeTape,
)
from fairlead.adapters.telemetry import Metrics
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import Plan
from fairlead.errors import UnavailableError
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Report
from fairlead.services.access import Recovery
from fairlead.services.advanced_lists import AdvancedLists
from fairlead.services.audit import AuditDesk
from fairlead.services.figures import Access, Figures
from fairlead.services.markets import (
    AccountCommands,
    Assets,
    Breakers,
    Corrections,
    Coverage,
    LimitsDesk,
    Markets,
    Outcomes,
    Tape,
    TapeMinutes,
    VenueControl,
)
from fairlead.services.order_quality import OrderQualities
from fairlead.services.order_stories import OrderStories
from fairlead.services.projections import Records
from fairlead.services.rate_limits import RateLimits
from fairlead.services.rate_windows import OwnWindows
from fairlead.services.readiness import Readiness
from fairlead.services.sessions import CalendarDesk, Timetables
from fairlead.services.streaming import Doors, Hub, Live, LiveCandles, News, Sockets, Tally
from fairlead.services.trading import EngineAccounts, RecentOrders
from fairlead.web.app import make_app
from fairlead.web.bodies import BodyLimits
from fairlead.web.paging import PageSizes
from fairlead.web.services import Services


@dataclass(slots=True)
class Parts:
    """What is not there at the moment."""

    missing: set[str] = field(default_factory=set)
    asked: int = 0

    def probe(self, name: str) -> Callable[[], Awaitable[None]]:
        async def ask() -> None:
            self.asked += 1
            if name in self.missing:
                raise UnavailableError(f"{name} at 10.0.0.1:5432 does not answer")

        return ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The application as a client sees it, and the house behind it."""

    app: ASGIApp
    client: httpx.AsyncClient
    house: House
    parts: Parts
    feed: FakeFeed
    front: FakeFront
    venue: FakeVenue
    bank: FakeBank
    accounts: EngineAccounts
    recent: RecentOrders
    breakers: Breakers

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(path, **options)

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.client.post(path, json=body, **options)

    async def post_raw(self, path: str, raw: bytes | str, *, kind: str | None = "application/json") -> httpx.Response:
        headers = {} if kind is None else {"Content-Type": kind}
        return await self.client.post(path, content=raw, headers=headers)

    async def tell(self, reports: Sequence[Report], listings: Mapping[int, Listing]) -> None:
        """Let the tables follow what the exchange says."""
        await SqlProjections(self.house.database).apply(reports, listings)

    async def lose_the_beginning(self) -> None:
        """Let the tables know that reports before the first one are gone for good."""
        await SqlProjections(self.house.database).mark_incomplete()

    async def become(self, email: str = ANN) -> dict[str, str]:
        """Register, verify and log in; return the tokens."""
        credentials = {"email": email, "password": PASSWORD.reveal()}
        assert (await self.post("/auth/register", credentials)).status_code == 202
        verified = await self.post("/auth/verify", {"token": self.house.mailed_token().reveal()})
        assert verified.status_code == 201, verified.text
        answer = await self.post("/auth/login", credentials)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    """Return the header that shows an access token."""
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


def sockets_over(feed: FakeFeed, house: House) -> Sockets:
    """Return live connections of a house."""

    async def always(_: object) -> bool:
        return True

    return Sockets(
        hub=Hub(feed, candles=LiveCandles(Tape(clock=house.clock), clock=house.clock)),
        live=Live(position=lambda: BEGINNING),
        bodies=blind_bodies(),
        news=News(),
        tally=Tally(()),
        doors=Doors({"account": 8}),
        counts=always,
        position=lambda: BEGINNING,
        now_ns=house.clock.now_ns,
        rate=Rate(count=100, burst=200),
        byte_rate=Rate(count=1_048_576, burst=2_097_152),
        queue_bytes_max=32_768,
        subscriptions_max=20,
        auth_wait_s=5,
        idle_s=60,
        body_bytes_max=65_536,
        depth_max=16,
    )


def records_over(house: House) -> Records:
    """Return what is read of the tables of a house."""
    orders = SqlOrderHistory(house.database, reached=_at_once)
    return Records(
        orders=orders,
        money=SqlMoneyHistory(house.database),
        stories=OrderStories(orders=orders, traces=SqlOrderTraces(house.database)),
        advanced=AdvancedLists(SqlAdvancedOrders(house.database), caught_up=lambda: _at_once(None)),
    )


def markets_over(feed: FakeFeed, tape: Tape, house: House) -> Markets:
    """Return the markets of a feed, with the candles of the tables of a house."""
    return Markets(
        feed,
        tape=tape,
        minutes=TapeMinutes(feed, tape),
        kept=SqlKeptBars(house.database),
        coverage=Coverage(feed, reached=_at_once, clock=house.clock),
        clock=house.clock,
        aliases=ALIASES,
    )


def quality_over(records: Records, markets: Markets, house: House) -> OrderQualities:
    """Return how well the orders in the tables of a house were executed."""
    tape = SqlTradeTape(house.database)
    return OrderQualities(orders=records.orders, advanced=records.advanced, tape=tape, markets=markets)


def outcomes_over(venue: FakeVenue, feed: FakeFeed, assets: Assets, house: House) -> Outcomes:
    """Return the markets of events of a venue."""
    front: Any = venue
    return Outcomes(front, feed=feed, assets=assets, history=SqlOutcomeHistory(house.database), reached=_at_once)


def corrections_over(venue: FakeVenue, feed: FakeFeed, house: House) -> Corrections:
    """Return what operators do to the trades of a venue."""
    front: Any = venue
    return Corrections(front, feed=feed, history=SqlTradeHistory(house.database), reached=_at_once)


def calendars_over(feed: FakeFeed, house: House) -> CalendarDesk:
    """Return the calendars of the markets of a feed."""
    return CalendarDesk(
        SqlCalendars(house.database),
        timetables=Timetables(LibraryAlmanac()),
        feed=feed,
        clock=house.clock,
        turn=asyncio.Lock(),
    )


def limits_over(accounts: AccountCommands, feed: FakeFeed, house: House) -> LimitsDesk:
    """Return what risk managers set for the accounts of a venue."""
    return LimitsDesk(accounts, feed=feed, book=SqlAccountLimits(house.database))


async def _at_once(_: object) -> bool:
    return True


def at_desk(
    directory: Path,
    story: Callable[[Desk], Awaitable[None]],
    *,
    plan: Plan | None = None,
    pages: PageSizes | None = None,
    **options: Any,
) -> None:
    """Run one story at an application of its own."""
    buckets = wide_plan() if plan is None else plan

    async def run(house: House) -> None:
        parts = Parts()
        feed, tape, front = FakeFeed(), Tape(clock=house.clock), FakeFront()
        feed.listen(tape.hear)
        venue = FakeVenue()
        assets = Assets(venue, feed=feed)  # type: ignore[arg-type]
        probes = {name: parts.probe(name) for name in ("engine", "store")}
        bank, desks = FakeBank(), trading_over(front, house)
        account_commands = AccountCommands(venue, accounts=desks.accounts)  # type: ignore[arg-type]
        metrics = Metrics(begun_ns=0, symbol_of=lambda _: None)
        services = Services(
            registration=house.registration,
            entry=house.entry,
            desk=house.desk,
            readiness=Readiness(probes, clock=house.clock),
            clock=house.clock,
            markets=(markets := markets_over(feed, tape, house)),
            limits=RateLimits(OwnWindows(buckets, now_ns=house.clock.now_ns)),
            trading=desks,
            funds=funds_desk_over(bank, house),
            teller=teller_over(bank, house, accounts=desks.accounts),
            telemetry=metrics,
            figures=Figures(metrics, access=Access.LOOPBACK),
            breakers=(breakers := Breakers(feed)),
            sockets=sockets_over(feed, house),
            control=VenueControl(venue, feed=feed, assets=assets, accounts=account_commands),  # type: ignore[arg-type]
            outcomes=outcomes_over(venue, feed, assets, house),
            corrections=corrections_over(venue, feed, house),
            records=(records := records_over(house)),
            pages=pages or PageSizes(),
            quality=quality_over(records, markets, house),
            recovery=Recovery(house.needs),
            audit=AuditDesk(SqlAuditHistory(house.database), house.needs),
            account_limits=limits_over(account_commands, feed, house),
            calendars=calendars_over(feed, house),
        )
        await SqlProjections(house.database).begin("log")
        given: dict[str, Any] = {"limits": BodyLimits(), "timeout_s": 60} | options
        app = make_app(services, **given)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            await story(
                Desk(
                    app=app,
                    client=client,
                    house=house,
                    parts=parts,
                    feed=feed,
                    front=front,
                    venue=venue,
                    bank=bank,
                    accounts=desks.accounts,
                    recent=desks.recent,
                    breakers=breakers,
                )
            )

    in_house(directory, run)
