"""The desks of trading over the session to the exchange and the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fairlead import aio
from fairlead.adapters.stores import SqlAccountNumbers
from fairlead.adapters.stores.projections import SqlAdvancedOrders
from fairlead.bootstrap.house import House
from fairlead.bootstrap.telemetry import timed_front
from fairlead.domain.trading.refused import Scales
from fairlead.ports.clock import Clock
from fairlead.services.trading import AdvancedDesk, EngineAccounts, Floor, OrderDesk, RecentOrders, Symbols, Trading
from fairlead.wire import Message

__all__ = ["desks"]

_REFRESH_NS_MIN: Final = 1_000_000_000
_SCALES: Final = ("price_decimals", "qty_decimals", "base_decimals", "quote_decimals")


@asynccontextmanager
async def desks(house: House) -> AsyncIterator[None]:
    """Leave where users trade."""
    front, database = timed_front(house.front, house.telemetry), house.database
    needs = house.needs
    if house.settings.server.workers > 1:
        recent = RecentOrders(house.records.orders, settle=front.settle, hole=lambda: front.hole)
    else:
        recent = RecentOrders(house.records.orders, hole=lambda: front.hole)
    front.listen_reports(recent.hear)
    instruments = _ListedScales(front, clock=needs.clock)
    symbols = Symbols(instruments, aliases=house.aliases)
    floor = Floor(front=front, reads=recent, instruments=instruments, symbols=symbols, secrets=needs.secrets)
    house.desks = Trading(
        orders=OrderDesk(floor),
        advanced=AdvancedDesk(floor, groups=SqlAdvancedOrders(database)),
        accounts=EngineAccounts(front, SqlAccountNumbers(database), secrets=needs.secrets),
        recent=recent,
        symbols=symbols,
        batch_orders_max=house.settings.limits.batch_orders_max,
    )
    yield


class _ListedScales:
    """Decimals of what the gateway told of; who asks for what does not exist makes it ask once a second at most."""

    def __init__(self, front: aio.Client, *, clock: Clock) -> None:
        self._front, self._clock = front, clock
        self._asked_ns = 0
        # By symbol, with what they were read from: it is told again when it changes.
        self._read: dict[str, tuple[Message, Scales]] = {}

    def scales(self, symbol: str, /) -> Scales | None:
        """Return the decimals of an instrument; ``None``: the gateway told of none."""
        listed = self._front.instruments
        if not listed.knows(symbol):
            return None
        definition = listed.definition(symbol)
        read = self._read.get(symbol)
        if read is None or read[0] is not definition:
            price, quantity, base, quote = (int(str(definition.fields[name])) for name in _SCALES)
            is_event = definition.fields.get("no") is not None
            scales = Scales(price=price, quantity=quantity, base=base, quote=quote, is_event=is_event)
            read = self._read[symbol] = (definition, scales)
        return read[1]

    async def refresh(self) -> None:
        """Ask for the list again, unless that was done a moment ago."""
        now_ns = self._clock.now_ns()
        if now_ns - self._asked_ns >= _REFRESH_NS_MIN:
            self._asked_ns = now_ns
            await self._front.refresh_instruments()
