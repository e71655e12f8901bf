"""The demo market from Python: deterministic, two-sided, and misuse is refused with the value and the limit."""

from __future__ import annotations

import pytest

from fairlead.engine import DemoMarket
from fairlead.errors import NotFoundError, UsageError
from fairlead.services.demo import DemoSession

SYMBOLS = ["AAPL", "SPY", "QQQ", "BTC-USD", "ETH-USD"]


def _session(*, seed: int = 7, rate: int = 1_000, commands: int = 3_000) -> DemoSession:
    session = DemoSession(seed=seed, rate=rate)
    session.run_to(commands)
    return session


def test_the_same_seed_and_commands_give_the_same_state_whatever_the_steps() -> None:
    stepwise = DemoSession(seed=7, rate=1_000)
    for commands in (500, 501, 2_000, 1_000, 3_000):
        stepwise.run_to(commands)

    assert stepwise.state_hash() == _session().state_hash()
    assert stepwise.totals().commands == 3_000


def test_another_seed_and_one_command_more_give_another_state() -> None:
    state = _session().state_hash()

    assert _session(seed=8).state_hash() != state
    assert _session(commands=3_001).state_hash() != state


def test_every_book_has_two_sides_that_do_not_cross_best_first() -> None:
    session = _session()

    assert list(session.symbols) == SYMBOLS
    for symbol in SYMBOLS:
        view = session.view(symbol, levels=8, prints=20)
        bids, asks = [level.price for level in view.bids], [level.price for level in view.asks]
        assert len(bids) == len(asks) == 8
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]
        assert all(level.qty > 0 and level.n_orders > 0 for level in (*view.bids, *view.asks))
        assert view.spread == asks[0] - bids[0]
        share = view.bid_share
        assert share is not None
        assert 0 < share < 1


def test_prints_come_newest_first_on_the_grid_with_a_side() -> None:
    prints = _session(commands=10_000).view("BTC-USD", levels=1, prints=20).prints

    assert len(prints) == 20
    times = [one.ts_ns for one in prints]
    assert times == sorted(times, reverse=True)
    assert {one.aggressor for one in prints} <= {"buy", "sell"}
    assert all(one.price % 1 == 0 and one.qty > 0 for one in prints)


def test_running_stops_at_the_time_or_at_the_bound_whichever_is_first() -> None:
    session = _session()
    begun = session.totals().ts_ns

    assert session.run_until(begun, commands_max=10) == 0
    assert session.run_until(begun + 10**15, commands_max=10) == 10
    ran = session.run_until(session.totals().ts_ns + 1_000_000_000, commands_max=1_000_000)
    assert 0 < ran < 1_000_000


def test_totals_add_up() -> None:
    totals = _session().totals()

    assert totals.commands == 3_000
    assert totals.events >= totals.commands
    assert totals.rejected == 0
    assert totals.trades > 0
    assert 0 < totals.p50_ns <= totals.p99_ns <= totals.p999_ns


@pytest.mark.parametrize("rate", [0, 10_000_001])
def test_a_rate_out_of_range_is_refused(rate: int) -> None:
    with pytest.raises(UsageError, match=f"rate={rate} min=1 max=10000000"):
        DemoMarket(seed=1, rate=rate)


def test_too_many_commands_are_refused_and_nothing_runs() -> None:
    market = DemoMarket(seed=1, rate=1)
    before = market.counts()

    with pytest.raises(UsageError, match="commands=1000000001 max=1000000000"):
        market.run(commands=1_000_000_001)

    assert market.counts() == before


def test_an_unknown_symbol_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r"symbol=\"MSFT\"; one of AAPL, SPY"):
        _session(commands=1).view("MSFT", levels=1, prints=1)
