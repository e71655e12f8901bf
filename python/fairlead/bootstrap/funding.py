"""Deposits and withdrawals of one service; what a crash left in doubt is decided before a request is answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fairlead import aio
from fairlead.adapters.serving import Purpose
from fairlead.adapters.stores import Database, SqlFunds
from fairlead.adapters.wallets import ChainAddresses
from fairlead.bootstrap.front import own
from fairlead.bootstrap.house import House
from fairlead.bootstrap.money_log import EngineAssets, EngineMoneyLog
from fairlead.model.report import Position
from fairlead.ports.funding import AccountMaker
from fairlead.services.access import Needs
from fairlead.services.funding import FundsDesk, Teller
from fairlead.settings import Settings

__all__ = ["Funding", "funding", "money"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """The two services of money that comes in and goes out."""

    desk: FundsDesk
    teller: Teller


@asynccontextmanager
async def funding(
    settings: Settings,
    *,
    needs: Needs,
    database: Database,
    front: aio.Client,
    gateway: tuple[str, int],
    accounts: AccountMaker,
) -> AsyncIterator[Funding]:
    """Yield the services; what was begun is finished before the store closes."""
    directory = settings.engine.data_dir
    store = SqlFunds(database)

    def drop_copy(after: Position) -> aio.Client:
        return own(settings, Purpose.MONEY, gateway=gateway, resume=after)

    log = EngineMoneyLog(directory, front=front, drop_copy=drop_copy)
    desk = FundsDesk(
        store,
        assets=EngineAssets(front),
        rules=ChainAddresses(),
        clock=needs.clock,
        secrets=needs.secrets,
        with_tests=settings.funding.testnets,
    )
    teller = Teller(store, front=front, log=log, users=needs.users, accounts=accounts, clock=needs.clock)
    await teller.recover()
    try:
        yield Funding(desk=desk, teller=teller)
    finally:
        await teller.finish()


@asynccontextmanager
async def money(house: House) -> AsyncIterator[None]:
    """Leave the services of money that comes in and goes out."""
    both = funding(
        house.settings,
        needs=house.needs,
        database=house.database,
        front=house.front,
        gateway=house.gateway,
        accounts=house.desks.accounts,
    )
    async with both as made:
        house.funds, house.teller = made.desk, made.teller
        yield
