"""The audit is asked for by every name that it is searched by, on each of its pages, by both clients."""

from typing import Any

import httpx
import pytest
from tests.sdk.venue import PASSWORD, Venue

import fairlead

WANTED: dict[str, Any] = {
    "account": 1_001,
    "user_id": "usr_1",
    "symbol": "ABC-USD",
    "action": "NEW",
    "from_ms": 5,
    "to_ms": 9,
}
ASKED = {
    "account": "1001",
    "userId": "usr_1",
    "symbol": "ABC-USD",
    "action": "NEW",
    "from": "5",
    "to": "9",
    "limit": "500",
}
OF_EVERYBODY = {"account", "symbol"}


def _two_pages(request: httpx.Request) -> httpx.Response:
    following = None if "cursor" in request.url.params else "next"
    return httpx.Response(200, json={"entries": [], "nextCursor": following})


@pytest.mark.parametrize(("verb", "path"), [("fetch_audit", "/audit"), ("fetch_access", "/audit/access")])
def test_each_page_is_asked_for_by_all_that_was_named(verb: str, path: str) -> None:
    left_out = set() if path == "/audit" else OF_EVERYBODY
    venue = Venue()
    venue.routes["GET", path] = _two_pages
    over = httpx.MockTransport(venue._handle)
    with fairlead.RestClient("http://127.0.0.1:1", email="a@b.cd", password=PASSWORD, over=over) as client:
        fetch: Any = getattr(client, verb)
        assert list(fetch(**{name: value for name, value in WANTED.items() if name not in left_out})) == []
        assert list(fetch()) == []

    asked = [dict(request.url.params) for request in venue.sent("GET", path)]
    named = {name: value for name, value in ASKED.items() if name not in left_out}
    bare = {"limit": "500"}
    assert asked == [named, named | {"cursor": "next"}, bare, bare | {"cursor": "next"}]
