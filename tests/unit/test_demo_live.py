"""Pace and rate of the demo: the market follows the clock, and does not race after it could not."""

from __future__ import annotations

from dataclasses import replace

from fairlead.cli.demo_live import RATE_FRAMES, Pace, Rate
from fairlead.services.demo import Totals

START = Totals(ts_ns=0, commands=0, events=0, trades=0, rejected=0, open_orders=0, p50_ns=1, p99_ns=1, p999_ns=1)


def test_the_market_is_due_where_the_clock_is_times_the_speed() -> None:
    pace = Pace(now=10.0, ts_ns=500, speed=2.0)

    assert pace.due_ns(10.0) == 500
    assert pace.due_ns(10.25) == 500 + 500_000_000


def test_a_market_that_fell_behind_begins_anew() -> None:
    pace = Pace(now=0.0, ts_ns=0, speed=1.0)

    pace.give_up(now=5.0, ts_ns=1_000_000_000)

    assert pace.due_ns(5.0) == 1_000_000_000
    assert pace.due_ns(6.0) == 2_000_000_000


def test_a_rate_needs_two_frames() -> None:
    assert Rate().add(1.0, START) == (None, None)


def test_a_rate_is_that_of_the_last_frames_only() -> None:
    rate = Rate()
    # A slow beginning that must be forgotten, then 10 commands and 20 events in each tenth of a second.
    rate.add(0.0, START)
    rates: tuple[int | None, int | None] = (None, None)
    for n in range(RATE_FRAMES + 1):
        rates = rate.add(100.0 + n / 8, replace(START, commands=10 * n, events=20 * n))

    assert rates == (80, 160)
