"""Clients against a real engine in this process, over real sockets."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.venues import SECRET, Process, instrument, make_market, write_keys

import fairlead
from fairlead.client import Client
from fairlead.engine.server import EngineServer
from fairlead.errors import DataError, LockedError, NotFoundError, UnavailableError, UsageError, WrongTypeError
from fairlead.model.report import Position
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger
from fairlead.wire import WireError


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    write_keys(tmp_path / "venue")
    stop = threading.Event()
    server = EngineServer(tmp_path / "venue", port=0, durability="os")

    def serve() -> None:
        with server:
            server.serve(until=stop.is_set)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        make_market(server.address[1])
        yield server.address[1]
    finally:
        stop.set()
        thread.join()


def _client(port: int, key: str = "alice", **options: Any) -> Client:
    return Client(port=port, key_id=key, secret=SECRET, **options)


def test_an_order_is_accepted_traded_and_reported_in_decimals(port: int) -> None:
    with _client(port) as alice, _client(port, "bob") as bob:
        bid = alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price="100.25", cl_ord_id="bid")
        hit = bob.submit(symbol="ABC-USD", side="sell", order_qty=3, price=Decimal("100.25"), cl_ord_id="hit")
        told = [next(alice.events()) for _ in range(2)]

    assert (bid.exec_type, bid.price, bid.leaves_qty, bid.side) == ("New", Decimal("100.25"), Decimal(5), "buy")
    assert hit.exec_type == "New"
    assert told[0] == bid
    fill = told[1]
    assert (fill.exec_type, fill.last_qty, fill.last_px, fill.leaves_qty) == (
        "Trade",
        *map(Decimal, ("3", "100.25", "2")),
    )
    assert (fill.avg_px, fill.ord_status, fill.cl_ord_id) == (Decimal("100.25"), "PartiallyFilled", "bid")


def test_a_refusal_is_a_report_with_reason_value_and_limit(port: int) -> None:
    with _client(port) as alice:
        refused = alice.submit(symbol="ABC-USD", side="buy", order_qty=2_000_000, price=1)
        unknown = alice.cancel("nothing")

    assert (refused.is_rejected, refused.reason, refused.value, refused.limit) == (
        True,
        "QTY_MAX",
        2_000_000,
        1_000_000,
    )
    assert (unknown.kind, unknown.is_rejected, unknown.reason) == ("CancelReject", True, "UNKNOWN_ORDER")


def test_amend_cancel_and_mass_cancel(port: int) -> None:
    with _client(port) as alice:
        for n in range(3):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=10 + n, cl_ord_id=f"o{n}")
        amended = alice.amend(symbol="ABC-USD", orig_cl_ord_id="o0", cl_ord_id="o0b", order_qty=9, price="10.5")
        canceled = alice.cancel("o1")
        counted = alice.mass_cancel(symbol="ABC-USD")

    assert (amended.exec_type, amended.order_qty, amended.price) == ("Replaced", Decimal(9), Decimal("10.5"))
    assert (canceled.exec_type, canceled.cl_ord_id, canceled.last_qty) == ("Canceled", "o1", Decimal(5))
    assert (counted.exec_type, counted.count) == ("MassCanceled", 2)


def test_the_same_order_twice_is_one_order(port: int) -> None:
    with _client(port) as alice:
        order: OrderWords = {"symbol": "ABC-USD", "side": "buy", "order_qty": 5, "price": 10, "cl_ord_id": "x"}
        first, second = alice.submit(**order), alice.submit(**order)
        order["price"] = 11
        third = alice.submit(**order)

    assert (second.repeated, second.order_id) == (True, first.order_id)
    assert (third.is_rejected, third.reason) == (True, "DUPLICATE_CLORDID")


def test_a_stop_waits_fires_and_is_told_so(port: int) -> None:
    with _client(port) as alice, _client(port, "bob") as bob:
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=100)
        bob.submit(symbol="ABC-USD", side="sell", order_qty=1, price=100)
        stop = alice.submit_stop(
            Trigger.stop(105), symbol="ABC-USD", side="buy", order_qty=2, ord_type="market", cl_ord_id="stop"
        )
        trail = alice.submit_stop(
            Trigger.trailing(amount="2.50", limit_offset=1),
            symbol="ABC-USD",
            side="sell",
            order_qty=2,
            cl_ord_id="trail",
        )
        passed = alice.submit_stop(Trigger.stop(95), symbol="ABC-USD", side="buy", order_qty=2, ord_type="market")
        bob.submit(symbol="ABC-USD", side="sell", order_qty=9, price=105)
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=105)
        told = [report for report in alice.events(timeout_s=0.5) if report.cl_ord_id == "stop"]

    assert (stop.exec_type, trail.exec_type) == ("New", "New")
    assert (passed.is_rejected, passed.reason) == (True, "WOULD_TRIGGER")
    assert [report.exec_type for report in told] == ["New", "Suspended", "Triggered", "Trade"]
    assert (told[-1].last_qty, told[-1].last_px) == (Decimal(2), Decimal(105))


def test_a_bracket_is_one_order_with_two_exits(port: int) -> None:
    def leg(name: str, side: str, *, price: int | None = None, ord_type: str = "limit") -> OrderWords:
        order: OrderWords = {"symbol": "ABC-USD", "side": side, "order_qty": 4, "cl_ord_id": name}
        return order | {"price": price, "ord_type": ord_type}

    with _client(port) as alice, _client(port, "bob") as bob:
        bob.submit(symbol="ABC-USD", side="sell", order_qty=4, price=100)
        legs: list[tuple[OrderWords, Trigger | None]] = [
            (leg("entry", "buy", price=100), None),
            (leg("profit", "sell", price=110), None),
            (leg("loss", "sell", ord_type="market"), Trigger.stop(90)),
        ]
        group = alice.submit_group("otoco", legs)
        again = alice.submit_group("otoco", legs)
        with pytest.raises(UsageError, match="legs=0"):
            alice.submit_group("oco", [])
        lonely = alice.submit_group("oco", legs[:1])
        bob.submit(symbol="ABC-USD", side="buy", order_qty=3, price=110)
        told = [report for report in alice.events(timeout_s=0.5) if report.kind == "ExecutionReport"]

    assert (group.exec_type, again.repeated) == ("GroupAccepted", True)
    assert (lonely.is_rejected, lonely.reason) == (True, "GROUP_LEGS")
    sold = [report for report in told if (report.cl_ord_id, report.exec_type) == ("profit", "Trade")]
    assert [(report.last_qty, report.leaves_qty) for report in sold] == [(Decimal(3), Decimal(1))]
    cut = [report for report in told if (report.cl_ord_id, report.exec_type) == ("loss", "Restated")]
    assert [report.leaves_qty for report in cut] == [Decimal(1)]


def test_a_front_end_trades_for_accounts_that_it_names(port: int) -> None:
    with _client(port, "web", role="front_end") as web:
        bid = web.submit(symbol="ABC-USD", side="buy", order_qty=5, price=100, cl_ord_id="same", account=1)
        offer = web.submit(symbol="ABC-USD", side="sell", order_qty=3, price=100, cl_ord_id="same", account=2)
        nobody = web.submit(symbol="ABC-USD", side="buy", order_qty=5, price=100)
        canceled = web.cancel("same", account=1)
        counted = web.mass_cancel(account=2)
        told = [report.fields["account"] for report in web.events(timeout_s=0.5) if report.exec_type == "Trade"]

    assert (bid.exec_type, offer.exec_type, canceled.exec_type) == ("New", "New", "Canceled")
    assert (nobody.is_rejected, nobody.reason) == (True, "NotYours")
    assert (counted.exec_type, counted.count) == ("MassCanceled", 0)
    assert told == [1, 2]


def test_what_cannot_be_meant_is_not_sent(port: int) -> None:
    with _client(port) as alice:
        with pytest.raises(UsageError, match="decimals"):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="1.001")
        with pytest.raises(WrongTypeError, match="Decimal, str or int"):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=1.5)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="side=bye"):
            alice.submit(symbol="ABC-USD", side="bye", order_qty=1, price=1)
        with pytest.raises(NotFoundError, match="known=ABC-USD"):
            alice.submit(symbol="XYZ", side="buy", order_qty=1, price=1)
        with pytest.raises(UsageError, match="by cl_ord_id or by order_id"):
            alice.cancel()
        assert alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=1).exec_type == "New"


@pytest.mark.parametrize("depth", ["L1", "L2", "L3"])
def test_a_book_follows_the_market(port: int, depth: str) -> None:
    with _client(port) as alice, _client(port, "bob") as bob, _client(port, "feed", role="market_data") as feed:
        alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=10, cl_ord_id="a")
        book = feed.subscribe("ABC-USD", depth)
        assert [tuple(level) for level in book.bids] == [(10, 5, 1)]

        alice.submit(symbol="ABC-USD", side="buy", order_qty=2, price=10, cl_ord_id="b")
        bob.submit(symbol="ABC-USD", side="sell", order_qty=6, price=10, cl_ord_id="c")
        # What is asked for after it comes after it.
        feed.refresh_instruments()

    assert ([tuple(level) for level in book.bids], book.asks, book.state) == ([(10, 1, 1)], [], "Continuous")
    assert book.last_trade == (Decimal(10), Decimal(1))


def test_reports_resume_where_an_earlier_client_left_off(port: int) -> None:
    with _client(port) as alice:
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="one")
        position = alice.position
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="two")
    with _client(port, resume=position) as alice:
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="three")
        told = [next(alice.events()) for _ in range(2)]

    assert [(report.cl_ord_id, report.resent) for report in told] == [("two", True), ("three", False)]


def test_a_drop_copy_hears_everybody(port: int) -> None:
    with _client(port, "audit", role="drop_copy") as audit, _client(port) as alice, _client(port, "bob") as bob:
        alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="a")
        bob.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="b")
        told = [report for report in audit.events(timeout_s=0.5) if report.kind == "ExecutionReport"]
        with pytest.raises(UsageError):
            _client(port, "audit", role="watcher")

    assert [(report.cl_ord_id, report.fields["account"]) for report in told] == [("a", 1), ("b", 2)]


def test_a_refused_logon_says_why(port: int) -> None:
    with pytest.raises(UnavailableError, match="NotAuthenticated"):
        Client(port=port, key_id="alice", secret="5b" * 32)
    with pytest.raises(UnavailableError, match="NotPermitted"):
        _client(port, "feed", role="operator")
    with pytest.raises(UnavailableError, match="BadLogon"):
        _client(port, resume=Position(10**9, 0, 0))
    with pytest.raises(DataError, match="bytes=1 min=32"):
        Client(port=port, key_id="alice", secret="5b")
    with pytest.raises(UnavailableError, match="not in time"):
        Client(port=1, key_id="alice", secret=SECRET, timeout_s=0.3)


def test_a_client_that_gave_up_leaves_nothing_running_and_may_try_again() -> None:
    async def give_up() -> set[str]:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            client = fairlead.aio.Client(port=silent.getsockname()[1], key_id="alice", secret=SECRET, timeout_s=0.2)
            for _ in range(2):
                with pytest.raises(UnavailableError, match="logon to"):
                    await client.connect()
        return {task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()}

    assert asyncio.run(give_up()) == set()


def test_what_cannot_be_sent_is_refused_at_once_also_without_a_connection(tmp_path: Path) -> None:
    write_keys(tmp_path / "venue")
    with Process(tmp_path / "venue") as first:
        make_market(first.port)
        alice = _client(first.port, timeout_s=20)
        first.kill()
        assert list(alice.events(timeout_s=0.5)) == []
        assert not alice.is_connected
        with pytest.raises(WireError, match="cl_ord_id"):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10, cl_ord_id="with a space")
    with Process(tmp_path / "venue", port=first.port), alice:
        assert alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10).exec_type == "New"


def test_the_newest_client_of_a_key_wins_and_the_older_is_told(port: int) -> None:
    with _client(port) as older, _client(port) as newer:
        assert newer.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10).exec_type == "New"
        with pytest.raises(UnavailableError, match="Superseded"):
            list(older.events(timeout_s=60))
        with pytest.raises(UnavailableError, match="Superseded"):
            older.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10)


def test_asyncio_speaks_the_same(port: int) -> None:
    async def trade() -> list[str | None]:
        async with fairlead.aio.Client(port=port, key_id="alice", secret=SECRET) as alice:
            orders = [
                alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10 + n, cl_ord_id=f"o{n}")
                for n in range(50)
            ]
            answers = await asyncio.gather(*orders)
            assert alice.unanswered == 0
            return [answer.cl_ord_id for answer in answers]

    assert asyncio.run(trade()) == [f"o{n}" for n in range(50)]


def test_another_grid_is_told_to_who_is_there(port: int) -> None:
    async def run() -> list[object]:
        alice = fairlead.aio.Client(port=port, key_id="alice", secret=SECRET)
        ops = fairlead.aio.Client(port=port, key_id="ops", secret=SECRET, role="operator")
        async with asyncio.timeout(10), alice, ops:
            instrument = alice.instruments.by_symbol("ABC-USD").id
            grid = ({"from": 0, "tick": 5},)
            assert not (await ops.command("SetTicks", {"instrument": instrument}, entries=grid)).is_rejected
            while (seen := alice.instruments.definition("ABC-USD")).entries[0]["tick"] != 5:
                await alice.settle()
            refused = await alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="100.01")
            return [seen.entries, refused.reason]

    entries, reason = asyncio.run(run())
    assert entries == ({"from": 0, "tick": 5},)
    assert reason == "PRICE_TICK"


def test_a_new_instrument_is_told_to_who_is_there(port: int) -> None:
    async def run() -> object:
        alice = fairlead.aio.Client(port=port, key_id="alice", secret=SECRET)
        ops = fairlead.aio.Client(port=port, key_id="ops", secret=SECRET, role="operator")
        async with asyncio.timeout(10), alice, ops:
            grid = ({"from": 0, "tick": 1},)
            assert not (await ops.command("ListInstrument", instrument() | {"symbol": "NEW"}, entries=grid)).is_rejected
            while not alice.instruments.knows("NEW"):
                await alice.settle()
            refused = await alice.submit(symbol="NEW", side="buy", order_qty=1, price="100.01")
            return refused.reason

    assert asyncio.run(run()) == "NOT_LISTED"


def test_one_process_at_a_time_has_the_directory(port: int, tmp_path: Path) -> None:
    with pytest.raises(LockedError, match="in use"):
        EngineServer(tmp_path / "venue", port=0)
    assert port


def test_a_patient_session_reads_no_further_and_loses_nothing(port: int) -> None:
    async def run() -> tuple[int, list[Position | None]]:
        copy = fairlead.aio.Client(
            port=port, key_id="audit", secret=SECRET, role="drop_copy", patient=True, events_max=2_048
        )
        async with copy, fairlead.aio.Client(port=port, key_id="alice", secret=SECRET) as alice:
            for _ in range(40):
                orders = (alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="90") for _ in range(100))
                await asyncio.gather(*orders)
            last = (await alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="90")).position
            taken: list[Position | None] = []
            most = 0
            while last not in taken:
                batch = await copy.take(64)
                assert not batch.has_gap
                taken += [report.position for report in batch.reports if report.exec_type == "New"]
                most = max(most, len(batch.reports))
            return most, taken

    most, taken = asyncio.run(run())
    assert most == 64
    assert len(taken) == 4_001
    assert taken == sorted(set(taken), key=lambda place: place or Position(0, 0, 0))


def test_a_patient_session_that_is_full_is_still_told_the_list(port: int) -> None:
    async def run() -> int:
        copy = fairlead.aio.Client(
            port=port, key_id="audit", secret=SECRET, role="drop_copy", patient=True, events_max=2_048
        )
        async with copy, fairlead.aio.Client(port=port, key_id="alice", secret=SECRET) as alice:
            for _ in range(40):
                orders = (alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="90") for _ in range(100))
                await asyncio.gather(*orders)
            last = (await alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price="90")).position
            await copy.refresh_instruments()
            heard = 0
            while True:
                batch = await copy.take(4_096)
                assert not batch.has_gap
                heard += sum(report.exec_type == "New" for report in batch.reports)
                if last in [report.position for report in batch.reports]:
                    return heard

    assert asyncio.run(run()) == 4_001


def test_a_share_of_the_time_is_above_nothing_and_at_most_all(port: int) -> None:
    for share in (0.0, -1.0, 1.5, float("nan")):
        with pytest.raises(UsageError, match=r"share=.*above 0, at most 1"):
            fairlead.aio.Client(port=port, key_id="feed", secret=SECRET, role="market_data", share=share)
    with pytest.raises(UsageError, match=r"events_max=2047 min=2048"):
        fairlead.aio.Client(port=port, key_id="audit", secret=SECRET, patient=True, events_max=2_047)


def test_a_slow_reader_of_books_has_the_book_as_it_is(port: int) -> None:
    async def run() -> tuple[list[Decimal], list[Decimal]]:
        words = {"port": port, "secret": SECRET, "key_id": "feed", "role": "market_data"}
        async with (
            fairlead.aio.Client(share=0.01, **words) as feed,  # type: ignore[arg-type]
            fairlead.aio.Client(port=port, key_id="alice", secret=SECRET) as alice,
        ):
            book = await feed.subscribe("ABC-USD")
            for number in range(30):
                prices = (f"{80 + number + part / 100:.2f}" for part in range(40))
                await asyncio.gather(
                    *(alice.submit(symbol="ABC-USD", side="buy", order_qty=1, price=price) for price in prices)
                )
            last = await alice.submit(symbol="ABC-USD", side="buy", order_qty=7, price="120")
            async with asyncio.timeout(30):
                async for changed in feed.changes(book):
                    if changed.is_ready and changed.bids and changed.bids[0].price == last.price:
                        break
            return [level.qty for level in book.bids[:1]], [level.price for level in book.bids[1:3]]

    best, next_best = asyncio.run(run())
    assert best == [Decimal(7)]
    assert next_best == [Decimal("109.39"), Decimal("109.38")]
