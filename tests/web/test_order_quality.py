"""How well an order was executed is told to who owns it; what is not known says why."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_order_reads import LISTINGS, exec_report

from fairlead.model.report import Position, Report

ANN, BOB = 1_001, 1_002


def trade(seq: int, trade_id: int, price: str, qty: str, *, buyer: tuple[int, int], filled: str = "0.0") -> Report:
    """Return the buyer's side, which is the public one too."""
    report = exec_report(
        seq,
        buyer[1],
        buyer[0],
        "Trade",
        ord_status="PartiallyFilled",
        last_px=Decimal(price),
        last_qty=Decimal(qty),
        trade_id=trade_id,
        cum_qty=Decimal(filled),
        leaves_qty=Decimal("2.0") - Decimal(filled),
        fee=Decimal(0),
    )
    return replace(report, position=Position(seq, 1, 1))


# Bob trades at 99.00; Ann comes for 2.0 and gets 0.5 at 100.00 and, 6 ns later, 1.0 at 99.40; Bob trades between.
REPORTS = [
    exec_report(1, 1, BOB, "New"),
    trade(2, 1, "99.00", "1.0", buyer=(BOB, 1)),
    exec_report(3, 7, ANN, "New"),
    trade(4, 2, "100.00", "0.5", buyer=(ANN, 7), filled="0.5"),
    trade(6, 3, "101.00", "1.5", buyer=(BOB, 1)),
    trade(10, 4, "99.40", "1.0", buyer=(ANN, 7), filled="1.5"),
    trade(11, 5, "50.00", "9.0", buyer=(BOB, 1)),
]


def _booked(desk: Desk, *, qty: int = 500) -> None:
    """Show one order of ``qty`` thousandths at 100.00."""
    desk.feed.open("BTC-USD")
    desk.feed.snapshot("BTC-USD", bids=[(10_000, qty)], asks=[])


async def _quality(desk: Desk, order_id: int = 7, reports: list[Report] | None = None) -> dict[str, Any]:
    headers = bearer(await desk.become())
    await desk.tell(REPORTS if reports is None else reports, LISTINGS)
    answer = await desk.get(f"/orders/{order_id}/quality", headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_means_and_benchmarks_are_those_of_the_trades(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _booked(desk)
        told = await _quality(desk)
        assert (told["fills"], told["fillRatio"], told["filledQuantity"]) == (2, "0.75", "1.5")
        # (0.5 x 100.00 + 1.0 x 99.40) / 1.5; by time the first price stood until the second fill.
        assert (told["vwap"], told["twap"]) == ("99.6", "100")
        # 99.6 against the trade before: (99.6 - 99) / 99.
        assert told["arrival"] == {"price": "99", "slippageBps": "60.6061", "reason": None}
        # (50 + 151.5 + 99.4) / 3 = 100.3, until the last fill and not after it.
        assert told["marketVwap"] == {"price": "100.3", "slippageBps": "-69.7906", "reason": None}
        # 99.00 for 1 ns, 100.00 for 2 and 101.00 for 4, of 7.
        assert Decimal(told["marketTwap"]["price"]) == pytest.approx(Decimal(703) / 7, abs=Decimal("1e-20"))
        assert told["status"] == "PARTIALLY_FILLED"

    at_desk(tmp_path, story)


def test_alone_at_its_price_it_is_the_first_in_line(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _booked(desk)
        told = await _quality(desk)
        # The level shows 0.500 in one order: what is left of it.
        assert told["queue"] == {"position": 1, "ordersAhead": 0, "quantityAhead": "0", "reason": None}

    at_desk(tmp_path, story)


def test_what_is_not_known_has_a_reason(tmp_path: Path) -> None:
    ended = exec_report(5, 8, ANN, "Canceled", ord_status="Canceled", reason="USER", leaves_qty=Decimal("0.0"))

    async def story(desk: Desk) -> None:
        reports = [exec_report(1, 7, ANN, "New"), exec_report(2, 8, ANN, "New"), ended]
        told = await _quality(desk, 7, reports)
        nothing = {"price": None, "slippageBps": None}
        assert told["arrival"] == nothing | {"reason": "NO_TRADE_BEFORE"}
        assert told["marketVwap"] == told["marketTwap"] == nothing | {"reason": "NOT_FILLED"}
        assert (told["vwap"], told["twap"], told["fills"], told["fillRatio"]) == (None, None, 0, "0")
        assert told["queue"]["reason"] == "MARKET_DATA_MISSING"
        _booked(desk, qty=5_000)
        headers = bearer(await desk.become("bob@example.com"))
        assert (await desk.get("/orders/7/quality", headers=headers)).status_code == 404

    at_desk(tmp_path, story)


def test_an_order_that_has_ended_stands_in_no_queue(tmp_path: Path) -> None:
    ended = exec_report(5, 8, ANN, "Canceled", ord_status="Canceled", reason="USER", leaves_qty=Decimal("0.0"))

    async def story(desk: Desk) -> None:
        told = await _quality(desk, 8, [exec_report(2, 8, ANN, "New"), ended])
        assert told["queue"] == {"position": None, "ordersAhead": None, "quantityAhead": None, "reason": "NOT_RESTING"}

    at_desk(tmp_path, story)


@pytest.mark.parametrize("order_id", ["9", "x", "9" * 30, "g-5", "1e1"])
def test_what_one_does_not_have_has_no_quality(tmp_path: Path, order_id: str) -> None:
    async def story(desk: Desk) -> None:
        headers = bearer(await desk.become())
        answer = await desk.get(f"/orders/{order_id}/quality", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR")
        assert (await desk.get("/orders/7/quality")).status_code == 401

    at_desk(tmp_path, story)
