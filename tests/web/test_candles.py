"""Candles come from what is kept, whatever the service heard since its start, and say of which time they are whole."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.web.desks import Desk, at_desk
from tests.web.test_markets import MINUTE_NS, NOW_NS

from fairlead.model.listing import Asset, Listing
from fairlead.model.report import Position, Report

LISTINGS = {
    0: Listing(
        id=0,
        symbol="BTC-USD",
        price_decimals=2,
        qty_decimals=3,
        base=Asset(id=1, symbol="BTC", decimals=8),
        quote=Asset(id=0, symbol="USD", decimals=5),
    )
}
SECOND_NS = 10**9
HOUR_NS = 3_600 * SECOND_NS
# What the clock of the desk stands in: 22:13:20 of a Tuesday.
HOUR_BEGIN_NS = NOW_NS - NOW_NS % HOUR_NS


def trade(seq: int, ts_ns: int, price: str, qty: str) -> Report:
    """Return the public side of a trade."""
    return Report(
        kind="ExecutionReport",
        fields={"account": 1_001, "instrument": 0, "liquidity": "Removed"},
        position=Position(seq, 0, 1),
        exec_type="Trade",
        ord_status="PartiallyFilled",
        symbol="BTC-USD",
        order_id=1,
        side="buy",
        ord_type="limit",
        time_in_force="gtc",
        last_px=Decimal(price),
        last_qty=Decimal(qty),
        fee=Decimal("0.00000"),
        trade_id=seq,
        ts_ns=ts_ns,
    )


async def _kept(desk: Desk, trades: Sequence[tuple[int, str, str]]) -> None:
    desk.feed.open("BTC-USD")
    desk.feed.snapshot("BTC-USD", bids=[], asks=[])
    reports = [trade(seq, *told) for seq, told in enumerate(trades, 1)]
    await desk.tell(reports, LISTINGS)


async def _candles(desk: Desk, query: str = "") -> dict[str, Any]:
    answer = await desk.get(f"/markets/BTC-USD/candles?{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _opens(told: dict[str, Any]) -> list[str]:
    return [candle["openTime"][11:19] for candle in told["candles"]]


def test_a_candle_is_what_traded_in_its_time_and_says_when_that_is_all(tmp_path: Path) -> None:
    rows = [(MINUTE_NS, "100.00", "2.000"), (MINUTE_NS + 30 * SECOND_NS, "102.00", "1.000")]
    rows += [(MINUTE_NS + 59 * SECOND_NS, "99.00", "1.000"), (MINUTE_NS + 61 * SECOND_NS, "101.00", "0.500")]

    async def story(desk: Desk) -> None:
        await _kept(desk, rows)
        desk.house.clock.pass_s(70)
        told = await _candles(desk)
        assert told["candles"][0] == {
            "openTime": "2023-11-14T22:13:00.000000000Z",
            "open": "100.00",
            "high": "102.00",
            "low": "99.00",
            "close": "99.00",
            "volume": "4.000",
            # 2 x 100.00 + 1 x 102.00 + 1 x 99.00
            "quoteVolume": "401.00000",
            "trades": 3,
            "isComplete": True,
        }
        assert [candle["isComplete"] for candle in told["candles"]] == [True, False]
        assert (told["completeFrom"], told["completeUntil"]) == (None, "2023-11-14T22:14:00.000000000Z")

    at_desk(tmp_path, story)


def test_widths_are_put_together_from_those_that_are_kept(tmp_path: Path) -> None:
    hours = [(HOUR_BEGIN_NS - number * HOUR_NS, str(100 + number), "1.000") for number in (30, 5, 4, 1)]
    rows = [*hours, (HOUR_BEGIN_NS + 60 * SECOND_NS, "90.00", "2.000")]

    async def story(desk: Desk) -> None:
        await _kept(desk, rows)
        assert _opens(await _candles(desk, "interval=1h")) == [
            "16:00:00",
            "17:00:00",
            "18:00:00",
            "21:00:00",
            "22:00:00",
        ]
        four = await _candles(desk, "interval=4h")
        assert _opens(four) == ["16:00:00", "16:00:00", "20:00:00"]
        assert [(it["open"], it["low"], it["volume"], it["trades"]) for it in four["candles"]] == [
            ("130.00", "130.00", "1.000", 1),
            ("105.00", "104.00", "2.000", 2),
            ("101.00", "90.00", "3.000", 2),
        ]
        days = await _candles(desk, "interval=1d")
        assert [candle["trades"] for candle in days["candles"]] == [1, 4]
        assert [candle["close"] for candle in days["candles"]] == ["130.00", "90.00"]
        seconds = await _candles(desk, "interval=1s&limit=1")
        assert (_opens(seconds), seconds["candles"][0]["trades"]) == (["22:01:00"], 1)

    at_desk(tmp_path, story)


def test_pages_go_on_from_where_the_last_one_ended(tmp_path: Path) -> None:
    rows = [(HOUR_BEGIN_NS + minute * 60 * SECOND_NS, "100.00", "1.000") for minute in (0, 1, 2, 6, 7, 12)]
    begin_ms = HOUR_BEGIN_NS // 10**6

    async def story(desk: Desk) -> None:
        await _kept(desk, rows)
        newest = await _candles(desk, "limit=2")
        assert _opens(newest) == ["22:07:00", "22:12:00"]
        seen: list[str] = []
        since = begin_ms
        while page := _opens(await _candles(desk, f"from={since}&limit=4")):
            seen += page
            minute = int(page[-1][3:5])
            since = begin_ms + minute * 60_000 + 1
        assert seen == [f"22:{minute:02}:00" for minute in (0, 1, 2, 6, 7, 12)]
        # Both ends are times at which a candle begins.
        both = await _candles(desk, f"from={begin_ms + 60_000}&to={begin_ms + 6 * 60_000}")
        assert _opens(both) == ["22:01:00", "22:02:00", "22:06:00"]
        assert _opens(await _candles(desk, f"to={begin_ms + 6 * 60_000 - 1}&limit=2")) == ["22:01:00", "22:02:00"]
        five = await _candles(desk, f"interval=5m&from={begin_ms}&limit=2")
        assert (_opens(five), [it["trades"] for it in five["candles"]]) == (["22:00:00", "22:05:00"], [3, 2])
        assert _opens(await _candles(desk, f"interval=5m&from={begin_ms + 1}&limit=1")) == ["22:05:00"]

    at_desk(tmp_path, story)


def test_while_the_tables_are_behind_no_candle_counts_as_whole(tmp_path: Path) -> None:
    rows = [(MINUTE_NS, "100.00", "2.000"), (MINUTE_NS + 2 * SECOND_NS, "100.00", "1.000")]

    async def story(desk: Desk) -> None:
        await _kept(desk, rows)
        desk.house.clock.pass_s(100)
        # The session hears a report of long ago: more of that time may be on its way.
        refresh = desk.feed.refresh_instruments

        async def behind() -> Any:
            desk.feed.report(trade(3, MINUTE_NS + 5 * SECOND_NS, "100.00", "1.000"))
            return await refresh()

        desk.feed.refresh_instruments = behind  # type: ignore[method-assign]
        told = await _candles(desk)
        assert ([it["isComplete"] for it in told["candles"]], told["completeUntil"][11:19]) == ([False], "22:13:00")
        seconds = await _candles(desk, "interval=1s")
        # What is before the newest report that is kept is whole all the same.
        assert [candle["isComplete"] for candle in seconds["candles"]] == [True, False]
        desk.feed.refresh_instruments = refresh  # type: ignore[method-assign]
        desk.house.clock.pass_s(1)
        assert [it["isComplete"] for it in (await _candles(desk))["candles"]] == [True]

    at_desk(tmp_path, story)


def test_what_was_lost_with_the_beginning_of_the_log_is_said(tmp_path: Path) -> None:
    rows = [(MINUTE_NS - 60 * SECOND_NS, "100.00", "1.000"), (MINUTE_NS, "101.00", "1.000")]

    async def story(desk: Desk) -> None:
        await _kept(desk, rows)
        await desk.lose_the_beginning()
        desk.house.clock.pass_s(100)
        told = await _candles(desk)
        assert told["completeFrom"] == "2023-11-14T22:12:00.000000001Z"
        assert [candle["isComplete"] for candle in told["candles"]] == [False, True]

    at_desk(tmp_path, story)


def test_a_market_without_trades_has_no_candles(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await _kept(desk, [])
        assert (await _candles(desk))["candles"] == []

    at_desk(tmp_path, story)
