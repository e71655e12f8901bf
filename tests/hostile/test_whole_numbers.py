"""A whole number of a path or a query is ASCII digits, on every route that the description names one for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
from tests.access.houses import PASSWORD
from tests.hostile.walk import BODIES, PARTS, routes
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Permission, Principal, Role, may, scopes_of

# What nobody takes for a number; the others are answered like it.
_NONSENSE: Final = "x"
# What ``int`` or a lenient decoder would take for one.
_DRESSED: Final = (
    "\u0663",
    "\uff13",
    "\u0967",
    "3\u0663",
    "1e3",
    "1E0",
    "1.0",
    "1_0",
    "+1",
    " 1",
    "1 ",
    "1\n",
    "0x1",
    "\u00bd",
    "null",
    "true",
)
# A path cannot have an empty part, and of these a query is another.
_EMPTY: Final = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a whole number stands."""

    method: str
    path: str
    name: str
    is_path: bool

    @property
    def permission(self) -> Permission | None:
        (found,) = (it.permission for it in routes() if (it.method, it.path) == (self.method, self.path))
        return found

    def url(self, text: str) -> str:
        given = quote(text, safe="")
        return self.path.format_map(PARTS | {self.name: given} if self.is_path else PARTS) + (
            "" if self.is_path else f"?{self.name}={given}"
        )


def _is_whole(schema: Any) -> bool:
    """Whether a schema takes a whole number, perhaps beside nothing."""
    if isinstance(schema, dict):
        return schema.get("type") == "integer" or any(_is_whole(it) for it in schema.values())
    return isinstance(schema, list) and any(map(_is_whole, schema))


def _places(document: dict[str, Any]) -> Iterator[Place]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for it in operation.get("parameters", ()):
                if it["in"] in {"path", "query"} and _is_whole(it["schema"]):
                    yield Place(method.upper(), path, it["name"], is_path=it["in"] == "path")


async def _callers(desk: Desk) -> dict[Role, dict[str, str]]:
    """Become one of each role."""
    found = {Role.TRADER: bearer(await desk.become())}
    for role in Role:
        if role not in found:
            email = f"{role.value.replace('_', '-')}@example.com"
            await desk.house.operator(email, role=role)
            answer = await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})
            found[role] = bearer(answer.json())
    return found


def _who(place: Place) -> Role:
    """Return a role that may call a route."""
    if (permission := place.permission) is None:
        return Role.TRADER
    called = (Principal(user_id="usr_1", role=role, account=1, scopes=scopes_of(role)) for role in Role)
    return next(it.role for it in called if may(it, permission))


def _told(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    said = answer.json() if answer.content else {}
    return answer.status_code, said.get("code"), said.get("field")


def test_a_number_of_a_path_or_a_query_is_ascii_digits(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        document = (await desk.get("/openapi.json")).json()
        places = list(_places(document))
        assert {it.is_path for it in places} == {True, False}
        callers = await _callers(desk)

        async def ask(place: Place, text: str) -> tuple[int, str | None, str | None]:
            body, headers = BODIES.get(f"{place.method} {place.path}"), callers[_who(place)]
            return _told(await desk.client.request(place.method, place.url(text), json=body, headers=headers))

        wrong = []
        for place in places:
            refused = await ask(place, _NONSENSE)
            expected = (404, "NOT_FOUND_ERROR", None) if place.is_path else (400, "VALIDATION_ERROR", place.name)
            assert refused == expected, place
            assert place.is_path or await ask(place, "1") != refused, place
            dressed = _DRESSED if place.is_path else (*_DRESSED, _EMPTY)
            wrong += [(place, text) for text in dressed if await ask(place, text) != refused]
        assert wrong == []
        assert desk.venue.asked == []
        assert desk.front.sent == []

    at_desk(tmp_path, story)


def test_digits_in_a_path_are_still_taken(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        risk = (await _callers(desk))[Role.RISK_MANAGER]
        assert (await desk.get("/accounts/1001/limits", headers=risk)).json()["account"] == 1_001
        assert (await desk.get("/accounts/0/limits", headers=risk)).status_code == 400
        assert (await desk.get("/accounts/-1/limits", headers=risk)).status_code == 400
        # A path that is none says nothing of who may.
        assert (await desk.get("/accounts/\u0663/limits")).status_code == 404
        assert (await desk.get("/accounts/3/limits")).status_code == 401

    at_desk(tmp_path, story)
