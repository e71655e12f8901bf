"""Calendars by the API: who sets them, what is refused, and what everybody sees of them."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import PASSWORD
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role

PATH = "/markets/BTC-USD/calendar"
WEEK: dict[str, Any] = {
    "timeZone": "America/New_York",
    "week": [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "09:30", "close": "16:00"}],
    "holidays": ["2023-11-23"],
    "earlyCloses": [{"date": "2023-11-24", "close": "13:00"}],
    "preOpenMinutes": 30,
}


async def _operator(desk: Desk) -> dict[str, str]:
    desk.feed.open("BTC-USD")
    desk.feed.snapshot("BTC-USD", bids=[(10_000, 5)], asks=[(10_005, 2)])
    await desk.house.operator("ops@example.com", role=Role.OPERATOR)
    answer = await desk.post("/auth/login", {"email": "ops@example.com", "password": PASSWORD.reveal()})
    return bearer(answer.json())


def test_a_calendar_is_set_told_and_taken_away(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        # It is Tuesday, 14 November 2023, 22:13:20 UTC.
        headers = await _operator(desk)
        assert (await desk.get(PATH)).status_code == 404
        answer = await desk.client.put(PATH, json=WEEK, headers=headers)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert {name: told[name] for name in WEEK if name != "week"} == {
            name: value for name, value in WEEK.items() if name != "week"
        }
        assert told["week"] == [WEEK["week"][0] | {"breaks": []}]
        assert (told["stateNow"], told["heldSince"]) == ("CLOSED", None)
        upcoming = {"state": "PRE_OPEN", "time": "2023-11-15T14:00:00.000000000Z", "isHeld": False}
        assert told["nextChange"] == upcoming
        assert (await desk.get(PATH)).json() == told
        assert (await desk.get("/markets/BTC-USD")).json()["nextChange"] == upcoming
        assert (await desk.get("/markets")).json()["markets"][0]["nextChange"] == upcoming

        assert (await desk.client.delete(PATH, headers=headers)).status_code == 204
        assert (await desk.client.delete(PATH, headers=headers)).status_code == 404
        assert (await desk.get("/markets/BTC-USD")).json()["nextChange"] is None

    at_desk(tmp_path, story)


def test_a_move_by_hand_is_seen_to_hold_the_market(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        headers = await _operator(desk)
        await desk.client.put(PATH, json=WEEK, headers=headers)
        answer = await desk.client.patch("/markets/BTC-USD", json={"state": "CANCEL_ONLY"}, headers=headers)
        assert answer.json()["nextChange"]["isHeld"] is True
        assert re.fullmatch(r"2023-11-14T22:13:20\S*Z", (await desk.get(PATH)).json()["heldSince"])

        answer = await desk.client.patch("/markets/BTC-USD", json={"state": "CLOSED"}, headers=headers)
        assert answer.json()["nextChange"]["isHeld"] is False

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"timeZone": "Mars/Olympus"}, "timeZone=Mars/Olympus"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"timeZone": None}, "timeZone"),
        ({"always": True}, "always"),
        ({"week": []}, "week"),
        ({"week": [{"days": ["MON"], "open": "9:30", "close": "16:00"}]}, "open"),
        ({"week": [{"days": ["MON"], "open": "09:30", "close": "24:00"}]}, "close"),
        ({"week": [{"days": [], "open": "09:30", "close": "16:00"}]}, "days"),
        ({"week": [{"days": ["MO"], "open": "09:30", "close": "16:00"}]}, "days"),
        ({"week": WEEK["week"] * 2}, "overlap"),
        ({"holidays": ["2023-02-30"]}, "holidays=2023-02-30"),
        ({"earlyCloses": [{"date": "2023-13-01", "close": "13:00"}]}, "2023-13-01"),
        ({"preOpenMinutes": 721}, "preOpenMinutes"),
        ({"preOpenMinutes": -1}, "preOpenMinutes"),
        ({"preOpenMinutes": 1.5}, "preOpenMinutes"),
        ({"colour": "red"}, "colour"),
        ({"timeZone": None, "week": [], "exchange": "nyse"}, "exchange"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_leaves_what_was_there(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    async def story(desk: Desk) -> None:
        headers = await _operator(desk)
        await desk.client.put(PATH, json=WEEK, headers=headers)
        before = (await desk.get(PATH)).json()
        body = {name: value for name, value in (WEEK | change).items() if value is not None}
        answer = await desk.client.put(PATH, json=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert told in answer.text
        assert (await desk.get(PATH)).json() == before

    at_desk(tmp_path, story)


def test_only_who_manages_markets_sets_one_and_only_of_a_market_that_there_is(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        headers = await _operator(desk)
        assert (await desk.client.put("/markets/NO-USD/calendar", json=WEEK, headers=headers)).status_code == 404
        trader = bearer(await desk.become())
        for method in ("PUT", "DELETE"):
            body = WEEK if method == "PUT" else None
            assert (await desk.client.request(method, PATH, json=body, headers=trader)).status_code == 403
            assert (await desk.client.request(method, PATH, json=body)).status_code == 401
        assert (await desk.get(PATH)).status_code == 404

    at_desk(tmp_path, story)


def test_a_named_exchange_has_its_holidays_and_early_closes(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        headers = await _operator(desk)
        answer = await desk.client.put(PATH, json={"exchange": "XXXX"}, headers=headers)
        assert (answer.status_code, "exchange=XXXX" in answer.text) == (400, True)
        answer = await desk.client.put(PATH, json={"exchange": "XNYS", "closingCallMinutes": 10}, headers=headers)
        assert answer.status_code == 200, answer.text
        # The evening before Thanksgiving; the day after it ends early.
        desk.house.clock.pass_s(8 * 86_400)
        assert (await desk.get(PATH)).json()["nextChange"] == {
            "state": "CONTINUOUS",
            "time": "2023-11-24T14:30:00.000000000Z",
            "isHeld": False,
        }
        desk.house.clock.pass_s(86_400 + 17 * 3_600)
        assert (await desk.get(PATH)).json()["nextChange"]["time"] == "2023-11-24T18:00:00.000000000Z"

    at_desk(tmp_path, story)
