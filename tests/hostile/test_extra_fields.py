"""What is not asked for is refused by name: no field of a body and no parameter makes somebody more than they are."""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.access.houses import PASSWORD
from tests.hostile.walk import BODIES, ENDS, PARTS, routes
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role

_EXTRA: Final[Mapping[str, object]] = {
    "account": 1_002,
    "accountId": 1_002,
    "userId": "usr_" + "0" * 32,
    "user_id": "usr_" + "0" * 32,
    "role": "admin",
    "status": "FILLED",
    "state": "DONE",
    "orderId": "1",
    "id": "1",
    "filledQuantity": "1",
    "averagePrice": "1",
    "decidedBy": "me",
    "eventSeq": 1,
    "isVerified": True,
    "isAdmin": True,
    "epoch": 9,
    "seq": 1,
    "keyId": "key_" + "0" * 32,
    "secret": "x",
    "operator": 0,
    "__proto__": {},
    "__class__": "x",
    "SIDE": "SELL",
    "client_order_id": "x",
}
# Where such a name means something: it is looked at by tests of its own.
_MEANT: Final = {
    ("POST /orders", "accountId"),
    ("POST /kill-switch", "account"),
    ("POST /kill-switch/release", "account"),
    ("PATCH /markets/{symbol}", "state"),
}


def _places(body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return copies of a body, each with one of its objects to put something into."""
    whole = copy.deepcopy(dict(body))
    yield "", whole, whole
    for name, value in body.items():
        whole = copy.deepcopy(dict(body))
        if isinstance(value, Mapping):
            yield name, whole, whole[name]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield name, whole, whole[name][0]


async def _people(desk: Desk) -> dict[str, dict[str, str]]:
    ann = bearer(await desk.become())
    await desk.house.operator("risk@example.com", role=Role.RISK_MANAGER)
    await desk.house.operator("ops@example.com")
    people = {"ann": ann}
    for name in ("ops", "risk"):
        login = await desk.post("/auth/login", {"email": f"{name}@example.com", "password": PASSWORD.reveal()})
        people[name] = bearer(login.json())
    return people


def test_a_field_that_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        people = await _people(desk)
        reached: set[str] = set()
        for route in routes():
            for where, whole, part in _places(BODIES.get(route.name, {})) if route.shape is not None else ():
                for name, value in _EXTRA.items():
                    if (route.name, name) in _MEANT or name in part or (where == "orders" and name == "accountId"):
                        continue
                    part[name] = value
                    for headers in people.values():
                        answer = await desk.client.request(route.method, route.url(PARTS), json=whole, headers=headers)
                        if answer.status_code == 403:
                            continue
                        reached.add(route.name)
                        assert answer.status_code == 400, (route.name, where, name, answer.text)
                        assert name in answer.json()["detail"], answer.text
                    del part[name]
        assert reached == set(BODIES)
        assert desk.front.sent == []
        assert desk.bank.log == []

    at_desk(tmp_path, story)


def test_no_parameter_of_a_query_makes_the_caller_another(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        people = await _people(desk)
        query = {"account": "1002", "accountId": "1002", "userId": "usr_1", "user": "1", "role": "admin"}
        for route in routes():
            if route.permission is None or route.path in ENDS:
                continue
            url, body = route.url(PARTS), BODIES.get(route.name)
            answer = await desk.client.request(route.method, url, json=body, headers=people["ann"], params=query)
            assert answer.status_code < 500, (route.name, answer.text)
        accounts = [leg[0]["account"] for _, given in desk.front.sent for leg in given.get("legs", ())]
        accounts += [given["account"] for _, given in desk.front.sent if "account" in given]
        assert set(accounts) == {1_001}
        assert len(accounts) > 5

    at_desk(tmp_path, story)
