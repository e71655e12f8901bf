"""The sessions of the service: what hears reports as they come keeps none of them for somebody who never takes them."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fairlead import aio
from fairlead.bootstrap import front
from fairlead.bootstrap.house import House
from fairlead.client.told import told_of
from fairlead.model.report import BEGINNING
from fairlead.settings import load
from fairlead.wire import Message, encode

_REPORTS = 100


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return a house whose gateway nobody has to answer for."""

    async def connect(client: aio.Client) -> aio.Client:
        return client

    monkeypatch.setattr(aio.Client, "connect", connect)
    monkeypatch.setattr(front, "find_key", lambda *_, **__: "ours")
    monkeypatch.setattr(front, "read_secret", lambda *_: "00" * 32)
    loaded = load(environment={"HOME": str(tmp_path)}, folder=tmp_path)
    house = House(loaded=loaded, ended=asyncio.Event())
    house.gateway = ("127.0.0.1", 1)
    return house


def _hear(client: aio.Client) -> tuple[int, int]:
    """Let a session hear reports; return how many of them were told to listeners, and how many are kept."""
    heard: list[object] = []
    client.listen_reports(heard.append)
    link = cast(Any, SimpleNamespace(asked={}))
    for seq in range(1, _REPORTS + 1):
        told = told_of(encode(Message(kind="CommandReport", seq=seq, fields=_report(seq))))
        assert told is not None
        client._take_report(link, told)
    return len(heard), len(client._backlog)


def _report(seq: int) -> dict[str, Any]:
    place = {"position.event_seq": seq, "position.sub": 0, "position.leg": 0}
    numbers = dict.fromkeys(("id", "other", "count", "value", "limit", "ts_ns", "ref_seq"), 0)
    absent = dict.fromkeys(("account", "instrument", "cl_ord_id", "reason"))
    return place | numbers | absent | {"event": "TimePassed", "resent": False}


def test_the_session_of_users_keeps_no_more_than_the_newest_report(house: House) -> None:
    async def story() -> None:
        async with front.front(house):
            assert _hear(house.front) == (_REPORTS, 1)

    asyncio.run(story())


def test_the_copy_of_a_worker_keeps_no_more_than_the_newest_report(house: House) -> None:
    async def story() -> None:
        async with front.front(house), front.copied(house) as copied:
            assert _hear(copied) == (_REPORTS, 1)

    asyncio.run(story())


def test_the_session_of_the_tables_keeps_what_they_have_not_taken(house: House) -> None:
    async def story() -> None:
        house.resume = BEGINNING
        async with front.front(house), front.copy(house):
            assert _hear(house.copy) == (_REPORTS, _REPORTS)

    asyncio.run(story())
