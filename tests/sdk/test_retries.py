"""What a client does when answers are lost or say to come again: an order is one order, money is asked for once."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.sdk.venue import Fault, Venue, lost, never_sent, order, problem, run, says

from fairlead.sdk import (
    ApiError,
    AsyncClient,
    NewOrder,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    Retries,
    ServiceFaultError,
    UnavailableError,
)

D = Decimal


async def _buy(client: AsyncClient, **fields: Any) -> Any:
    return await client.create_order("ABC-USD", "BUY", "LIMIT", D(5), D("100.10"), **fields)


def test_an_order_whose_answer_is_lost_is_sent_again_with_its_id_and_is_one_order() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [lost]

        placed = await _buy(venue.client())

        sent = venue.sent("POST", "/orders")
        assert len(sent) == 2
        assert sent[0].content == sent[1].content
        assert list(venue.orders) == [placed.client_order_id]
        assert (placed.price, placed.created_at % 10) == (D("100.10"), 1)
        assert venue.waits == [0.1]

    run(story)


def test_an_id_of_ones_own_is_kept() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [lost]
        assert (await _buy(venue.client(), client_order_id="mine")).client_order_id == "mine"
        assert list(venue.orders) == ["mine"]

    run(story)


def test_of_a_batch_each_order_has_an_id_that_stays() -> None:
    async def story(venue: Venue) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            orders = json.loads(request.content)["orders"]
            lines = [{"status": 201, "order": order(1, one["clientOrderId"])} for one in orders]
            return httpx.Response(200, json={"results": lines})

        venue.routes["POST", "/orders/batch"] = answer
        venue.faults = [lost]
        wanted = NewOrder(symbol="ABC-USD", side="BUY", order_type="MARKET", quantity=1)

        outcomes = await venue.client().create_orders([wanted, wanted])

        first, second = venue.sent("POST", "/orders/batch")
        assert first.content == second.content
        named = [one.order.client_order_id for one in outcomes if one.order is not None]
        assert len(set(named)) == 2

    run(story)


@pytest.mark.parametrize(
    ("faults", "kind", "in_doubt", "sent"),
    [
        ([lost, lost, lost], UnavailableError, True, 3),
        ([never_sent, never_sent, never_sent], UnavailableError, False, 3),
        ([lost, never_sent, never_sent], UnavailableError, True, 3),
        ([says(503, "BUSY")] * 3, UnavailableError, False, 3),
        ([lost, says(503, "BUSY"), says(503, "BUSY")], UnavailableError, True, 3),
        ([says(503, "OUTCOME_IN_DOUBT")] * 3, UnavailableError, True, 3),
        ([lambda _: httpx.Response(502, text="<html>")] * 3, UnavailableError, True, 3),
        ([lost, says(429, "RATE_LIMITED", retry_after="1")], RateLimitedError, True, 2),
        ([says(429, "RATE_LIMITED", retry_after="1")], RateLimitedError, False, 1),
        ([lost, says(422, "PRICE_TICK")], RejectedError, False, 2),
        ([says(422, "PRICE_TICK")], RejectedError, False, 1),
        ([says(500, "INTERNAL_SERVER_ERROR")], ServiceFaultError, True, 1),
        ([lambda _: httpx.Response(201, text="{")], ServiceFaultError, True, 1),
    ],
)
def test_what_cannot_be_known_is_in_doubt_and_names_the_order(
    faults: list[Fault], kind: type[ApiError], in_doubt: bool, sent: int
) -> None:
    async def story(venue: Venue) -> None:
        venue.faults = list(faults)

        with pytest.raises(kind) as caught:
            await _buy(venue.client(), client_order_id="mine")

        error = caught.value
        assert (error.is_in_doubt, error.attempts, error.client_order_ids) == (in_doubt, sent, ("mine",))
        assert len(venue.sent("POST", "/orders")) == sent
        assert len(venue.orders) <= 1

    run(story)


Write = Callable[[AsyncClient], Awaitable[object]]


@pytest.mark.parametrize(
    ("path", "write"),
    [
        (
            "/deposits",
            lambda it: it.create_deposit("USD", "10", chain="ethereum", address="0x1", transaction_hash="0x2"),
        ),
        ("/withdrawals", lambda it: it.create_withdrawal("USD", "10", chain="ethereum", address="0x1")),
        ("/api-keys", lambda it: it.create_api_key("bot", scopes=["trade"])),
    ],
)
@pytest.mark.parametrize("fault", [lost, says(503, "OUTCOME_IN_DOUBT"), says(503, "BUSY"), never_sent])
def test_money_and_keys_are_asked_for_once(path: str, write: Write, fault: Fault) -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [fault]

        with pytest.raises(UnavailableError):
            await write(venue.client())

        assert len(venue.sent("POST", path)) == 1
        assert venue.waits == []

    run(story)


def test_a_limit_is_waited_for_only_where_that_is_asked_and_not_too_long() -> None:
    async def story(venue: Venue) -> None:
        patient = Retries(attempts_max=3, waits_when_limited=True, retry_after_s_max=10)
        venue.faults = [says(429, "RATE_LIMITED", retry_after="7")]
        await _buy(venue.client(retries=patient))
        assert venue.waits == [7.0]

        venue.faults = [says(429, "RATE_LIMITED", retry_after="11")]
        with pytest.raises(RateLimitedError) as caught:
            await _buy(venue.client(retries=patient))
        assert caught.value.retry_after_s == 11
        assert venue.waits == [7.0]

    run(story)


def test_waits_grow_to_a_bound() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [never_sent] * 5
        await _buy(venue.client(retries=Retries(attempts_max=6, first_wait_s=0.2, wait_s_max=1.0)))
        # Half of it where chance says 0.
        assert venue.waits == [0.1, 0.2, 0.4, 0.5, 0.5]

    run(story)


@pytest.mark.parametrize(("became", "is_told"), [("CANCELED", True), ("FILLED", False)])
def test_a_cancel_whose_answer_was_lost_is_told_by_what_became_of_the_order(became: str, is_told: bool) -> None:
    async def story(venue: Venue) -> None:
        ended = order(7, "a", status=became)
        answers = [httpx.Response(200, json=ended), problem(422, "ORDER_FINISHED")]
        venue.routes["DELETE", "/orders/7"] = lambda _: answers.pop(0)
        venue.routes["GET", "/orders/7"] = lambda _: httpx.Response(200, json=ended)
        venue.faults = [lost]

        if is_told:
            assert (await venue.client().cancel_order("7")).status == "CANCELED"
        else:
            with pytest.raises(RejectedError, match="ORDER_FINISHED"):
                await venue.client().cancel_order("7")

    run(story)


def test_a_cancel_of_an_order_that_has_ended_is_refused_at_once() -> None:
    async def story(venue: Venue) -> None:
        venue.routes["DELETE", "/orders/7"] = lambda _: problem(422, "ORDER_FINISHED")
        with pytest.raises(RejectedError) as caught:
            await venue.client().cancel_order("7")
        assert (caught.value.reason, venue.sent("GET", "/orders/7")) == ("ORDER_FINISHED", [])

    run(story)


def test_an_outcome_in_doubt_is_found_by_its_id() -> None:
    async def story(venue: Venue) -> None:
        page = {"orders": [order(7, "mine")], "nextCursor": None}
        venue.routes["GET", "/orders"] = lambda asked: httpx.Response(
            200, json=page if asked.url.params["clientOrderId"] == "mine" else {"orders": [], "nextCursor": None}
        )
        assert (await venue.client().fetch_order_by_client_id("mine")).order_id == "7"
        with pytest.raises(NotFoundError, match="other"):
            await venue.client().fetch_order_by_client_id("other")

    run(story)


def test_readings_are_never_in_doubt() -> None:
    async def story(venue: Venue) -> None:
        venue.faults = [lost] * 3
        with pytest.raises(UnavailableError) as caught:
            await venue.client().fetch_balance()
        assert not caught.value.is_in_doubt

    run(story)
