"""Real markets under the default rules: quiet hours never halt; a share that is wide all day halts for that only."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.halts import BreakerReport
from fairlead.services.breakers import watch_breakers
from fairlead.services.replay_core import real_core


def _report(path: Path) -> BreakerReport:
    return watch_breakers(open_recording(path), core=real_core())


@pytest.mark.parametrize(
    ("folder", "trades", "quotes"),
    [
        ("sse_600519", 11_204, 35_928),
        ("binance/spot", 19_904, 73_174),
        ("binance/usdm", 21_313, 66_089),
        ("bitstamp", 478, 50_414),
        ("lobster", 159, 998),
    ],
)
def test_a_quiet_market_never_halts(market_data: Path, folder: str, trades: int, quotes: int) -> None:
    report = _report(market_data / folder)

    assert report.halts == ()
    assert (report.counts["prints"], report.counts["quotes"]) == (trades, quotes)
    # The rules were armed throughout and judged everything.
    assert (report.counts["held_back"], report.counts["looked_away"], report.counts["not_positive"]) == (0, 0, 0)


def test_a_share_that_is_wide_all_day_halts_by_the_spread_rule_and_by_no_other(market_data: Path) -> None:
    report = _report(market_data / "arl_xnas")

    assert report.by_rule == {"static": 0, "short": 0, "long": 0, "spread": 1}
    # Once it halted the market was never calm enough to arm the rules again; no trade would have broken a band even so.
    assert (report.counts["prints"], report.counts["held_back"]) == (46, 0)
    assert report.halts[0].price_ticks is None


def test_the_trades_of_a_feed_without_trades_are_where_its_quotes_are(market_data: Path) -> None:
    report = _report(market_data / "bitstamp")

    assert report.details == {"fills_unpaired": 177, "trades_inferred": 478}
