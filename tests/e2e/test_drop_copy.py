"""Drop copies of a running service: who watches hears each execution once, and nobody hears what is another's."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.crews import OFTEN, WORKERS
from tests.e2e.test_corrections import Floor
from tests.e2e.test_serve import Service
from tests.e2e.test_sockets import _ask, _key, _open_signed, _until, _url
from tests.e2e.test_trading import Trader, Venue
from tests.e2e.test_users import OPS, PASSWORD
from tests.e2e.venues import SECRET
from websockets.asyncio.client import ClientConnection, connect

from fairlead import AsyncClient
from fairlead.client import Client
from fairlead.sdk import AuthorizationError, OrderEvent

_WAIT_S = 60.0
ALL = {"name": "drop_copy", "account": "ALL"}


class _Watch:
    """An operator's connection."""

    def __init__(self, service: Service) -> None:
        self.service = service
        login = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
        self.headers = {"Authorization": f"Bearer {login.json()['accessToken']}"}
        self.user = str(service.http.get("/me", headers=self.headers).json()["userId"])

    async def open(self) -> ClientConnection:
        return await connect(_url(self.service, f"/ws/{self.user}"), additional_headers=self.headers, proxy=None)

    async def hear(self, *, after: str, count: int, account: int | str = "ALL") -> list[dict[str, Any]]:
        """Return so many copies after a place."""
        socket = await self.open()
        begun = await _ask(socket, "subscribe", channels=[ALL | {"account": account}], resumeFrom=after)
        assert begun["status"] == 200, begun
        heard = await _heard(socket, count)
        await socket.close()
        return heard


async def _heard(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    heard = await _until(socket, lambda message: message.get("seq") == count)
    return [message for message in heard if message.get("channel") == "drop_copy"]


def _told(heard: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(message["type"], message["data"]["account"]) for message in heard]


def test_who_watches_hears_every_execution_and_what_becomes_of_it(directory: Path) -> None:
    with Service(directory) as service:
        floor, watch = Floor(service, directory), _Watch(service)
        sides = [floor.ann.account, floor.bob.account]

        async def run() -> None:
            socket = await watch.open()
            begun = await _ask(socket, "subscribe", channels=[ALL], resumeFrom="0.0.0")
            assert begun["data"]["dropCopy"]["account"] == "ALL"
            heard = await _heard(socket, 2)
            bust = floor.order("POST", f"/trades/{floor.trade}/bust")
            assert bust.status_code == 200
            heard += await _heard(socket, 4)
            # Of orders that do not trade nothing is told; the next trade is.
            order = {"symbol": "ABC", "orderType": "LIMIT", "price": "90", "quantity": "1"}
            floor.bob.ask("POST", "/orders", order | {"side": "BUY"})
            floor.ann.ask("POST", "/orders", order | {"side": "SELL"})
            heard += await _heard(socket, 6)
            assert [message["seq"] for message in heard] == list(range(1, 7))
            places = [tuple(int(part) for part in message["position"].split(".")) for message in heard]
            assert places == sorted(set(places))
            kinds = ["ORDER_FILLED", "TRADE_BUSTED", "ORDER_FILLED"]
            assert [kind for kind, _ in _told(heard)] == [kind for kind in kinds for _ in sides]
            assert [sorted(account for _, account in _told(heard[at : at + 2])) for at in (0, 2, 4)] == [sides] * 3
            await socket.close()

            resumed = await watch.hear(after=heard[2]["position"], count=3)
            assert [message["position"] for message in resumed] == [it["position"] for it in heard[3:]]
            mine = await watch.hear(after="0.0.0", count=3, account=floor.bob.account)
            assert _told(mine) == [(kind, floor.bob.account) for kind in kinds]

        asyncio.run(run())
        assert service.end() == (0, "")


async def _refused(socket: ClientConnection, account: int | str) -> tuple[int, str]:
    answer = await _ask(socket, "subscribe", channels=[{"name": "drop_copy", "account": account}])
    assert answer["type"] == "ERROR", answer
    return answer["problem"]["status"], answer["problem"]["code"]


def _operators_key(watch: _Watch, *scopes: str) -> Any:
    operator = object.__new__(Trader)
    operator._http, operator.headers = watch.service.http, watch.headers
    return _key(operator, *scopes)


def test_nobody_hears_of_an_account_that_is_not_theirs_to_watch(directory: Path) -> None:
    with Service(directory) as service:
        floor, watch = Floor(service, directory), _Watch(service)
        ann = str(floor.ann.ask("GET", "/me").json()["userId"])
        mine, others = floor.ann.account, floor.bob.account
        forbidden = (403, "AUTHORIZATION_ERROR")

        async def run() -> None:
            risk = await _open_signed(service, ann, _key(floor.ann, "read"))
            for account in (others, "ALL", 1, 4_000_000_000):
                assert await _refused(risk, account) == forbidden
            begun = await _ask(risk, "subscribe", channels=[{"name": "drop_copy", "account": mine}], resumeFrom="0.0.0")
            assert begun["status"] == 200, begun
            assert _told(await _heard(risk, 1)) == [("ORDER_FILLED", mine)]
            order = {"symbol": "ABC", "side": "BUY", "orderType": "LIMIT", "quantity": "1", "price": "90"}
            assert (await _ask(risk, "order.place", **order))["problem"]["status"] == 403
            trading = await _open_signed(service, ann, _key(floor.ann, "trade"))
            assert await _refused(trading, mine) == forbidden
            public = await connect(_url(service, "/ws"), proxy=None)
            assert await _refused(public, "ALL") == forbidden
            reading = await _open_signed(service, watch.user, _operators_key(watch, "read"))
            for account in (mine, "ALL"):
                assert await _refused(reading, account) == forbidden
            watching = await _open_signed(service, watch.user, _operators_key(watch, "admin"))
            assert (await _ask(watching, "subscribe", channels=[ALL]))["status"] == 200
            for socket in (risk, trading, public, reading, watching):
                await socket.close()

        asyncio.run(run())


def test_after_a_crash_it_goes_on_where_it_was(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        first = asyncio.run(_Watch(service).hear(after="0.0.0", count=1))
        service.process.kill()
        service.process.communicate(timeout=60)
    with Service(directory) as service:
        watch = _Watch(service)
        for trader in (floor.ann, floor.bob):
            trader.use(service)
        order = {"symbol": "ABC", "orderType": "LIMIT", "price": "100", "quantity": "2"}
        assert floor.bob.ask("POST", "/orders", order | {"side": "BUY"}).status_code == 201
        after = asyncio.run(watch.hear(after=first[0]["position"], count=3))
        whole = asyncio.run(watch.hear(after="0.0.0", count=4))
    assert [message["position"] for message in first + after] == [message["position"] for message in whole]
    assert len({message["position"] for message in whole}) == 4


@pytest.mark.parametrize("workers", [(), WORKERS])
def test_accounts_of_the_gateway_are_watched_too(directory: Path, workers: tuple[str, ...]) -> None:
    with Service(directory, *workers, *OFTEN) as service:
        venue, watch = Venue(service, directory), _Watch(service)
        assert venue.ann.place(quantity=2).status_code == 201

        async def run() -> None:
            maker, everybody = await watch.open(), await watch.open()
            for socket, channel in ((maker, ALL | {"account": 1}), (everybody, ALL)):
                begun = await _ask(socket, "subscribe", channels=[channel])
                assert begun["status"] == 200, begun
            await asyncio.to_thread(_sell, service)
            assert _told(await _heard(maker, 1)) == [("ORDER_FILLED", 1)]
            heard = await _heard(everybody, 2)
            assert sorted(_told(heard)) == [("ORDER_FILLED", 1), ("ORDER_FILLED", venue.ann.account)]
            # Whichever process is asked next, it knows of the place.
            for _ in range(4):
                again = await watch.open()
                begun = await _ask(again, "subscribe", channels=[ALL], resumeFrom=heard[-1]["position"])
                assert begun["data"]["dropCopy"]["position"] == heard[-1]["position"]
                await again.close()
            await maker.close()
            await everybody.close()

        asyncio.run(run())


def _sell(service: Service) -> None:
    with Client(port=service.ready["gateway_port"], key_id="alice", secret=SECRET) as maker:
        maker.submit(symbol="ABC-USD", side="sell", order_qty=2, price="100.00", cl_ord_id="m-1")


def test_a_program_watches_with_the_client(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        url = f"http://127.0.0.1:{service.ready['port']}"

        async def run() -> None:
            async with (
                AsyncClient(url, email=OPS, password=PASSWORD, timeout_s=_WAIT_S) as client,
                client.live() as live,
                asyncio.timeout(_WAIT_S),
            ):
                async with aclosing(live.drop_copy("ALL", resume_from="0.0.0")) as copies:
                    heard = [await anext(copies), await anext(copies)]
                assert all(isinstance(event, OrderEvent) for event in heard)
                accounts = sorted(event.data.account for event in heard)
                assert accounts == [floor.ann.account, floor.bob.account]
                again = live.drop_copy(floor.bob.account, resume_from="0.0.0")
                async with aclosing(again) as copies:
                    assert (await anext(copies)).data.account == floor.bob.account
            ann = AsyncClient(url, email="ann@example.com", password=PASSWORD, timeout_s=_WAIT_S)
            async with ann as client, client.live() as live:
                with pytest.raises(AuthorizationError, match="read_all"):
                    await anext(live.drop_copy(floor.bob.account))

        asyncio.run(run())
