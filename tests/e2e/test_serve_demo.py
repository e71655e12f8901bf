"""``fairlead serve --demo`` as a process: six books that move, the same for everybody, and that go on after a kill."""

import asyncio
import subprocess
import sys
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_serve import Service

from fairlead import aio, sdk
from fairlead.cli.exit_codes import ExitCode
from fairlead.client.book import Book
from fairlead.engine import keys
from fairlead.sdk.live_messages import TradeUpdate
from fairlead.wire import Message

SYMBOLS = ["AAPL", "BTC-USD", "ETH-USD", "QQQ", "RAIN", "SPY"]


def _book(service: Service, symbol: str) -> dict[str, Any]:
    answer = service.http.get(f"/markets/{symbol}/book", params={"levels": 1_000})
    assert answer.status_code == 200, answer.text
    book: dict[str, Any] = answer.json()
    return book


def _moved(service: Service, symbol: str, seq: int) -> dict[str, Any]:
    """Ask until the book stands at a later message; the client's own time limit ends a market that stands still."""
    for _ in range(10_000):
        if (book := _book(service, symbol))["seq"] > seq:
            return book
    raise AssertionError(f"the book of {symbol} does not move: seq={seq}")


def _sides(book: Book) -> dict[str, list[tuple[str, str, int]]]:
    return {
        name: [(f"{level.price:f}", f"{level.qty:f}", level.orders) for level in side]
        for name, side in (("bids", book.bids), ("asks", book.asks))
    }


async def _same_book(service: Service, symbol: str, *, secret: str) -> None:
    """Compare what HTTP shows with the book that another client had at the same message."""
    port = service.ready["gateway_port"]
    async with aio.Client(port=port, key_id="feed", secret=secret, role="market_data") as client:
        had: dict[tuple[int, int], dict[str, list[tuple[str, str, int]]]] = {}
        heard: list[tuple[int, object]] = []
        book = await client.subscribe(symbol)

        def keep(message: Message) -> None:
            had[book.epoch, book.seq] = _sides(book)
            heard.append((message.seq, message.fields["channel.prev_seq"]))

        client.listen(keep)
        had[book.epoch, book.seq] = _sides(book)
        shown: dict[str, Any] = {}
        for _ in range(200):
            shown = await asyncio.to_thread(_book, service, symbol)
            async for _ in client.changes(book):
                break
            if (shown["epoch"], shown["seq"]) in had and len(heard) > 20:
                break
        ours = {
            name: [(level["price"], level["quantity"], level["orders"]) for level in shown[name]]
            for name in ("bids", "asks")
        }
        assert ours == had[shown["epoch"], shown["seq"]]
        assert all(prev == before for (before, _), (_, prev) in pairwise(heard))


def _as(service: Service, person: dict[str, str]) -> dict[str, str]:
    credentials = {"email": person["email"], "password": person["password"]}
    answer = service.http.post("/auth/login", json=credentials)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['accessToken']}"}


def _bought(service: Service, trader: dict[str, str]) -> None:
    """Let the trader buy at the market with the money of the demo."""
    order = {"symbol": "AAPL", "side": "BUY", "orderType": "LIMIT", "quantity": "10", "price": "190.50"}
    placed = service.http.post("/orders", json=order, headers=_as(service, trader))
    assert placed.status_code in {200, 201}, placed.text
    assert placed.json()["status"] != "REJECTED"


def _halted_and_resumed(service: Service, symbol: str, operator: dict[str, str]) -> None:
    """Let the operator halt a market: nothing trades in it while others go on; and resume it."""
    headers = _as(service, operator)

    def act(what: str) -> None:
        done = service.http.post(f"/markets/{symbol}/{what}", json={"reason": "test"}, headers=headers)
        assert done.status_code == 200, done.text

    act("halt")
    while _book(service, symbol)["state"] != "HALTED":
        pass
    status = service.http.get("/circuit-breaker/status").json()
    assert {"symbol": symbol, "state": "HALTED", "isTripped": True, "cause": "MANUAL", "until": None} in status[
        "markets"
    ]
    assert service.http.get("/health").json()["circuitBreakerStatus"] == "TRIPPED"
    trades = service.http.get(f"/markets/{symbol}/trades").json()
    _moved(service, "BTC-USD", _book(service, "BTC-USD")["seq"] + 5)
    assert service.http.get(f"/markets/{symbol}/trades").json() == trades
    act("resume")
    _moved(service, symbol, _book(service, symbol)["seq"] + 5)
    assert service.http.get("/health").json()["circuitBreakerStatus"] == "NORMAL"


def _stopped(service: Service, operator: dict[str, str]) -> None:
    """Let the operator halt one market, and stop the orders of another by its kill switch."""
    headers = _as(service, operator)
    for path, body in (
        ("/markets/QQQ/halt", {"reason": "test"}),
        ("/kill-switch", {"scope": "SYMBOL", "symbol": "ETH-USD", "reason": "test"}),
    ):
        done = service.http.post(path, json=body, headers=headers)
        assert done.status_code == 200, done.text
    while _book(service, "QQQ")["state"] != "HALTED":
        pass
    status = service.http.get("/circuit-breaker/status").json()
    assert [(one["symbol"], one["cause"]) for one in status["markets"] if one["isTripped"]] == [("QQQ", "MANUAL")]
    assert [(one["scope"], one["symbol"]) for one in status["killSwitches"]] == [("SYMBOL", "ETH-USD")]


async def _named_otherwise(service: Service, trader: dict[str, Any]) -> None:
    """Ask for BTC-USD by its other name."""
    credentials = {"email": trader["email"], "password": trader["password"]}
    async with sdk.AsyncClient(str(service.http.base_url), **credentials) as client:
        order = await client.create_order("BTC", "BUY", "LIMIT", "0.05", "60000")
        assert order.symbol == "BTC-USD"
        assert [one.order_id for one in await client.fetch_open_orders("BTC")] == [order.order_id]
        async with (
            client.live() as live,
            aclosing(live.book("BTC", levels=1)) as books,
            aclosing(live.trades("ETH")) as trades,
        ):
            assert (await anext(books)).symbol == "BTC-USD"
            trade = await anext(trades)
            assert isinstance(trade, TradeUpdate)
            assert trade.symbol == "ETH-USD"
        await client.cancel_order(order.order_id)


def test_five_books_move_and_go_on_after_a_kill(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    with Service(directory, "--demo", "--set", "demo.commands_per_s=200") as service:
        people = {person["role"]: person for person in service.ready["demo"]}
        assert set(people) == {"operator", "trader"}
        listed = service.http.get("/markets").json()["markets"]
        assert [(market["symbol"], market["state"]) for market in listed] == [(one, "CONTINUOUS") for one in SYMBOLS]
        for symbol in SYMBOLS:
            first = _book(service, symbol)
            assert first["bids"]
            assert first["asks"]
            assert _moved(service, symbol, first["seq"])["epoch"] == first["epoch"]
        _halted_and_resumed(service, "SPY", people["operator"])
        _bought(service, people["trader"])
        asyncio.run(_named_otherwise(service, people["trader"]))
        _stopped(service, people["operator"])
        stopped = service.http.get("/circuit-breaker/status").json()
        before = _book(service, "SPY")
        service.process.kill()
        service.process.communicate(timeout=60)

    feed = keys.add(directory, "feed", account=0, role="marketdata")
    assert feed.secret is not None
    with Service(directory, "--demo") as service:
        assert "demo" not in service.ready
        assert service.http.get("/circuit-breaker/status").json() == stopped
        after = _book(service, "SPY")
        # Where it was: within one percent, and not at its anchor by chance of a new beginning.
        assert abs(float(after["bids"][0]["price"]) / float(before["bids"][0]["price"]) - 1) < 0.01
        _moved(service, "SPY", after["seq"])
        asyncio.run(_same_book(service, "BTC-USD", secret=feed.secret))
        assert service.http.get("/ready").status_code == 200
        assert service.end() == (ExitCode.OK, "")


@pytest.mark.parametrize("begun", ["gateway.keys", "users"])
def test_a_venue_does_not_become_a_demo(tmp_path: Path, begun: str) -> None:
    directory = tmp_path / "venue"
    if begun == "gateway.keys":
        directory.mkdir(mode=0o700)
        (directory / "gateway.keys").touch(mode=0o600)
    else:
        made = _run("users", "create", "--role", "trader", "--email", "a@example.com", "--generate", directory=tmp_path)
        assert made.returncode == ExitCode.OK, made.stderr
    for _ in range(2):
        answer = _run("serve", "--demo", "--port", "0", "--gateway-port", "0", directory=tmp_path)
        assert (answer.returncode, answer.stdout) == (ExitCode.USAGE, ""), answer.stderr
        assert "--demo needs a" in answer.stderr
    assert not (directory / "demo.mark").exists()


def _run(*command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", "from fairlead.cli import main; main()", *command, "--data", "venue"]
    return subprocess.run(call, capture_output=True, text=True, timeout=60, check=False, cwd=directory)
