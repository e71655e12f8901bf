"""Balances, ledger, positions, trades and fees: each digit, for who owns them, and nothing where it would be wrong."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_order_reads import LISTINGS, exec_report

from fairlead.adapters.stores.projections import SqlProjections
from fairlead.model.report import Position, Report


def _deposit(seq: int, account: int, asset: int, amount: int) -> list[Report]:
    return [
        Report(
            kind="CommandReport",
            fields={"account": account, "event": "Deposited"},
            position=Position(seq, 0, leg),
            exec_type="Deposited",
            id=asset,
            value=amount,
            ts_ns=1_700_000_000_000_000_000,
        )
        for leg in (1, 2)
    ]


async def _history(desk: Desk, account: int) -> None:
    """1,000 USD come in, and 5 of an asset without a market; two BTC are bought for 199, one is sold for 90."""
    done: dict[str, Any] = {"ord_status": "Filled", "order_qty": Decimal("2.0"), "fee": Decimal("0.010000")}
    bought = {"last_px": Decimal("99.50"), "last_qty": Decimal("2.0"), "cum_qty": Decimal("2.0"), "trade_id": 1}
    sold = {"last_px": Decimal("90.00"), "last_qty": Decimal("1.0"), "cum_qty": Decimal("1.0"), "trade_id": 2}
    await desk.tell(
        [
            *_deposit(1, account, 0, 1_000_000_000),
            *_deposit(2, account, 9, 5),
            exec_report(3, 1, account, "New"),
            exec_report(4, 1, account, "Trade", **done | bought),
            exec_report(5, 2, account, "New", side="sell"),
            exec_report(6, 2, account, "Trade", side="sell", **done | sold),
        ],
        LISTINGS,
    )


def test_money_is_told_to_the_last_digit(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _history(desk, 1_001)

        balances = (await desk.get("/balances", headers=mine)).json()["balances"]
        assert {it["assetId"]: (it["asset"], it["total"]) for it in balances} == {
            0: ("USD", "890.980000"),
            1: ("BTC", "1.00000000"),
            9: (None, None),
        }
        entries = (await desk.get("/ledger", headers=mine)).json()["entries"]
        usd = [(it["kind"], it["amount"], it["balance"]) for it in reversed(entries) if it["asset"] == "USD"]
        assert usd == [
            ("DEPOSIT", "1000.000000", "1000.000000"),
            ("TRADE", "-199.000000", "801.000000"),
            ("FEE", "-0.010000", "800.990000"),
            ("TRADE", "90.000000", "890.990000"),
            ("FEE", "-0.010000", "890.980000"),
        ]
        told = (await desk.get("/fees", headers=mine)).json()
        assert told == {
            "schedule": _schedule(0),
            "fees": [{"symbol": "BTC-USD", "asset": "USD", "paid": "0.020000"}],
        }

    at_desk(tmp_path, story)


def _rates(seq: int, schedule: int, *, maker: int, taker: int, base: int = 0) -> Report:
    told = _command(seq, "FeesSet", schedule)
    return replace(told, value=maker, limit=taker, fields={**told.fields, "other": base})


def _schedule(number: int, notional: tuple[int, int] = (0, 0), variance: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    (maker, taker), (event_maker, event_taker) = notional, variance
    of_events = {"makerPpm": event_maker, "takerPpm": event_taker}
    return {"number": number, "makerPpm": maker, "takerPpm": taker, "variance": of_events}


def _moved(seq: int, account: int, schedule: int) -> list[Report]:
    return [_command(seq, "AccountFeesSet", schedule, account=account, leg=leg) for leg in (1, 2)]


def _command(seq: int, event: str, number: int, *, account: int | None = None, leg: int = 0) -> Report:
    return Report(
        kind="CommandReport",
        fields={"account": account, "event": event},
        position=Position(seq, 0, leg),
        exec_type=event,
        id=number,
        ts_ns=1_700_000_000_000_000_000,
    )


def test_fees_name_the_schedule_of_who_asks_and_its_rates(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann, bob = bearer(await desk.become()), bearer(await desk.become("bob@example.com"))

        async def schedules() -> list[dict[str, Any]]:
            return [(await desk.get("/fees", headers=who)).json()["schedule"] for who in (ann, bob)]

        await desk.tell([_rates(1, 3, maker=-10, taker=250), *_moved(2, 1_001, 3)], {})
        assert await schedules() == [_schedule(3, (-10, 250)), _schedule(0)]
        await desk.tell([_rates(3, 3, maker=0, taker=300), _rates(4, 0, maker=5, taker=6)], {})
        assert await schedules() == [_schedule(3, (0, 300)), _schedule(0, (5, 6))]
        of_events = [_rates(5, 3, maker=0, taker=70_000, base=1), _rates(6, 3, maker=1, taker=300)]
        await desk.tell(of_events, {})
        assert await schedules() == [_schedule(3, (1, 300), (0, 70_000)), _schedule(0, (5, 6))]
        await desk.tell([*_moved(7, 1_002, 3), *_moved(8, 1_001, 3), *_moved(9, 1_001, 0)], {})
        assert [it["number"] for it in await schedules()] == [0, 3]

    at_desk(tmp_path, story)


def test_a_position_is_measured_by_the_last_price(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _history(desk, 1_001)
        desk.house.clock.ns = 1_700_000_000_000_000_000 + 5_000_000_000

        (held,) = (await desk.get("/positions", headers=mine)).json()["positions"]

        said = {name: Decimal(held[name]) for name in ("quantity", "averagePrice", "realizedPnl", "unrealizedPnl")}
        assert said == {
            "quantity": Decimal(1),
            "averagePrice": Decimal("99.5"),
            "realizedPnl": Decimal("-9.5"),
            "unrealizedPnl": Decimal("-9.5"),
        }
        assert (held["side"], held["currency"], held["lastPrice"], held["lastPriceAgeMs"]) == (
            "LONG",
            "USD",
            "90.00",
            4_999,
        )

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("is_event", "asks", "wanted"),
    [
        (True, [(9_200, 1)], ("91.00", "MID", "-8.50")),
        (True, [], ("90.00", "LAST", "-9.50")),
        (False, [(9_200, 1)], ("90.00", "LAST", "-9.50")),
    ],
)
def test_a_position_in_the_market_of_an_event_is_marked_by_its_book(
    tmp_path: Path, is_event: bool, asks: list[tuple[int, int]], wanted: tuple[str, str, str]
) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _history(desk, 1_001)
        desk.feed.open("BTC-USD", **({"no": 2, "no_symbol": "NO-BTC"} if is_event else {}))
        desk.feed.snapshot("BTC-USD", bids=[(9_000, 5)], asks=asks)

        (held,) = (await desk.get("/positions", headers=mine)).json()["positions"]

        mark, source, profit = wanted
        assert (Decimal(held["markPrice"]), held["markSource"]) == (Decimal(mark), source)
        assert Decimal(held["unrealizedPnl"]) == Decimal(profit)
        assert Decimal(held["lastPrice"]) == 90
        desk.feed.is_connected = False
        (held,) = (await desk.get("/positions", headers=mine)).json()["positions"]
        assert held["markSource"] == "LAST"

    at_desk(tmp_path, story)


def test_trades_and_ledger_come_in_pages(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _history(desk, 1_001)
        for path, name, count in (("/trades", "trades", 2), ("/ledger", "entries", 8)):
            seen: list[Any] = []
            page = (await desk.get(path, params={"limit": 1}, headers=mine)).json()
            while page["nextCursor"] is not None:
                seen += page[name]
                asked = {"limit": 1, "cursor": page["nextCursor"]}
                page = (await desk.get(path, params=asked, headers=mine)).json()
            seen += page[name]
            assert seen == (await desk.get(path, headers=mine)).json()[name]
            assert len(seen) == count

    at_desk(tmp_path, story)


def test_nobody_sees_anothers_money(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.become()
        other = bearer(await desk.become("bob@example.com"))
        await _history(desk, 1_001)
        for path in ("/balances", "/ledger", "/positions", "/trades", "/fees"):
            (rows,) = (it for it in (await desk.get(path, headers=other)).json().values() if isinstance(it, list))
            assert rows == [], path
            assert (await desk.get(path)).status_code == 401, path
            assert (await desk.get(f"{path}?account=1001", headers=other)).status_code == 400, path

    at_desk(tmp_path, story)


def test_sums_over_a_log_without_its_beginning_are_not_told(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _history(desk, 1_001)
        await SqlProjections(desk.house.database).mark_incomplete()
        for path in ("/balances", "/ledger", "/positions", "/fees"):
            answer = await desk.get(path, headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE"), path
        assert len((await desk.get("/trades", headers=mine)).json()["trades"]) == 2

    at_desk(tmp_path, story)
