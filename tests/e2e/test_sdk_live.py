"""The live client against a running service: whatever is cut, whoever is killed, each event and each order is one."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.cutting import CuttingProxy
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import PASSWORD, Venue
from tests.e2e.venues import write_keys

from fairlead import AsyncClient
from fairlead.sdk import LiveClient, NewOrder, OrderBook, OrderEvent, RejectedError, Retries

_WAIT_S = 60.0
_ORDERS = 24


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    directory = tmp_path / "venue"
    write_keys(directory)
    return directory


@pytest.fixture(name="venue")
def _venue(place: Path) -> Iterator[Venue]:
    with Service(place) as service:
        yield Venue(service, place)


def _client(port: int, name: str = "ann") -> AsyncClient:
    retries = Retries(attempts_max=60, first_wait_s=0.01, wait_s_max=0.1)
    email = f"{name}@example.com"
    return AsyncClient(f"http://127.0.0.1:{port}", email=email, password=PASSWORD, timeout_s=_WAIT_S, retries=retries)


def _order(number: int) -> NewOrder:
    price = f"{100 - number % 5}.00"
    return NewOrder(
        symbol="ABC-USD", side="BUY", order_type="LIMIT", quantity=1, price=price, client_order_id=f"live-{number}"
    )


def _words(event: OrderEvent) -> tuple[str, str, str | None]:
    return event.position, event.type, event.data.order_id


class _Ear:
    """Hears events until one is what is waited for."""

    def __init__(self, live: LiveClient, **options: Any) -> None:
        self.heard: list[OrderEvent] = []
        self._stream: AsyncGenerator[Any, None] = live.events(**options)

    async def until(self, kind: str, count: int) -> list[OrderEvent]:
        async with asyncio.timeout(_WAIT_S):
            while sum(event.type == kind for event in self.heard) < count:
                event = await anext(self._stream)
                assert isinstance(event, OrderEvent)
                self.heard.append(event)
        return self.heard

    async def close(self) -> None:
        await self._stream.aclose()


async def _whole(port: int, *, kind: str, count: int) -> list[OrderEvent]:
    async with _client(port) as client, client.live() as live:
        ear = _Ear(live, resume_from="0.0.0")
        heard = await ear.until(kind, count)
        await ear.close()
        return heard


async def _trade(live: LiveClient, *, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        order = await live.submit_order(_order(number))
        if number % 3 == 0:
            await live.amend_order(order.order_id, quantity=2)
        if number % 2:
            assert (await live.cancel_order(order.order_id)).status == "CANCELED"


@pytest.mark.parametrize("seed", [1, 2])
def test_connections_that_are_cut_anywhere_lose_and_double_nothing(venue: Venue, seed: int) -> None:
    chance = random.Random(seed)
    budgets = iter([chance.choice((1, 100, 500, 900, 1_500, 4_000)) + chance.randrange(300) for _ in range(20)])

    async def run() -> None:
        port = int(venue.service.ready["port"])
        async with CuttingProxy(port, budgets) as proxy, _client(proxy.here) as client, client.live() as live:
            ear = _Ear(live, resume_from="0.0.0")
            hearing = asyncio.create_task(ear.until("ORDER_CANCELED", _ORDERS // 2))
            await _trade(live, count=_ORDERS)
            heard = await hearing
            assert proxy.cut >= 3
            assert live.connections > 1
            await ear.close()
        whole = await _whole(port, kind="ORDER_CANCELED", count=_ORDERS // 2)
        assert [_words(event) for event in heard] == [_words(event) for event in whole]
        created = [event.data.client_order_id for event in whole if event.type == "ORDER_CREATED"]
        assert created == [f"live-{number}" for number in range(_ORDERS)]
        assert sum(event.type == "ORDER_UPDATED" for event in whole) == _ORDERS // 3

    asyncio.run(run())


def test_a_service_that_is_killed_in_the_middle_loses_and_doubles_nothing(place: Path) -> None:
    async def run(service: Service) -> None:
        async with contextlib.AsyncExitStack() as parts:
            proxy = await parts.enter_async_context(CuttingProxy(int(service.ready["port"]), iter(())))
            client = await parts.enter_async_context(_client(proxy.here))
            live = await parts.enter_async_context(client.live())
            ear = _Ear(live)
            hearing = asyncio.create_task(ear.until("ORDER_CANCELED", _ORDERS // 2))
            await asyncio.sleep(0)
            trading = asyncio.create_task(_trade(live, count=_ORDERS, first=0))
            async with asyncio.timeout(_WAIT_S):
                while not any(event.type == "ORDER_CANCELED" for event in ear.heard):
                    await asyncio.sleep(0.01)
            service.process.kill()
            await asyncio.to_thread(service.process.communicate, timeout=60)
            again = await asyncio.to_thread(Service, place)
            parts.callback(again.__exit__)
            proxy.port = int(again.ready["port"])
            async with asyncio.timeout(_WAIT_S):
                await trading
            heard = await hearing
            await ear.close()
            whole = await _whole(proxy.port, kind="ORDER_CANCELED", count=_ORDERS // 2)
            begun = next(place for place, event in enumerate(whole) if event.position == heard[0].position)
            assert [_words(event) for event in heard] == [_words(event) for event in whole[begun:]]
            created = [event.data.client_order_id for event in whole if event.type == "ORDER_CREATED"]
            assert created == [f"live-{number}" for number in range(_ORDERS)]

    with Service(place) as service:
        Venue(service, place)
        asyncio.run(run(service))


async def _newest(books: AsyncIterator[OrderBook], seq: int) -> OrderBook:
    async with asyncio.timeout(_WAIT_S):
        async for book in books:
            if book.seq >= seq:
                return book
    raise AssertionError


async def _settled(client: AsyncClient) -> OrderBook:
    """Return the book once it has the open orders of the only one who trades: it is told a moment after each answer."""
    left: dict[tuple[str, Decimal | None], Decimal] = {}
    for order in await client.fetch_open_orders("ABC-USD"):
        at = order.side, order.price
        left[at] = left.get(at, Decimal(0)) + order.remaining_quantity
    async with asyncio.timeout(_WAIT_S):
        while True:
            book = await client.fetch_order_book("ABC-USD", levels=20)
            sides = (("BUY", book.bids), ("SELL", book.asks))
            if left == {(side, level.price): level.quantity for side, levels in sides for level in levels}:
                return book


def test_books_are_those_of_the_routes_and_stay_so_across_cuts(venue: Venue) -> None:
    async def run() -> None:
        port = int(venue.service.ready["port"])
        budgets = iter([3_000, 9_000, 20_000])
        async with CuttingProxy(port, budgets) as proxy, _client(proxy.here, "bob") as bob, bob.live() as live:
            books = {depth: live.book("ABC-USD", depth=depth, levels=20) for depth in ("L1", "L2")}
            for number in range(120):
                side, price = ("BUY", 100 - number % 7) if number % 2 else ("SELL", 101 + number % 5)
                await live.create_order("ABC-USD", side, "LIMIT", 1, f"{price}.00")
                if number % 10 == 0:
                    # It is read all the time, and asked for anew after each cut.
                    for stream in books.values():
                        await _newest(stream, 0)
            shown = await _settled(bob)
            assert shown.seq > 100
            deep, best = await _newest(books["L2"], shown.seq), await _newest(books["L1"], 1)
            assert deep == shown
            while (best.bids, best.asks) != (shown.bids[:1], shown.asks[:1]):
                best = await _newest(books["L1"], best.seq + 1)
            assert proxy.cut == 3
            for stream in books.values():
                await stream.aclose()

    asyncio.run(run())


def test_what_the_exchange_refuses_is_refused_here_too(venue: Venue) -> None:
    async def run() -> None:
        async with _client(int(venue.service.ready["port"])) as client, client.live() as live:
            with pytest.raises(RejectedError) as refused:
                await live.create_order("ABC-USD", "BUY", "LIMIT", 900, "100000.00")
            assert refused.value.client_order_ids
            assert not refused.value.is_in_doubt

    asyncio.run(run())
