"""Channels that are asked for over a live connection: what has no meaning for them is refused, and nothing is begun."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer
from tests.web.knocks import knock

from fairlead.web.sockets.private_side import PrivateSide

ORDERS = {"name": "orders"}
BOOK = {"name": "book", "symbol": "BTC-USD"}
NOTHING = {"op": "unsubscribe", "channels": [BOOK]}


async def _talk(desk: Desk, *said: object, is_public: bool = False) -> list[dict[str, Any]]:
    """Say something as a trader; return the answers."""
    desk.feed.open("BTC-USD")
    desk.feed.snapshot("BTC-USD", bids=[(100, 5_000)], asks=[])
    if is_public:
        return (await knock(desk.app, say=said)).answers
    headers = bearer(await desk.become())
    user = (await desk.get("/me", headers=headers)).json()["userId"]
    return (await knock(desk.app, f"/ws/{user}", list(headers.items()), say=said)).answers


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("place", ["0.0.0", "9.9.9", "nowhere", ""])
def test_public_channels_alone_are_not_resumed(tmp_path: Path, place: str, is_public: bool) -> None:
    asked = {"op": "subscribe", "channels": [BOOK], "resumeFrom": place}

    async def story(desk: Desk) -> None:
        refused, left = await _talk(desk, asked, NOTHING, is_public=is_public)
        problem = refused["problem"]
        assert (problem["status"], problem["field"], problem["value"]) == (400, "resumeFrom", place)
        assert "orders, fills, balances" in problem["limit"]
        assert "leave it out" in problem["fix"]
        # Nothing was begun.
        assert left["data"]["subscriptions"] == 0

    at_desk(tmp_path, story)


def test_private_news_that_does_not_end_keeps_no_market_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(private: PrivateSide) -> AsyncIterator[bytes]:
        await asyncio.sleep(0)
        private._note()
        yield b'{"type":"NEWS"}'

    async def story(desk: Desk) -> None:
        desk.feed.open("BTC-USD")
        desk.feed.snapshot("BTC-USD", bids=[(100, 5_000)], asks=[])
        headers = bearer(await desk.become())
        user = (await desk.get("/me", headers=headers)).json()["userId"]
        asked = {"op": "subscribe", "channels": [ORDERS, BOOK]}
        async with asyncio.timeout(30):
            heard = await knock(desk.app, f"/ws/{user}", list(headers.items()), say=[asked], until="BOOK_SNAPSHOT")
        assert {"NEWS", "BOOK_SNAPSHOT"} <= {message["type"] for message in heard.heard}

    monkeypatch.setattr(PrivateSide, "frames", endless)
    at_desk(tmp_path, story)


def test_an_end_is_not_resumed(tmp_path: Path) -> None:
    begun = {"op": "subscribe", "channels": [ORDERS, BOOK], "resumeFrom": "0.0.0"}

    async def story(desk: Desk) -> None:
        said, refused, left = await _talk(desk, begun, NOTHING | {"resumeFrom": "0.0.0"}, NOTHING)
        assert said["data"] == {"subscriptions": 2, "position": "0.0.0"}
        assert (refused["problem"]["status"], refused["problem"]["field"]) == (400, "resumeFrom")
        assert refused["problem"]["limit"] == "channels"
        assert left["data"]["subscriptions"] == 1

    at_desk(tmp_path, story)
