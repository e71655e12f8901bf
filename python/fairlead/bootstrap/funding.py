"""Deposits and withdrawals of one service; what a crash left in doubt is decided before a request is answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead import aio
from fairlead.adapters.serving import Purpose
from fairlead.adapters.stores import SqlFunds
from fairlead.adapters.wallets import ChainAddresses
from fairlead.bootstrap.front import own
from fairlead.bootstrap.house import House
from fairlead.bootstrap.money_log import EngineAssets, EngineMoneyLog
from fairlead.bootstrap.other_engine import take_over
from fairlead.model.report import Position
from fairlead.services.funding import FundsDesk, Teller

__all__ = ["money"]


@asynccontextmanager
async def money(house: House) -> AsyncIterator[None]:
    """Leave the services of money that comes in and goes out; what was begun is finished before the store closes."""
    needs, front = house.needs, house.front
    store = SqlFunds(house.database)

    def drop_copy(after: Position) -> aio.Client:
        return own(house, Purpose.MONEY, resume=after)

    log = EngineMoneyLog(house.directory, front=front, drop_copy=drop_copy)
    house.funds = FundsDesk(
        store,
        assets=EngineAssets(front),
        rules=ChainAddresses(),
        clock=needs.clock,
        secrets=needs.secrets,
        with_tests=house.settings.funding.testnets,
    )
    house.teller = teller = Teller(
        store, front=front, log=log, users=needs.users, accounts=house.desks.accounts, clock=needs.clock
    )
    if not house.seat:
        # A worker that is started again knows nothing of what the others are sending.
        if house.settings.engine.address:
            await take_over(house)
        await teller.recover()
    try:
        yield
    finally:
        await teller.finish()
