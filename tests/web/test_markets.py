"""``/markets``: what anybody sees of books, trades, candles and statistics, and what where it is missing."""

from pathlib import Path

import pytest
from tests.web.desks import Desk, at_desk
from tests.web.feeds import definition

# The clock of the desk: 2023-11-14T22:13:20Z, and the beginning of its minute.
NOW_NS = 1_700_000_000 * 10**9
MINUTE_NS = NOW_NS - 20 * 10**9
PATHS = ["", "/book", "/trades", "/candles", "/stats", "/microstructure"]


def _opened(desk: Desk) -> None:
    desk.feed.open("BTC-USD")
    desk.feed.open("ETH-USD")
    for symbol in ("BTC-USD", "ETH-USD"):
        desk.feed.snapshot(
            symbol, bids=[(10_000, 5_000), (9_995, 3_000)], asks=[(10_005, 2_000), (10_010, 4_000)], ts_ns=MINUTE_NS
        )


def test_the_markets_are_listed_by_symbol_with_their_grid(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.get("/markets")).json() == {"markets": []}
        _opened(desk)
        desk.feed.trade("BTC-USD", price=10_005, qty=250, ts_ns=MINUTE_NS + 1)
        markets = (await desk.get("/markets")).json()["markets"]
        assert [market["symbol"] for market in markets] == ["BTC-USD", "ETH-USD"]
        assert markets[0] == (await desk.get("/markets/BTC-USD")).json()
        assert markets[0] == {
            "symbol": "BTC-USD",
            "baseAsset": "BTC",
            "quoteAsset": "USD",
            "noAsset": None,
            "state": "CONTINUOUS",
            "priceDecimals": 2,
            "quantityDecimals": 3,
            "ticks": [{"fromPrice": "0.00", "tickSize": "0.01"}],
            "lotSize": "0.001",
            "minQuantity": "0.001",
            "maxQuantity": "1000.000",
            "minNotional": "1.00000",
            "maxNotional": "10000000.00000",
            "minPrice": "0.01",
            "maxPrice": "100000.00",
            "lastPrice": "100.05",
            "lastTradeAt": "2023-11-14T22:13:00.000000001Z",
            "nextChange": None,
        }
        assert markets[1]["lastPrice"] is None

    at_desk(tmp_path, story)


def test_no_digit_of_a_large_amount_is_lost(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        desk.feed.open("BTC-USD", max_notional=2**100 + 1)
        desk.feed.snapshot("BTC-USD", bids=[], asks=[])
        market = (await desk.get("/markets/BTC-USD")).json()
        assert market["maxNotional"].replace(".", "") == str(2**100 + 1)

    at_desk(tmp_path, story)


def test_a_book_is_that_of_the_message_it_names(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.feed.delta("BTC-USD", "Buy", 10_000, 7)
        desk.feed.delta("BTC-USD", "Sell", 10_005, 0)
        desk.feed.state("BTC-USD", "VolatilityAuction")
        book = (await desk.get("/markets/BTC-USD/book", params={"levels": 1})).json()
        assert book == {
            "symbol": "BTC-USD",
            "state": "VOLATILITY_AUCTION",
            "epoch": 1,
            "seq": 3,
            "bids": [{"price": "100.00", "quantity": "0.007", "orders": 1}],
            "asks": [{"price": "100.10", "quantity": "4.000", "orders": 1}],
        }
        assert len((await desk.get("/markets/BTC-USD/book")).json()["bids"]) == 2

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("book?levels=0", "levels"),
        ("book?levels=1001", "levels"),
        ("book?levels=1.5", "levels"),
        ("book?levels=%D9%A1x", "levels"),
        ("trades?limit=1001", "limit"),
        ("candles?limit=1441", "limit"),
        ("candles?interval=2m", "interval"),
        ("candles?from=-1", "from"),
        ("candles?from=8796093022208", "from"),
        ("candles?to=1.5", "to"),
        ("candles?to=%D9%A1x", "to"),
        ("candles?from=2&to=1", "from"),
        ("microstructure?levels=51", "levels"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused_by_name(tmp_path: Path, path: str, field: str) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        answer = await desk.get(f"/markets/BTC-USD/{path}")
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "VALIDATION_ERROR", field)

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_market_is_404_with_those_that_there_are(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        answer = await desk.get(f"/markets/XYZ-USD{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR")
        assert "known=BTC-USD, ETH-USD" in answer.json()["detail"]

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", PATHS)
def test_another_name_of_a_market_is_answered_with_its_symbol(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        named = await desk.get(f"/markets/BTC{path}")
        assert named.status_code == 200, named.text
        assert named.json() == (await desk.get(f"/markets/BTC-USD{path}")).json()
        assert named.json()["symbol"] == "BTC-USD"
        # What is the symbol of one is no other name of another.
        assert (await desk.get(f"/markets/ETH-USD{path}")).json()["symbol"] == "ETH-USD"
        assert (await desk.get(f"/markets/ETH{path}")).status_code == 404

    at_desk(tmp_path, story)


def test_unknown_markets_make_the_exchange_be_asked_once_a_second(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for _ in range(3):
            assert (await desk.get("/markets/NEW-USD")).status_code == 404
        assert desk.feed.asked == 1
        desk.feed.unlisted.append(definition("NEW-USD", 7))
        desk.house.clock.pass_s(1)
        # Known from now on; its book is not there yet.
        assert (await desk.get("/markets/NEW-USD")).status_code == 503
        assert desk.feed.asked == 2

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", PATHS)
def test_without_market_data_the_answer_is_503(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        assert (await desk.get(f"/markets/BTC-USD{path}")).status_code == 200
        # A message is missing: the book is not current any more.
        desk.feed.delta("BTC-USD", "Buy", 10_000, 7, skipped=1)
        answer = await desk.get(f"/markets/BTC-USD{path}")
        assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert (await desk.get(f"/markets/ETH-USD{path}")).status_code == 200
        desk.feed.snapshot("BTC-USD", bids=[], asks=[], seq=2)
        assert (await desk.get(f"/markets/BTC-USD{path}")).status_code == 200
        desk.feed.is_connected = False
        assert (await desk.get(f"/markets/BTC-USD{path}")).status_code == 503
        assert (await desk.get("/markets")).status_code == 503

    at_desk(tmp_path, story)


def test_trades_are_newest_first_and_none_of_a_hole_is_made_up(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.feed.trade("BTC-USD", price=10_005, qty=250, ts_ns=MINUTE_NS + 1)
        desk.feed.trade("BTC-USD", price=10_000, qty=1, ts_ns=MINUTE_NS + 2, aggressor=None)
        trades = (await desk.get("/markets/BTC-USD/trades")).json()["trades"]
        assert trades == [
            {
                "tradeId": "2",
                "time": "2023-11-14T22:13:00.000000002Z",
                "price": "100.00",
                "quantity": "0.001",
                "side": None,
            },
            {
                "tradeId": "1",
                "time": "2023-11-14T22:13:00.000000001Z",
                "price": "100.05",
                "quantity": "0.250",
                "side": "BUY",
            },
        ]
        assert len((await desk.get("/markets/BTC-USD/trades?limit=1")).json()["trades"]) == 1
        assert (await desk.get("/markets/ETH-USD/trades")).json()["trades"] == []

    at_desk(tmp_path, story)


def test_the_day_says_what_may_be_missing(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        for price, qty, seconds in [(10_000, 2_000, 0), (10_200, 1_000, 30), (9_900, 1_000, 59), (10_100, 500, 61)]:
            desk.feed.trade("BTC-USD", price=price, qty=qty, ts_ns=MINUTE_NS + seconds * 10**9)
        desk.house.clock.pass_s(100)
        stats = (await desk.get("/markets/BTC-USD/stats")).json()
        assert stats == {
            "symbol": "BTC-USD",
            "since": "2023-11-13T22:15:00.000000000Z",
            "isComplete": False,
            "open": "100.00",
            "high": "102.00",
            "low": "99.00",
            "lastPrice": "101.00",
            "change": "1.00",
            "changePercent": "1.0000",
            "volume": "4.500",
            # 401 + 0.5 x 101
            "quoteVolume": "451.50000",
            "trades": 4,
        }
        empty = (await desk.get("/markets/ETH-USD/stats")).json()
        assert (empty["open"], empty["volume"], empty["trades"]) == (None, "0.000", 0)

    at_desk(tmp_path, story)


def test_the_microstructure_is_that_of_the_written_example(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.feed.delta("BTC-USD", "Buy", 9_990, 2_000)
        desk.feed.delta("BTC-USD", "Sell", 10_015, 3_000)
        measured = (await desk.get("/markets/BTC-USD/microstructure")).json()
        assert measured == {
            "symbol": "BTC-USD",
            "epoch": 1,
            "seq": 2,
            "levels": 5,
            "spread": "0.05",
            "spreadBps": "4.9987503124",
            "mid": "100.0250000000",
            "microprice": "100.0357142857",
            "imbalance": "0.7142857143",
            "imbalanceSigned": "0.4285714286",
            # (7000 - 4750) / 11750, with weights 1, 1/2, 1/4
            "imbalanceDepth": "0.1914893617",
            "bidDepth": "10.000",
            "askDepth": "9.000",
        }

    at_desk(tmp_path, story)


def test_who_has_an_answer_already_gets_304_until_it_changes(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        path = "/markets/BTC-USD/book"
        first = await desk.get(path)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache"
        for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await desk.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await desk.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
        desk.feed.delta("BTC-USD", "Buy", 10_000, 7)
        changed = await desk.get(path, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag

    at_desk(tmp_path, story)
