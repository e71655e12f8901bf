"""What is asked of a drop copy: one at a time, of an account that is one, by who may; all else is refused in words."""

from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import PASSWORD
from tests.web.desks import Desk, at_desk, bearer
from tests.web.knocks import knock

from fairlead.domain.access.roles import Role

END = {"op": "unsubscribe", "channels": [{"name": "orders"}]}
NONE = {"subscriptions": 0}


def _copy(account: object, **more: object) -> dict[str, Any]:
    return {"op": "subscribe", "channels": [{"name": "drop_copy", "account": account}], **more}


async def _headers(desk: Desk, role: Role) -> dict[str, str]:
    if role is Role.TRADER:
        return bearer(await desk.become())
    await desk.house.operator("who@example.com", role=role)
    answer = await desk.post("/auth/login", {"email": "who@example.com", "password": PASSWORD.reveal()})
    return bearer(answer.json())


async def _talk(desk: Desk, *said: object, role: Role = Role.OPERATOR) -> list[dict[str, Any]]:
    """Say something as somebody of a role; return the answers."""
    headers = await _headers(desk, role)
    user = (await desk.get("/me", headers=headers)).json()["userId"]
    return (await knock(desk.app, f"/ws/{user}", list(headers.items()), say=said)).answers


@pytest.mark.parametrize(
    "account",
    [0, -1, 2**32, 10**40, "all", "", "1001", "0x3e9", "\u0661", "*", "ALL ", "\x00", 1.5, True, None, [1_001], {}],
)
def test_what_is_no_account_is_refused(tmp_path: Path, account: object) -> None:
    async def story(desk: Desk) -> None:
        refused, left = await _talk(desk, _copy(account), END)
        problem = refused["problem"]
        assert (problem["status"], problem["code"]) == (400, "VALIDATION_ERROR"), problem
        assert problem["field"].endswith("account")
        assert problem["fix"]
        assert left["data"] == NONE

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("channel", "field"),
    [
        ({"name": "drop_copy"}, "account"),
        ({"name": "drop_copy", "account": "ALL", "symbol": "BTC-USD"}, "symbol"),
        ({"name": "drop_copy", "account": "ALL", "depth": "L2"}, "depth"),
        ({"name": "drop_copy", "account": "ALL", "interval": "1m"}, "interval"),
        ({"name": "drop_copy", "account": "ALL", "accountId": 1_001}, "channels[0].accountId"),
        ({"name": "orders", "account": 1_001}, "account"),
        ({"name": "trades", "symbol": "BTC-USD", "account": "ALL"}, "account"),
        ({"name": "dropCopy", "account": "ALL"}, "name"),
    ],
)
def test_fields_that_mean_nothing_there_are_refused(tmp_path: Path, channel: dict[str, object], field: str) -> None:
    async def story(desk: Desk) -> None:
        refused, left = await _talk(desk, {"op": "subscribe", "channels": [channel]}, END)
        assert (refused["problem"]["status"], refused["problem"]["field"]) == (400, field)
        assert left["data"] == NONE

    at_desk(tmp_path, story)


@pytest.mark.parametrize("role", Role)
def test_who_may_hear_of_whom(tmp_path: Path, role: Role) -> None:
    async def story(desk: Desk) -> None:
        others = await _talk(desk, _copy("ALL"), END, _copy(2_000), role=role)
        if role is Role.TRADER:
            assert [one["problem"]["status"] for one in (others[0], others[2])] == [403, 403]
            assert "account=ALL" in others[0]["problem"]["detail"]
            assert others[0]["problem"]["detail"].count("AUTHORIZATION_ERROR") == 1
            assert "account=2000" in others[2]["problem"]["detail"]
            assert others[1]["data"] == NONE
        else:
            assert others[0]["data"]["dropCopy"] == {"account": "ALL", "position": "0.0.0"}

    at_desk(tmp_path, story)


def test_a_trader_hears_of_themselves_beside_their_own_events(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        both = {"op": "subscribe", "channels": [{"name": "orders"}, {"name": "drop_copy", "account": 1_001}]}
        (said,) = await _talk(desk, both | {"resumeFrom": "0.0.0"}, role=Role.TRADER)
        copy = {"account": 1_001, "position": "0.0.0"}
        assert said["data"] == {"subscriptions": 2, "position": "0.0.0", "dropCopy": copy}

    at_desk(tmp_path, story)


@pytest.mark.parametrize("ends_before", [(), (_copy(1_001) | {"op": "unsubscribe"},)])
def test_a_copy_of_the_own_account_ends_without_a_fault(tmp_path: Path, ends_before: tuple[object, ...]) -> None:
    async def story(desk: Desk) -> None:
        headers = await _headers(desk, Role.TRADER)
        user = (await desk.get("/me", headers=headers)).json()["userId"]
        answer = await knock(desk.app, f"/ws/{user}", list(headers.items()), say=[_copy(1_001), *ends_before])
        assert [one["status"] for one in answer.answers] == [200] * (1 + len(ends_before))
        assert answer.end[0] != 1011

    at_desk(tmp_path, story)


def test_where_one_channel_is_anothers_none_is_begun(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        both = {"op": "subscribe", "channels": [{"name": "orders"}, {"name": "drop_copy", "account": "ALL"}]}
        refused, left = await _talk(desk, both, END, role=Role.TRADER)
        assert refused["problem"]["status"] == 403
        assert left["data"] == NONE

    at_desk(tmp_path, story)


def test_one_at_a_time_and_another_after_its_end(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ended = _copy("ALL") | {"op": "unsubscribe"}
        first, again, moved, other, kept, done, last = await _talk(
            desk,
            _copy("ALL"),
            _copy("ALL"),
            _copy("ALL", resumeFrom="0.0.0"),
            _copy(1_001),
            _copy(1_001) | {"op": "unsubscribe"},
            ended,
            _copy(1_001, resumeFrom="0.0.0"),
        )
        assert first["data"] == again["data"] == kept["data"]
        assert (moved["problem"]["status"], moved["problem"]["field"]) == (400, "resumeFrom")
        assert (other["problem"]["status"], other["problem"]["code"]) == (409, "CONFLICT_ERROR")
        assert (other["problem"]["field"], other["problem"]["value"]) == ("account", "1001")
        assert "running=ALL" in other["problem"]["detail"]
        assert done["data"] == NONE
        assert last["data"]["dropCopy"]["account"] == 1_001

    at_desk(tmp_path, story)


@pytest.mark.parametrize("place", ["1.0.0", "9" * 19 + ".0.0", "-1.0.0", "", "now"])
def test_it_goes_on_from_no_place_that_the_log_does_not_have(tmp_path: Path, place: str) -> None:
    async def story(desk: Desk) -> None:
        refused, left = await _talk(desk, _copy("ALL", resumeFrom=place), END)
        assert (refused["problem"]["status"], refused["problem"]["field"]) == (400, "resumeFrom")
        assert left["data"] == NONE

    at_desk(tmp_path, story)
