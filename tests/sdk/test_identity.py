"""How a client proves who it is: one renewal at a time, no refresh token twice, each signature its own."""

import asyncio

import httpx
import pytest
from tests.sdk.venue import KEY_ID, KEY_SECRET, NOW_NS, PASSWORD, Venue, lost, never_sent, problem, run

from fairlead.errors import UsageError
from fairlead.sdk import ApiError, AsyncClient, AuthenticationError, RejectedError, UnavailableError
from fairlead.sdk.people import NewApiKey, Tokens
from fairlead.sdk.times import Timestamp


def _balances(venue: Venue) -> None:
    venue.routes["GET", "/balances"] = lambda _: httpx.Response(200, json={"balances": []})


def test_many_calls_with_an_expired_token_renew_it_once() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client()
        await client.fetch_balance()
        venue.good.clear()

        await asyncio.gather(*(client.fetch_balance() for _ in range(20)))

        assert venue.spent == ["refresh-1"]
        assert venue.logins == 1

    run(story)


def test_many_first_calls_log_in_once() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client()
        await asyncio.gather(*(client.fetch_balance() for _ in range(20)))
        assert venue.logins == 1

    run(story)


def test_a_refresh_whose_answer_is_lost_is_not_sent_again_but_logged_in() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client()
        await client.fetch_balance()
        venue.good.clear()
        venue.refresh_faults = [lost]

        await client.fetch_balance()

        assert venue.spent == ["refresh-1"]
        assert venue.logins == 2

    run(story)


def test_a_call_that_is_given_up_leaves_no_spent_token_behind() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client()
        await client.fetch_balance()
        venue.good.clear()

        task = asyncio.create_task(client.fetch_balance())
        while not venue.sent("POST", "/auth/refresh"):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.fetch_balance()

        assert len(venue.spent) == len(set(venue.spent))
        assert len(venue.sent("POST", "/auth/refresh")) == 1

    run(story)


def test_a_wrong_password_is_told_and_not_tried_again() -> None:
    async def story(venue: Venue) -> None:
        with pytest.raises(AuthenticationError) as caught:
            await venue.client(password="wrong").fetch_balance()
        assert (venue.logins, caught.value.code) == (1, "AUTHENTICATION_ERROR")
        assert "wrong" not in str(caught.value)

    run(story)


def test_an_order_stays_in_doubt_where_its_repeat_cannot_be_proven() -> None:
    async def story(venue: Venue) -> None:
        client = venue.client()

        def lost_with_the_session(do: object) -> httpx.Response:
            venue.good.clear()
            venue.spent.append("refresh-1")
            return lost(do)  # type: ignore[arg-type]

        def locked(_: httpx.Request) -> httpx.Response:
            return problem(429, "TOO_MANY_ATTEMPTS", retry_after="60")

        venue.faults = [lost_with_the_session]
        logged_in = venue._auth

        def auth(request: httpx.Request) -> httpx.Response:
            is_later = request.url.path == "/auth/login" and venue.logins > 0
            return locked(request) if is_later else logged_in(request)

        venue._auth = auth  # type: ignore[method-assign]

        with pytest.raises(ApiError) as caught:
            await client.create_order("ABC-USD", "BUY", "LIMIT", 5, 100, client_order_id="mine")

        assert caught.value.code == "TOO_MANY_ATTEMPTS"
        assert (caught.value.is_in_doubt, caught.value.client_order_ids) == (True, ("mine",))
        assert list(venue.orders) == ["mine"]

    run(story)


def test_logging_out_ends_the_session_and_the_next_call_begins_one() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client()
        await client.log_out()
        assert venue.asked == []
        await client.fetch_balance()
        await client.log_out()
        assert len(venue.sent("POST", "/auth/logout")) == 1
        await client.fetch_balance()
        assert venue.logins == 2

    run(story)


def test_each_attempt_is_signed_anew() -> None:
    async def story(venue: Venue) -> None:
        client = venue.client(key_id=KEY_ID, secret=KEY_SECRET)
        venue.faults = [lost]

        await client.create_order("ABC-USD", "BUY", "LIMIT", "5", "100.10")

        nonces = [one.headers["x-fairlead-nonce"] for one in venue.sent("POST", "/orders")]
        assert len(set(nonces)) == 2
        assert all("authorization" not in one.headers for one in venue.asked)

    run(story)


def test_what_is_signed_is_what_stands_in_the_request_line() -> None:
    async def story(venue: Venue) -> None:
        client = venue.client(key_id=KEY_ID, secret=KEY_SECRET)
        venue.routes["GET", "/orders"] = lambda _: httpx.Response(200, json={"orders": [], "nextCursor": None})
        assert [one async for one in client.fetch_orders(symbol="A B/C?&d=é")] == []
        with pytest.raises(ApiError) as caught:
            await client.fetch_order("7/../8?x")
        assert caught.value.status == 404
        assert venue.asked[-1].url.raw_path == b"/orders/7%2F..%2F8%3Fx"

    run(story)


def test_a_clock_that_is_wrong_is_set_once() -> None:
    async def story(venue: Venue) -> None:
        _balances(venue)
        client = venue.client(now_ns=NOW_NS + 3_600_000_000_000, key_id=KEY_ID, secret=KEY_SECRET)
        await client.fetch_balance()
        await client.fetch_balance()
        assert len(venue.sent("GET", "/time")) == 1
        assert len(venue.sent("GET", "/balances")) == 3

    run(story)


def test_a_wrong_key_is_not_tried_for_ever() -> None:
    async def story(venue: Venue) -> None:
        client = venue.client(key_id=KEY_ID, secret="another")
        for _ in range(2):
            with pytest.raises(AuthenticationError):
                await client.fetch_balance()
        assert len(venue.sent("GET", "/balances")) == 3

    run(story)


def test_a_login_that_nobody_answers_is_tried_again_and_is_no_doubt() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = []
        answer, times = venue._auth, [never_sent, never_sent]

        def auth(request: httpx.Request) -> httpx.Response:
            return times.pop(0)(lambda: answer(request)) if times else answer(request)

        venue._auth = auth  # type: ignore[method-assign]
        await venue.client().create_order("ABC-USD", "BUY", "LIMIT", "5", "100.10")
        assert len(venue.waits) == 2

        times[:] = [never_sent] * 3
        with pytest.raises(UnavailableError) as caught:
            await venue.client().create_order("ABC-USD", "BUY", "LIMIT", "5", "100.10")
        assert not caught.value.is_in_doubt

    run(story)


@pytest.mark.parametrize(
    ("base_url", "options", "word"),
    [
        ("http://api.example.com", {"email": "a@b.cd", "password": "x"}, "in the open"),
        ("http://10.0.0.1", {"key_id": "k", "secret": "s"}, "in the open"),
        ("http://127.0.0.1:1", {"email": "a@b.cd"}, "half a proof"),
        ("http://127.0.0.1:1", {"secret": "s"}, "half a proof"),
        ("http://127.0.0.1:1", {"email": "a", "password": "b", "key_id": "k", "secret": "s"}, "two proofs"),
        ("http://127.0.0.1:1", {"key_id": "k\xe9y", "secret": "s"}, "key_id"),
        ("http://127.0.0.1:1", {"key_id": "k\n", "secret": "s"}, "key_id"),
        ("ftp://127.0.0.1", {}, "base_url"),
        ("http://[::1", {}, "base_url"),
        ("https://example.com/api", {}, "base_url"),
        ("https://ann:pw@example.com", {}, "base_url"),
        ("http://127.0.0.1:1", {"timeout_s": 0}, "timeout_s"),
    ],
)
def test_a_client_that_cannot_be_meant_is_not_made(base_url: str, options: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        AsyncClient(base_url, **options)  # type: ignore[arg-type]


def test_proofs_travel_with_tls_to_this_machine_or_where_it_is_said() -> None:
    for base_url in ("https://api.example.com", "http://localhost:1", "http://[::1]:1"):
        AsyncClient(base_url, key_id="k", secret="s")
    AsyncClient("http://10.0.0.1", key_id="k", secret="s", allow_plain_http=True)
    AsyncClient("http://10.0.0.1")


def test_without_a_proof_nothing_is_sent() -> None:
    async def story(venue: Venue) -> None:
        client = AsyncClient("http://127.0.0.1:1", over=httpx.MockTransport(venue._handle))
        with pytest.raises(UsageError, match="nobody says who asks"):
            await client.fetch_balance()
        assert venue.asked == []

    run(story)


def test_no_secret_is_shown() -> None:
    venue = Venue()
    client = venue.client(key_id=KEY_ID, secret=KEY_SECRET)
    at = Timestamp(1)
    tokens = Tokens(access_token="aa-1", access_expires_at=at, refresh_token="rr-1", refresh_expires_at=at)
    key = NewApiKey(key_id="k", name="n", scopes=(), created_at=at, expires_at=None, revoked_at=None, secret="ss-1")
    shown = f"{client._door._signer!r} {client!r} {tokens!r} {tokens} {key!r} {key}"
    assert not any(word in shown for word in (KEY_SECRET, PASSWORD, "aa-1", "rr-1", "ss-1"))


def test_an_error_keeps_its_parts() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [
            lambda _: problem(422, "PRICE_TICK", field="price", value="100.03", limit="0.05", fix="round it")
        ]
        with pytest.raises(RejectedError) as caught:
            await venue.client().create_order("ABC-USD", "BUY", "LIMIT", "5", "100.03")
        error = caught.value
        assert (error.code, error.field, error.value, error.limit) == ("PRICE_TICK", "price", "100.03", "0.05")
        assert (error.fix, error.correlation_id, error.status) == ("round it", "c-1", 422)
        assert "round it" in str(error)

    run(story)
