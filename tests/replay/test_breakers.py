"""``fairlead breakers`` on small recordings: what would have halted, in words, in JSON and in a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.replay.binance_lines import BEGIN_NS, CRASH, SECOND_NS, depth, quote, trade, write_lines
from tests.replay.recordings import changed, write_bitstamp, write_lobster, write_mbo, write_sse
from typer.testing import CliRunner

from fairlead import UsageError
from fairlead.cli.breakers import breakers, run
from fairlead.cli.exit_codes import ExitCode
from fairlead.engine import BreakerWatch
from fairlead.model.breaker import BreakerRules


def _report(path: Path, capsys: pytest.CaptureFixture[str], *, plot: Path | None = None) -> dict[str, Any]:
    code = run(path, market_format=None, as_json=True, plot=plot)
    captured = capsys.readouterr()
    assert (code, captured.err) == (ExitCode.OK, "")
    found: dict[str, Any] = json.loads(captured.out)
    assert list(found) == sorted(found)
    return found


def _error(code: int, capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert code != ExitCode.OK
    return captured.err


def test_a_crash_halts_at_the_first_price_below_the_band(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _report(write_lines(tmp_path / "crash", CRASH), capsys)

    assert found["halts"] == [
        {
            "rule": "short",
            "ts_ns": BEGIN_NS + 41 * SECOND_NS,
            "time": "2023-11-14T22:14:01.000Z",
            "price": "89.75",
            "low": "90.00",
            "high": "99.00",
            "bid": "99.99",
            "ask": "100.01",
            "until_ns": BEGIN_NS + 341 * SECOND_NS,
            "waits_for_person": False,
        }
    ]
    assert found["halts_by_rule"] == {"static": 0, "short": 1, "long": 0, "spread": 0}
    # Nineteen trades and a quote came while the market would have been halted.
    assert (found["counts"]["prints"], found["counts"]["looked_away"]) == (63, 20)


def test_a_spread_that_lasts_halts_and_a_one_sided_book_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (quote(0, "0", "100.00"), quote(60, "97.00", "100.00"), quote(64, "99.99", "100.00"))

    found = _report(write_lines(tmp_path / "x", rows), capsys)

    assert [(halt["rule"], halt["ts_ns"], halt["price"]) for halt in found["halts"]] == [
        ("spread", BEGIN_NS + 63 * SECOND_NS, None)
    ]
    assert found["counts"]["one_sided_stretches"] == 1


def test_the_text_names_rule_price_band_and_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (*CRASH, quote(600, "90.00", "100.00"), quote(700, "90.00", "100.00"))

    code = run(write_lines(tmp_path / "crash", rows), market_format=None, as_json=False, plot=None)

    lines = capsys.readouterr().out.splitlines()
    assert code == ExitCode.OK
    assert lines[-2:] == [
        (
            "2023-11-14T22:14:01.000Z would have halted: short, 89.75 is outside 90.00 to 99.00, "
            "until 2023-11-14T22:19:01.000Z"
        ),
        "2023-11-14T22:23:23.000Z would have halted: spread, bid 90.00, ask 100.00, until 2023-11-14T22:28:23.000Z",
    ]


def test_the_auction_of_a_session_is_the_reference_and_nothing_halts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _report(write_sse(tmp_path), capsys)

    assert (found["halts"], found["counts"]["prints"]) == ([], 3)
    assert found["halts_by_rule"] == {"static": 0, "short": 0, "long": 0, "spread": 0}


def test_a_price_far_from_the_auction_halts_by_the_static_band(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (
        "1,9150000,OPEN_CALL,NEW,11,S,10000,100,0",
        "2,9150001,OPEN_CALL,NEW,12,B,10000,100,0",
        "3,9300000,CONT,NEW,13,S,12010,100,0",
        "4,9310000,CONT,NEW,14,B,12010,100,0",
    )

    found = _report(write_sse(tmp_path, inbound=rows), capsys)

    assert [(halt["rule"], halt["time"], halt["price"]) for halt in found["halts"]] == [
        ("static", "09:31:00.000", "12.01")
    ]
    assert (found["halts"][0]["low"], found["halts"][0]["high"]) == ("9.00", "11.00")


def test_every_format_of_the_replay_can_be_watched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = {name: tmp_path / name for name in ("mbo", "lobster", "bitstamp")}
    for folder in folders.values():
        folder.mkdir()

    mbo = _report(write_mbo(folders["mbo"]), capsys)
    lobster = _report(write_lobster(folders["lobster"]), capsys)
    bitstamp = _report(write_bitstamp(folders["bitstamp"]), capsys)

    assert (mbo["counts"]["prints"], mbo["halts"]) == (2, [])
    assert (lobster["counts"]["prints"], lobster["halts"]) == (2, [])
    # Two fills of single orders, none of which finds a partner on the other side.
    assert (bitstamp["counts"]["prints"], bitstamp["details"]) == (0, {"fills_unpaired": 2, "trades_inferred": 0})


@pytest.mark.parametrize("name", ["crash.png", "crash.html"])
def test_a_picture_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    recording = write_lines(tmp_path / "crash", CRASH)

    _report(recording, capsys, plot=tmp_path / name)

    written = (tmp_path / name).read_bytes()
    assert written.startswith(b"\x89PNG" if name.endswith("png") else b"<!doctype html>")


def test_a_damaged_recording_exits_4_and_leaves_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_lines(tmp_path / "crash", changed(CRASH, 30, trade(28, "x")))
    before = sorted(tmp_path.iterdir())

    code = run(path, market_format=None, as_json=True, plot=tmp_path / "crash.png")

    assert code == ExitCode.DATA
    assert "crash: row 30: " in _error(code, capsys)
    assert sorted(tmp_path.iterdir()) == before


def test_a_recording_without_quotes_and_trades_exits_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(write_lines(tmp_path / "x", (depth(0),)), market_format=None, as_json=True, plot=None)

    assert code == ExitCode.DATA
    assert "neither a quote nor a trade" in _error(code, capsys)


def test_a_path_that_does_not_exist_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(tmp_path / "nowhere", market_format=None, as_json=True, plot=None)

    assert code == ExitCode.NOT_FOUND
    assert "no such file or folder" in _error(code, capsys)


def test_a_picture_that_cannot_be_written_exits_2_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_lines(tmp_path / "x", ("damaged",))

    code = run(path, market_format=None, as_json=True, plot=tmp_path / "crash.gif")

    assert code == ExitCode.USAGE
    assert "ends in .png or .html" in _error(code, capsys)


@pytest.mark.parametrize("arguments", [["--format", "itch"], ["--plot"], ["--perturb", "1"]])
def test_wrong_options_exit_2(tmp_path: Path, arguments: list[str]) -> None:
    app = typer.Typer()
    app.command()(breakers)

    assert CliRunner().invoke(app, [str(tmp_path), *arguments]).exit_code == ExitCode.USAGE


def test_the_observer_takes_numbers_in_range_only() -> None:
    watch = BreakerWatch(previous_close=100)
    for wrong in (1 << 61, -(1 << 61)):
        with pytest.raises(UsageError, match="out of range: px="):
            watch.trade(0, wrong)
        with pytest.raises(UsageError, match="out of range: px="):
            watch.quote(0, 1, wrong)
    with pytest.raises(UsageError, match="out of range: ts_ns="):
        watch.advance((1 << 62) + 1)
    with pytest.raises(UsageError, match="out of range: previous_close="):
        BreakerWatch(previous_close=0)

    assert (len(watch), watch.counts()["prints"], watch.band()) == (0, 0, (80, 120))


def test_the_rules_of_the_core_are_those_of_python() -> None:
    plain, given = BreakerWatch(), BreakerWatch(BreakerRules())

    for watch in (plain, given):
        watch.trade(0, 10_000)
        watch.trade(1, 8_999)
        watch.quote(400 * SECOND_NS, 9_000, 9_010)

    assert plain.halts() == given.halts()
    assert (len(plain), plain.halts()[0][7]) == (1, 1 + 300 * SECOND_NS)


def test_other_rules_halt_elsewhere_and_rules_out_of_range_are_refused() -> None:
    watch = BreakerWatch(BreakerRules(short_bps=100, halt_ns=SECOND_NS, call_ns=0))
    watch.trade(0, 10_000)
    watch.trade(1, 9_900)
    watch.trade(2, 9_899)

    assert [(halt[0], halt[1], halt[7]) for halt in watch.halts()] == [("short", 2, 2 + SECOND_NS)]
    with pytest.raises(UsageError, match="breaker rules out of range"):
        BreakerWatch(BreakerRules(spread_bps=10_001))


def test_the_report_states_the_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _report(write_lines(tmp_path / "crash", CRASH), capsys)

    rules = BreakerRules()
    assert found["rules"]["short_bps"] == rules.short_bps == 1_000
    assert (rules.static_bps, rules.long_bps, rules.spread_bps) == (2_000, 1_000, 200)
    assert (rules.short_ns, rules.long_ns, rules.spread_persist_ns) == (60 * SECOND_NS, 300 * SECOND_NS, 3 * SECOND_NS)
    assert rules.halt_ns + rules.call_ns == 300 * SECOND_NS
