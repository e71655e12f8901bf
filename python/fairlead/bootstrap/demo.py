"""The demo beside the service: its directory, its two people, and its agents, each a client with an ordinary key."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fairlead import aio
from fairlead.adapters.serving import add_demo_keys, forget_demo, is_funded, note_funded, open_demo_place
from fairlead.adapters.stores import Database, SqlAccountNumbers
from fairlead.bootstrap.addresses import DemoPerson
from fairlead.bootstrap.front import session
from fairlead.bootstrap.house import House
from fairlead.domain.access.roles import Role
from fairlead.engine.server import EngineServer
from fairlead.errors import UsageError
from fairlead.services.access import Needs, UserDesk
from fairlead.services.demo_market import ALIASES, MAKERS, SHAPES, Agents, DemoRun, fund, open_market
from fairlead.services.demo_market.opening import FIRST_ACCOUNT
from fairlead.services.trading import EngineAccounts
from fairlead.settings import Settings

__all__ = ["aliases_of", "demo", "demo_market", "demo_people", "demo_place", "no_demo", "people"]

_MAKERS: Final = tuple(f"demo-maker-{number}" for number in range(1, MAKERS + 1))
_TAKER: Final = "demo-taker"
_AGENTS: Final = (*_MAKERS, _TAKER)
_PEOPLE: Final = {Role.OPERATOR: "operator@demo.example", Role.TRADER: "trader@demo.example"}
# Of every asset for each agent: more than they can move in a year.
_AGENT_UNITS: Final = 10**9
# Of every asset for the trader.
_TRADER_UNITS: Final = 100_000
_log = logging.getLogger("fairlead.demo")


def aliases_of(*, with_demo: bool) -> Mapping[str, str]:
    """Return other names of the instruments: those of the demo have some."""
    return ALIASES if with_demo else {}


def no_demo(server: EngineServer) -> None:
    """Prepare nothing."""
    del server


def demo_place(settings: Settings) -> Callable[[EngineServer], None]:
    """Mark the data directory as a demo's and return what gives the agents their keys.

    Raises:
        UsageError: it is a venue's.
    """
    directory = settings.engine.data_dir
    open_demo_place(directory)

    def prepare(server: EngineServer) -> None:
        add_demo_keys(server, directory, names=_AGENTS, first_account=FIRST_ACCOUNT)

    return prepare


async def demo_people(settings: Settings, needs: Needs) -> Sequence[DemoPerson]:
    """Make the operator and the trader of the demo where they are not there yet, and return those that were made.

    Raises:
        UsageError: the store has users, and none of them is the demo's.
    """
    desk, users = UserDesk(needs), await needs.users.every()
    known = {user.email_key for user in users}
    if users and not known & set(_PEOPLE.values()):
        forget_demo(settings.engine.data_dir)
        raise UsageError(f"--demo needs a store of its own: users={len(users)}; give another --data or store.url")
    made = []
    for role, email in _PEOPLE.items():
        if email not in known:
            person = DemoPerson(role=role, email=email, password=desk.new_password())
            await desk.create(email=email, password=person.password, role=role)
            made.append(person)
    return made


@asynccontextmanager
async def demo_market(
    settings: Settings, *, gateway: tuple[str, int], front: aio.Client, needs: Needs, database: Database
) -> AsyncIterator[None]:
    """Open the market where it is not, and let the agents trade meanwhile; their quotes stay when they go."""
    directory, demo = settings.engine.data_dir, settings.demo
    await open_market(front, front, accounts=_AGENTS, seed=demo.seed)
    if not is_funded(directory):
        await fund(front, accounts=range(FIRST_ACCOUNT, FIRST_ACCOUNT + len(_AGENTS)), units=_AGENT_UNITS)
        await _fund_trader(front, needs, database)
        note_funded(directory)
    async with AsyncExitStack() as sessions:
        clients = [
            await sessions.enter_async_context(
                # Nobody takes the reports of an agent: one is kept.
                session(settings, gateway=gateway, key_id=name, role="trading", events_max=1)
            )
            for name in _AGENTS
        ]
        agents = Agents(SHAPES, seed=demo.seed)
        run = DemoRun(front, makers=clients[:-1], taker=clients[-1], agents=agents, per_s=demo.commands_per_s)
        await run.begin()
        task = asyncio.create_task(run.run(), name="fairlead-demo")
        task.add_done_callback(_say_end)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


async def _fund_trader(front: aio.Client, needs: Needs, database: Database) -> None:
    trader = await needs.users.by_email(_PEOPLE[Role.TRADER])
    if trader is not None:
        accounts = EngineAccounts(front, SqlAccountNumbers(database), secrets=needs.secrets)
        account = await accounts.ensure(trader.user_id, trader.account)
        await fund(front, accounts=[account], units=_TRADER_UNITS)


def _say_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("the demo market stands still: why=%s", error)


@asynccontextmanager
async def people(house: House) -> AsyncIterator[None]:
    """Leave who was made for a demo: nobody without one."""
    house.people = await demo_people(house.settings, house.needs) if house.with_demo else ()
    yield


@asynccontextmanager
async def demo(house: House) -> AsyncIterator[None]:
    """Let the agents trade meanwhile where a demo is wanted."""
    if not house.with_demo:
        yield
        return
    market = demo_market(
        house.settings, gateway=house.gateway, front=house.front, needs=house.needs, database=house.database
    )
    async with market:
        yield
