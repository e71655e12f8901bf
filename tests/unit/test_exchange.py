"""The first example of the README and what one order goes through, from Python."""

from decimal import Decimal
from itertools import pairwise

import pytest
from tests.unit.markets import fixed_clock, open_market

import fairlead
from fairlead.model import events


def test_the_first_example_does_what_it_says() -> None:
    ex = fairlead.Exchange()
    ex.list(fairlead.Instrument("AAPL", quote="USD", tick_size="0.01", lot_size="1"))
    ex.add_account("alice", kind="cash")
    ex.deposit("alice", "USD", "100000")

    report = ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty="10", price="189.50")
    assert (report.status, report.order_id, report.leaves_qty) == ("new", 1, Decimal(10))
    assert ex.balances("alice")["USD"].reserved == Decimal("1895")
    assert ex.book("AAPL", levels=10).best_bid == ex.book("AAPL").bids[0]
    assert [order.cl_ord_id for order in ex.open_orders(account="alice")] == ["a1"]

    amended = ex.amend(account="alice", cl_ord_id="a2", orig_cl_ord_id="a1", order_qty="8")
    assert (amended.status, amended.order_qty, amended.leaves_qty) == ("new", Decimal(8), Decimal(8))

    canceled = ex.cancel(account="alice", orig_cl_ord_id="a2")
    assert (canceled.status, canceled.reason, canceled.leaves_qty) == ("canceled", "USER", Decimal(0))
    assert ex.book("AAPL", levels=10).bids == ()
    assert ex.open_orders(account="alice") == []
    assert ex.order(account="alice", cl_ord_id="a2").status == "canceled"
    assert ex.order(account="alice", cl_ord_id="a1").order_id == 1
    assert ex.trades("AAPL") == []
    assert ex.balances("alice")["USD"].available == Decimal(100_000)
    assert [event.seq for event in ex.events(since=8)] == [9]
    assert len(ex.state_hash()) == 16


def test_a_fill_is_reported_with_fix_numbers_on_both_sides() -> None:
    ex = open_market()
    ex.set_fees(maker_ppm=-100, taker_ppm=500)
    ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="sell", order_qty=3, price="100.00")
    ex.submit(account="alice", cl_ord_id="a2", symbol="AAPL", side="sell", order_qty=5, price="100.10")

    report = ex.submit(account="bob", cl_ord_id="b1", symbol="AAPL", side="buy", order_qty=4, price="100.10")

    assert (report.status, report.cum_qty, report.leaves_qty) == ("filled", Decimal(4), Decimal(0))
    assert report.avg_px == (3 * Decimal("100.00") + Decimal("100.10")) / 4
    assert [(fill.last_px, fill.last_qty, fill.liquidity) for fill in report.fills] == [
        (Decimal("100.00"), Decimal(3), "taker"),
        (Decimal("100.10"), Decimal(1), "taker"),
    ]
    assert [fill.fee for fill in report.fills] == [Decimal("0.15"), Decimal("0.05005")]
    partly = ex.order(account="alice", cl_ord_id="a2")
    assert (partly.status, partly.cum_qty, partly.leaves_qty) == ("partially_filled", Decimal(1), Decimal(4))
    assert [(trade.trade_id, trade.aggressor) for trade in ex.trades("AAPL")] == [(1, "buy"), (2, "buy")]
    assert ex.balances("bob")["AAPL"].total == Decimal(1004)


def test_execution_quality_and_statistics_follow_the_fills() -> None:
    times = iter(range(1_000, 100_000, 1_000))
    ex = fairlead.Exchange(clock=lambda: next(times))
    ex.list(fairlead.Instrument("X", quote="USD", tick_size="0.01"))
    ex.add_account("a", kind="credit")
    ex.add_account("b", kind="credit")
    ex.submit(account="a", cl_ord_id="1", symbol="X", side="buy", order_qty=10, price="10.00")
    ex.amend(account="a", cl_ord_id="1b", orig_cl_ord_id="1", price="10.00", order_qty=10)
    ex.submit(account="b", cl_ord_id="2", symbol="X", side="sell", order_qty=1, price="10.00")
    ex.tick()
    ex.submit(account="b", cl_ord_id="3", symbol="X", side="sell", order_qty=3, price="10.00")
    ex.submit(account="a", cl_ord_id="4", symbol="X", side="buy", order_qty=1, price="12.00")
    ex.submit(account="b", cl_ord_id="5", symbol="X", side="sell", order_qty=1, price="12.00")

    quality = ex.execution_quality(account="a", cl_ord_id="1")
    statistics = ex.statistics("X")

    assert (quality.fill_count, quality.fill_ratio, quality.vwap) == (2, Decimal("0.4"), Decimal(10))
    assert quality.twap == Decimal(10)
    assert (statistics.count, statistics.volume, statistics.notional) == (3, Decimal(5), Decimal(52))
    assert [statistics.first, statistics.last, statistics.high, statistics.low] == [
        Decimal(px) for px in (10, 12, 12, 10)
    ]
    assert statistics.vwap == Decimal("10.4")
    assert statistics.twap == Decimal(10)


def test_a_market_without_trades_has_no_averages() -> None:
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=10, price="10")

    quality = ex.execution_quality(order_id=1)

    assert (quality.vwap, quality.twap, quality.fill_count) == (None, None, 0)
    assert (ex.statistics("AAPL").vwap, ex.statistics("AAPL").count) == (None, 0)


def test_the_same_request_twice_is_one_order() -> None:
    ex = open_market()
    first = ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=10, price="10")
    before = ex.state_hash()

    again = ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=10, price="10")

    assert (again.repeated, first.repeated) == (True, False)
    assert (again.order_id, again.status) == (first.order_id, "new")
    assert ex.state_hash() == before


def test_an_auction_uncrosses_at_one_price() -> None:
    ex = fairlead.Exchange(clock=fixed_clock)
    ex.list(fairlead.Instrument("X", quote="USD", tick_size="0.01"), state="opening_auction")
    ex.add_account("a", kind="credit")
    ex.add_account("b", kind="credit")
    ex.submit(account="a", cl_ord_id="1", symbol="X", side="buy", order_qty=10, price="10.05")
    ex.submit(account="b", cl_ord_id="2", symbol="X", side="sell", order_qty=4, price="10.00")
    assert ex.trades("X") == []

    report = ex.set_state("X", "continuous")

    (trade,) = ex.trades("X")
    assert (trade.price, trade.qty, trade.aggressor) == (Decimal("10.05"), Decimal(4), None)
    assert [type(event) for event in report.events][-2:] == [events.Uncrossed, events.StateChanged]
    assert ex.book("X").state == "continuous"


def test_time_is_an_input_and_never_goes_back() -> None:
    ex = open_market()
    last = ex.events()[-1].ts_ns

    assert ex.tick(ts_ns=last + 500).ts_ns == last + 500
    with pytest.raises(fairlead.UsageError, match=f"ts_ns={last}"):
        ex.tick(ts_ns=last)
    with pytest.raises(fairlead.UsageError, match="too late"):
        ex.tick(ts_ns=2**63 - 1)
    assert ex.tick().ts_ns == last + 501


def test_stamps_are_strictly_increasing_inv_12() -> None:
    ex = open_market()

    stamps = sorted({(event.seq, event.ts_ns) for event in ex.events()})

    assert [seq for seq, _ in stamps] == list(range(1, len(stamps) + 1))
    assert all(later[1] > earlier[1] for earlier, later in pairwise(stamps))


def test_a_gtd_order_expires_before_the_command_at_its_time() -> None:
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=1, price="10", expire_ns=5_000)
    assert ex.order(order_id=1).time_in_force == "gtd"

    ex.tick(ts_ns=5_000)

    assert (ex.order(order_id=1).status, ex.order(order_id=1).reason) == ("expired", "TIF_GTD")


def test_mass_cancel_ends_what_passes_its_filters() -> None:
    ex = open_market()
    for number, side in enumerate(["buy", "sell", "buy"]):
        price = "10" if side == "buy" else "20"
        ex.submit(account="alice", cl_ord_id=f"a{number}", symbol="AAPL", side=side, order_qty=1, price=price)

    ex.mass_cancel(account="alice", side="buy")

    assert [order.cl_ord_id for order in ex.open_orders(account="alice")] == ["a1"]
    assert ex.mass_cancel(account="nobody").reason == "UNKNOWN_ACCOUNT"
    assert ex.mass_cancel(side="long").reason == "UNKNOWN_SIDE"
    assert ex.mass_cancel(symbol="MSFT").reason == "UNKNOWN_INSTRUMENT"


def test_history_has_a_bound_and_what_is_forgotten_is_not_invented() -> None:
    ex = open_market(history_max=10)
    for number in range(20):
        ex.submit(account="alice", cl_ord_id=f"a{number}", symbol="AAPL", side="buy", order_qty=1, price="10")
        ex.cancel(account="alice", orig_cl_ord_id=f"a{number}")

    assert [event.seq for event in ex.events(since=47)] == [48, 49, 49, 50]
    with pytest.raises(fairlead.NotFoundError, match="since=0"):
        ex.events()
    with pytest.raises(fairlead.NotFoundError, match="a0"):
        ex.order(account="alice", cl_ord_id="a0")


def test_questions_about_what_does_not_exist_raise() -> None:
    ex = open_market()

    with pytest.raises(fairlead.NotFoundError, match="MSFT"):
        ex.book("MSFT")
    with pytest.raises(fairlead.NotFoundError, match="MSFT"):
        ex.trades("MSFT")
    with pytest.raises(fairlead.NotFoundError, match="carol"):
        ex.balances("carol")
    with pytest.raises(fairlead.NotFoundError, match="carol"):
        ex.open_orders(account="carol")
    with pytest.raises(fairlead.NotFoundError, match="a9"):
        ex.order(account="alice", cl_ord_id="a9")
    with pytest.raises(fairlead.UsageError, match="order_id"):
        ex.order(account="alice")


def test_values_print_on_one_line_and_cannot_be_changed() -> None:
    ex = open_market()
    report = ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=2, price="10")
    book = ex.book("AAPL")

    assert repr(report) == "ExecutionReport(a1 #1 new order_qty=2 cum_qty=0 leaves_qty=2)"
    assert repr(book) == "Book(AAPL continuous bid 2 @ 10.00 (1) ask -, 1 x 0 levels)"
    assert repr(ex.order(order_id=1)) == "Order(#1 a1 AAPL buy 2 @ 10.00 new cum=0 leaves=2)"
    assert repr(ex.balances("alice")["AAPL"]) == "Balance(AAPL total=1000 reserved=0 available=1000)"
    assert "<td>10.00</td>" in book._repr_html_()
    with pytest.raises(AttributeError):
        report.status = "filled"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        book.symbol = "X"  # type: ignore[misc]


def test_any_id_of_a_chain_finds_the_order_even_one_that_ended_it() -> None:
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty=4, price="10")
    ex.submit(account="bob", cl_ord_id="b1", symbol="AAPL", side="sell", order_qty=3, price="10")
    ex.amend(account="alice", cl_ord_id="a2", orig_cl_ord_id="a1", order_qty=5)

    ended = ex.amend(account="alice", cl_ord_id="a3", orig_cl_ord_id="a2", order_qty=3)

    assert (ended.status, ended.reason, ended.cum_qty) == ("canceled", "USER", Decimal(3))
    for cl_ord_id in ("a1", "a2", "a3"):
        assert ex.order(account="alice", cl_ord_id=cl_ord_id).order_id == 1
    with pytest.raises(fairlead.NotFoundError):
        ex.order(account="bob", cl_ord_id="a1")


def test_memory_can_be_taken_before_the_first_command_and_changes_nothing_else() -> None:
    plain, prepared = fairlead.Exchange(clock=fixed_clock), fairlead.Exchange(clock=fixed_clock)
    prepared.reserve(orders=1_000, client_ids=1_000)

    for ex in (plain, prepared):
        ex.list(fairlead.Instrument("X", quote="USD", tick_size="0.01"))
        ex.add_account("a", kind="credit")
        ex.submit(account="a", cl_ord_id="1", symbol="X", side="buy", order_qty=1, price=1)

    assert plain.state_hash() == prepared.state_hash()
    with pytest.raises(fairlead.UsageError, match="before the first"):
        prepared.reserve(orders=1, client_ids=1)
    with pytest.raises(fairlead.UsageError, match="max=16777216"):
        fairlead.Exchange().reserve(orders=2**24 + 1, client_ids=1)


def test_a_repeated_request_whose_order_is_forgotten_is_not_told_as_a_rejection() -> None:
    ex = open_market(history_max=1)

    def sell() -> fairlead.ExecutionReport:
        return ex.submit(account="alice", cl_ord_id="s", symbol="AAPL", side="sell", order_qty=2, price="100")

    first = sell()
    for price in ("100", "90", "90"):
        ex.submit(account="bob", symbol="AAPL", side="buy", order_qty=2, price=price)

    again = sell()

    assert (again.repeated, again.status, again.order_id) == (True, "ended", first.order_id)
    assert (again.symbol, again.side, again.reason, again.text) == ("AAPL", "sell", None, "")
    assert (again.order_qty, again.leaves_qty, again.avg_px) == (Decimal(2), Decimal(0), None)
    with pytest.raises(fairlead.NotFoundError, match="no longer remembered: order_id=1"):
        _ = again.cum_qty
    assert repr(again) == "ExecutionReport(s #1 ended order_qty=2 cum_qty=? leaves_qty=0)"


def test_a_fee_schedule_has_the_hash_that_logs_of_before_the_variance_recorded() -> None:
    ex = fairlead.Exchange(clock=lambda: 0)
    ex.set_fees(maker_ppm=-100, taker_ppm=500)
    assert ex.state_hash() == "4e5a21454c6dbf58"

    ex.set_fees(maker_ppm=0, taker_ppm=0, base="variance")
    nothing = ex.state_hash()
    ex.set_fees(maker_ppm=0, taker_ppm=7, base="variance")
    ex.set_fees(maker_ppm=0, taker_ppm=7, base="variance")
    taken = ex.state_hash()
    assert len({"4e5a21454c6dbf58", nothing, taken}) == 3
