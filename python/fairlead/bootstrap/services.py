"""What the routes work with, out of the parts that stand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fairlead.adapters.stores import SqlAccountLimits
from fairlead.adapters.stores.projections import SqlAuditHistory, SqlOutcomeHistory, SqlTradeHistory, SqlTradeTape
from fairlead.bootstrap.house import House
from fairlead.bootstrap.limits import page_sizes
from fairlead.bootstrap.publishing import SPARED
from fairlead.bootstrap.telemetry import figures_of
from fairlead.engine.journal_room import has_spare
from fairlead.errors import UnavailableError
from fairlead.services.access import Entry, KeyDesk, Recovery, Registration
from fairlead.services.audit import AuditDesk
from fairlead.services.markets import AccountCommands, Assets, Corrections, LimitsDesk, Outcomes, VenueControl
from fairlead.services.order_quality import OrderQualities
from fairlead.services.readiness import Readiness
from fairlead.web.services import Services

__all__ = ["services"]

# How long a read waits for what was done before it.
_WAIT_S: Final = 0.5


@asynccontextmanager
async def services(house: House) -> AsyncIterator[None]:
    """Put them together."""
    needs, limits = house.needs, house.settings.limits
    assets = Assets(house.front, feed=house.feed)
    accounts = AccountCommands(house.front, accounts=house.desks.accounts)
    house.services = Services(
        registration=Registration(needs),
        entry=Entry(needs),
        desk=KeyDesk(needs),
        readiness=_readiness(house),
        clock=needs.clock,
        markets=house.markets,
        limits=house.limits,
        records=house.records,
        trading=house.desks,
        funds=house.funds,
        teller=house.teller,
        breakers=house.breakers,
        control=VenueControl(house.front, feed=house.feed, assets=assets, accounts=accounts),
        outcomes=Outcomes(
            house.front,
            feed=house.feed,
            assets=assets,
            history=SqlOutcomeHistory(house.database),
            reached=partial(house.follower.reached, timeout_s=_WAIT_S),
        ),
        corrections=Corrections(
            house.front,
            feed=house.feed,
            history=SqlTradeHistory(house.database),
            reached=partial(house.follower.reached, timeout_s=_WAIT_S),
        ),
        telemetry=house.telemetry,
        figures=figures_of(house.loaded, house.telemetry),
        pages=page_sizes(limits),
        sockets=house.sockets,
        quality=OrderQualities(
            orders=house.records.orders,
            advanced=house.records.advanced,
            tape=SqlTradeTape(house.database),
            markets=house.markets,
        ),
        calendars=house.calendars,
        recovery=Recovery(needs),
        audit=AuditDesk(SqlAuditHistory(house.database), needs),
        account_limits=LimitsDesk(accounts, feed=house.feed, book=SqlAccountLimits(house.database)),
    )
    yield


def _readiness(house: House) -> Readiness:
    front, follower = house.front, house.follower

    async def ask_engine() -> None:
        if not front.is_connected:
            raise UnavailableError("the engine is not reached through its gateway")
        await front.refresh_instruments()

    async def ask_journal() -> None:
        if not await asyncio.to_thread(has_spare, house.directory):
            raise UnavailableError("the log has no segment to go on into: the disk is full, new orders are refused")

    async def ask_follower() -> None:
        if not follower.is_following:
            raise UnavailableError("the tables do not follow the exchange")

    probes = {
        "journal": ask_journal,
        "engine": ask_engine,
        "store": house.database.ping,
        "projections": ask_follower,
        **house.outside,
    }
    return Readiness(probes, clock=house.needs.clock, spared=SPARED)
