"""Answers are those of the server, exact and typed; lists come page by page; both clients have the same verbs."""

import inspect
import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_type_hints

import httpx
import msgspec
import pytest
from tests.sdk.venue import PASSWORD, Venue, order, run

import fairlead
from fairlead import sdk
from fairlead.errors import UsageError, WrongTypeError
from fairlead.model.instants import iso
from fairlead.sdk import operator_calls, people
from fairlead.sdk.errors import class_of
from fairlead.web import (
    audit_wire,
    funding_wire,
    limits_wire,
    market_wire,
    money_wire,
    order_wire,
    outcome_wire,
    problems,
    trading_answers,
    wire,
)

D = Decimal
PAIRS: list[tuple[type[msgspec.Struct], type[msgspec.Struct]]] = [
    (sdk.ServerTime, wire.Now),
    (sdk.TickBand, market_wire.TickBand),
    (sdk.NextChange, market_wire.NextChange),
    (sdk.Market, market_wire.Market),
    (sdk.Outcome, outcome_wire.Outcome),
    (sdk.PairsMoved, outcome_wire.PairsMoved),
    (sdk.Level, market_wire.Level),
    (sdk.OrderBook, market_wire.Book),
    (sdk.PublicTrade, market_wire.PrintedTrade),
    (sdk.Candle, market_wire.CandleLine),
    (sdk.Stats, market_wire.Stats),
    (sdk.Microstructure, market_wire.Measures),
    (sdk.Fill, order_wire.FillLine),
    (sdk.Order, order_wire.OrderLine),
    (sdk.Group, trading_answers.GroupLine),
    (sdk.BatchOutcome, trading_answers.BatchLine),
    (sdk.Problem, problems.Problem),
    (sdk.Balance, money_wire.Balance),
    (sdk.LedgerEntry, money_wire.Entry),
    (sdk.Position, money_wire.Holding),
    (sdk.Trade, money_wire.TradeLine),
    (sdk.Fee, money_wire.Fee),
    (sdk.FeeRates, money_wire.Rates),
    (sdk.FeeSchedule, money_wire.Schedule),
    (sdk.User, wire.Person),
    (sdk.Caller, wire.Caller),
    (people.Tokens, wire.Tokens),
    (sdk.ApiKey, wire.KeyLine),
    (sdk.NewApiKey, wire.KeyWithSecret),
    (sdk.Funds, funding_wire.FundsLine),
    (sdk.Asset, funding_wire.AssetLine),
    (sdk.AuditEntry, audit_wire.AuditEntry),
    (sdk.LimitChange, audit_wire.LimitChanged),
    (sdk.AccessEntry, audit_wire.AccessEntry),
    (operator_calls.Limits, limits_wire.LimitsAnswer),
    (operator_calls.AccountLimits, limits_wire.AccountLimitsLine),
    (operator_calls.MarketLimits, limits_wire.MarketLimitsLine),
]


def _optional(shape: type[msgspec.Struct]) -> dict[str, bool]:
    hints = get_type_hints(shape)
    absent = {NoneType, msgspec.UnsetType}
    return {
        field.encode_name: bool(absent & set(get_args(hints[field.name]))) for field in msgspec.structs.fields(shape)
    }


@pytest.mark.parametrize(("ours", "servers"), PAIRS, ids=lambda shape: shape.__name__)
def test_an_answer_has_the_fields_of_the_server(ours: type[msgspec.Struct], servers: type[msgspec.Struct]) -> None:
    assert _optional(ours) == _optional(servers)


def test_numbers_are_exact_and_a_field_of_a_later_server_is_passed_over() -> None:
    async def story(venue: Venue) -> None:
        told = order(7, "a", price="0.10", quantity="12345678901234567890.123456789", later={"x": 1})
        venue.routes["GET", "/orders/7"] = lambda _: httpx.Response(200, json=told)
        found = await venue.client().fetch_order("7")
        assert (str(found.price), str(found.quantity)) == ("0.10", "12345678901234567890.123456789")
        with pytest.raises(AttributeError):
            found.price = D(1)  # type: ignore[misc]

    run(story)


def test_an_order_is_read_with_and_without_its_trades() -> None:
    async def story(venue: Venue) -> None:
        listed = order(8, "b", filledQuantity="5")
        del listed["fills"]
        venue.routes["GET", "/orders/7"] = lambda _: httpx.Response(200, json=order(7, "a"))
        venue.routes["GET", "/orders/8"] = lambda _: httpx.Response(200, json=listed)
        assert (await venue.client().fetch_order("7")).fills == ()
        assert (await venue.client().fetch_order("8")).fills is None

    run(story)


def test_a_time_is_whole_nanoseconds() -> None:
    time = sdk.Timestamp.parse("2026-01-31T09:30:00.123456789Z")
    assert time.utc == datetime(2026, 1, 31, 9, 30, 0, 123456, UTC)
    assert time % 1_000_000_000 == 123456789
    assert iso(time) == "2026-01-31T09:30:00.123456789Z"
    assert sdk.Timestamp.parse("2026-01-31T09:30:00Z") == time - 123456789
    for text in ("2026-01-31T09:30:00+01:00", "2026-01-31", "2026-01-31T09:30:00.1234567890Z", "\u0661"):
        with pytest.raises(ValueError, match="no time in UTC"):
            sdk.Timestamp.parse(text)


def test_a_list_is_asked_for_page_by_page_as_it_is_taken() -> None:
    async def story(venue: Venue) -> None:
        pages = {
            None: {"orders": [order(3, "c"), order(2, "b")], "nextCursor": "n1"},
            "n1": {"orders": [order(1, "a")], "nextCursor": None},
        }
        venue.routes["GET", "/orders"] = lambda asked: httpx.Response(200, json=pages[asked.url.params.get("cursor")])
        found = venue.client().fetch_orders(symbol="ABC-USD")
        assert venue.asked == []
        assert (await anext(found)).order_id == "3"
        assert len(venue.sent("GET", "/orders")) == 1
        assert [one.order_id async for one in found] == ["2", "1"]
        assert {asked.url.params["symbol"] for asked in venue.sent("GET", "/orders")} == {"ABC-USD"}

    run(story)


def test_an_order_that_moves_on_while_open_ones_are_listed_is_there_once() -> None:
    async def story(venue: Venue) -> None:
        by_status = {
            "PENDING_TRIGGER": [order(5, "e", status="PENDING_TRIGGER")],
            "OPEN": [order(7, "g"), order(5, "e", seq=8)],
            "PARTIALLY_FILLED": [order(7, "g", status="PARTIALLY_FILLED", seq=9)],
        }
        venue.routes["GET", "/orders"] = lambda asked: httpx.Response(
            200, json={"orders": by_status[asked.url.params["status"]], "nextCursor": None}
        )
        found = await venue.client().fetch_open_orders("ABC-USD")
        assert [(one.order_id, one.status) for one in found] == [("7", "PARTIALLY_FILLED"), ("5", "OPEN")]

    run(story)


def test_a_book_is_watched_as_it_moves() -> None:
    async def story(venue: Venue) -> None:
        def at(epoch: int, seq: int) -> dict[str, Any]:
            return {"symbol": "A", "state": "CONTINUOUS", "epoch": epoch, "seq": seq, "bids": [], "asks": []}

        # A service that starts again has another epoch and counts from the beginning.
        books = [at(1, 7), at(1, 7), at(1, 9), at(2, 1)]
        venue.routes["GET", "/markets/A/book"] = lambda _: httpx.Response(200, json=books.pop(0))
        watched = venue.client().watch_order_book("A", every_s=0.25)
        seen = [await anext(watched) for _ in range(3)]
        assert [(book.epoch, book.seq) for book in seen] == [(1, 7), (1, 9), (2, 1)]
        assert venue.waits == [0.25] * 3
        with pytest.raises(UsageError, match="every_s"):
            await anext(venue.client().watch_order_book("A", every_s=0))

    run(story)


@pytest.mark.parametrize("price", [0.1, True, float("nan")])
def test_a_float_is_no_price(price: Any) -> None:
    async def story(venue: Venue) -> None:
        with pytest.raises(WrongTypeError, match="price is no exact number"):
            await venue.client().create_order("ABC-USD", "BUY", "LIMIT", 1, price)
        assert venue.asked == []

    run(story)


def test_numbers_are_sent_without_an_exponent() -> None:
    assert sdk.NewOrder(symbol="A", side="BUY", order_type="LIMIT", price=D("1E+3"), quantity=D("1E-7")).body() == {
        "symbol": "A",
        "side": "BUY",
        "orderType": "LIMIT",
        "price": "1000",
        "quantity": "0.0000001",
    }


def test_an_expiry_is_a_whole_millisecond() -> None:
    wanted = sdk.NewOrder(symbol="A", side="BUY", order_type="LIMIT", time_in_force="GTD", expire_time_ns=5_000_000)
    assert wanted.body()["expireTime"] == 5
    with pytest.raises(UsageError, match="between two milliseconds"):
        sdk.NewOrder(symbol="A", side="BUY", order_type="LIMIT", expire_time_ns=5_000_001).body()


@pytest.mark.parametrize("order_id", ["", ".", ".."])
def test_an_id_that_would_mean_another_path_is_not_sent(order_id: str) -> None:
    async def story(venue: Venue) -> None:
        with pytest.raises(UsageError, match="part of a path"):
            await venue.client().cancel_order(order_id)
        assert venue.asked == []

    run(story)


def test_every_status_has_a_class_that_is_also_one_of_the_package() -> None:
    kinds = {status: class_of(status) for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)}
    assert kinds == {
        400: sdk.ValidationError,
        401: sdk.AuthenticationError,
        403: sdk.AuthorizationError,
        404: sdk.NotFoundError,
        405: sdk.ValidationError,
        409: sdk.ConflictError,
        413: sdk.ValidationError,
        415: sdk.ValidationError,
        422: sdk.RejectedError,
        429: sdk.RateLimitedError,
        500: sdk.ServiceFaultError,
        503: sdk.UnavailableError,
    }
    assert all(issubclass(kind, fairlead.ApiError) for kind in kinds.values())
    assert issubclass(sdk.NotFoundError, fairlead.NotFoundError)
    assert issubclass(sdk.UnavailableError, fairlead.UnavailableError)
    assert issubclass(sdk.ValidationError, fairlead.UsageError)


def _verbs(kind: type) -> dict[str, list[str]]:
    return {
        name: [str(one) for one in inspect.signature(verb).parameters.values()]
        for name, verb in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name != "ask"
    }


def test_the_blocking_client_has_every_verb_with_the_same_arguments() -> None:
    verbs = _verbs(fairlead.AsyncClient)
    # Live connections need an event loop of their caller: docs/how-to/sdk.md says so.
    del verbs["live"]
    assert _verbs(fairlead.RestClient) == verbs
    assert all(inspect.getdoc(getattr(fairlead.AsyncClient, name)) for name in _verbs(fairlead.AsyncClient))


def test_the_blocking_client_waits_for_answers_and_ends() -> None:
    venue = Venue()
    venue.routes["GET", "/trades"] = lambda _: httpx.Response(200, json={"trades": [], "nextCursor": None})
    over = httpx.MockTransport(venue._handle)
    with fairlead.RestClient("http://127.0.0.1:1", email="a@b.cd", password=PASSWORD, over=over) as client:
        placed = client.create_order("ABC-USD", "BUY", "LIMIT", "5", "100.10")
        assert venue.orders[str(placed.client_order_id)]["orderId"] == placed.order_id
        assert list(client.fetch_my_trades()) == []
        with pytest.raises(sdk.NotFoundError):
            client.fetch_order("7")
    client.close()
    with pytest.raises(UsageError, match="closed"):
        client.fetch_time()
    assert "fairlead-rest" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(("headers", "said"), [({"Fairlead-Stale": "true"}, ["/trades"]), ({}, [])])
def test_an_answer_that_may_be_old_is_said_in_the_log(
    headers: dict[str, str], said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    venue = Venue()
    old: dict[str, Any] = {"trades": [], "nextCursor": None}
    venue.routes["GET", "/trades"] = lambda _: httpx.Response(200, json=old, headers=headers)
    over = httpx.MockTransport(venue._handle)
    with fairlead.RestClient("http://127.0.0.1:1", email="a@b.cd", password=PASSWORD, over=over) as client:
        assert list(client.fetch_my_trades()) == []
    warned = [it.getMessage() for it in caplog.records if it.name == "fairlead.sdk"]
    assert [line.partition("path=")[2] for line in warned] == said


def test_without_the_library_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['httpx'] = None\n"
        "import fairlead\n"
        "try:\n    fairlead.AsyncClient()\n"
        "except fairlead.UnavailableError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'fairlead[client]'" in done.stdout
