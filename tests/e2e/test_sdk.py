"""The Python client against ``fairlead serve --demo``: lost answers, signatures, and the examples as they stand."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from tests.e2e.test_serve import Service

from fairlead import AsyncClient, RestClient
from fairlead.sdk import AuthorizationError, ConflictError, NotFoundError, Order, RejectedError, Surroundings

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
EXAMPLES = {"rest_quickstart.py": ["BTC-USD"], "market_maker.py": ["ETH-USD", "2"], "watch_book.py": ["AAPL", "2"]}
EXAMPLES |= {"live_orders.py": ["BTC-USD"]}


class Losing(httpx.AsyncHTTPTransport):
    """A network that carries every request and loses the first answer to each kind of writing."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: set[tuple[str, str]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        kind = (request.method, request.url.path.split("/")[1])
        if request.method == "GET" or kind[1] == "auth" or kind in self.lost:
            return answer
        await answer.aread()
        await answer.aclose()
        self.lost.add(kind)
        raise httpx.ReadTimeout("lost", request=request)


class Demo:
    """The demo and its trader."""

    def __init__(self, service: Service) -> None:
        people = {person["role"]: person for person in service.ready["demo"]}
        self.url = str(service.http.base_url)
        self.trader = {name: str(people["trader"][name]) for name in ("email", "password")}

    def client(self, **options: Any) -> AsyncClient:
        return AsyncClient(self.url, **(self.trader | options), timeout_s=60)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    directory = tmp_path_factory.mktemp("sdk") / "venue"
    with Service(directory, "--demo") as service:
        yield Demo(service)


def _until(read: Callable[[], T], is_wanted: Callable[[T], bool]) -> T:
    """Read until it is so: what can be read follows the exchange a moment behind."""
    found = read()
    for _ in range(500):
        if is_wanted(found):
            return found
        found = read()
    raise AssertionError(f"it does not come to be: last={found}")


async def _far_below(client: AsyncClient, symbol: str) -> Decimal:
    book = await client.fetch_order_book(symbol)
    return book.bids[-1].price - 1


def test_orders_changes_and_cancels_whose_answers_are_lost_happen_once(demo: Demo) -> None:
    async def story() -> None:
        network = Losing()
        async with demo.client(over=network) as client:
            price = await _far_below(client, "QQQ")

            placed = await client.create_order("QQQ", "BUY", "LIMIT", 1, price)
            changed = await client.amend_order(placed.order_id, quantity=2)
            canceled = await client.cancel_order(placed.order_id)

            assert network.lost == {("POST", "orders"), ("PATCH", "orders"), ("DELETE", "orders")}
            assert (changed.order_id, changed.quantity, canceled.status) == (
                placed.order_id,
                Decimal(2),
                "CANCELED",
            )
            every: list[Order] = []
            while not every:
                every = [one async for one in client.fetch_orders(symbol="QQQ")]
            assert [one.order_id for one in every] == [placed.order_id]
            with pytest.raises(RejectedError) as caught:
                await client.cancel_order(placed.order_id)
            assert (caught.value.reason, caught.value.attempts) == ("ORDER_FINISHED", 1)

    asyncio.run(story())


def test_an_api_key_trades_by_signing_also_where_its_clock_is_wrong(demo: Demo) -> None:
    async def story() -> None:
        async with demo.client() as person:
            key = await person.create_api_key("bot", scopes=["read", "trade"])
            reader = await person.create_api_key("reader", scopes=["read"])
        late = Surroundings(now_ns=lambda: 1_600_000_000_000_000_000)
        options: dict[str, Any] = {"key_id": key.key_id, "secret": key.secret, "surroundings": late}
        async with AsyncClient(demo.url, **options) as bot:
            price = await _far_below(bot, "ETH-USD")
            placed = await bot.create_order("ETH-USD", "BUY", "LIMIT", "0.01", price, client_order_id="signed-1")
            assert (await bot.fetch_order(placed.order_id)).client_order_id == "signed-1"
            with pytest.raises(ConflictError, match="DUPLICATE_CLORDID"):
                await bot.create_order("ETH-USD", "BUY", "LIMIT", "0.02", price, client_order_id="signed-1")
            assert await bot.cancel_all_orders(symbol="ETH-USD") == 1
        async with AsyncClient(demo.url, key_id=reader.key_id, secret=reader.secret) as watcher:
            with pytest.raises(AuthorizationError):
                await watcher.create_order("ETH-USD", "BUY", "LIMIT", "0.01", price)

    asyncio.run(story())


def test_the_blocking_client_reads_what_it_traded(demo: Demo) -> None:
    with RestClient(demo.url, **demo.trader, timeout_s=60) as client:
        bought = client.create_order("SPY", "BUY", "MARKET", 1)
        bought = _until(lambda: client.fetch_order(bought.order_id), lambda order: order.status == "FILLED")
        (fill,) = client.fetch_order_trades(bought.order_id)
        newest = next(iter(client.fetch_my_trades(symbol="SPY")))
        assert (newest.trade_id, newest.price, newest.order_id) == (fill.trade_id, fill.price, bought.order_id)
        (position,) = [one for one in client.fetch_positions() if one.symbol == "SPY"]
        assert (position.side, position.quantity) == ("LONG", Decimal(1))
        with pytest.raises(NotFoundError):
            client.fetch_order("1")
        group = client.create_oco("SPY", "SELL", 1, take_profit_price=fill.price * 2, stop_price=fill.price // 2)
        _until(lambda: client.fetch_open_orders("SPY"), lambda orders: len(orders) == 2)
        client.cancel_group(str(group.group_id))
        _until(lambda: client.fetch_open_orders("SPY"), lambda orders: not orders)


def test_every_example_is_run_here() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(demo: Demo, name: str) -> None:
    person = {"VENUE_EMAIL": demo.trader["email"], "VENUE_PASSWORD": demo.trader["password"]}
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *EXAMPLES[name]],
        env=os.environ | person | {"VENUE_URL": demo.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
