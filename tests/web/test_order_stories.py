"""Why an order is where it is: each kind of thing that happens is told, with its numbers, and nothing of others."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_order_reads import LISTINGS, exec_report

from fairlead.domain.explain import words
from fairlead.domain.explain.told_market import _STATES
from fairlead.model.report import Position, Report
from fairlead.wire.table import LAYOUTS

ANN, BOB = 1_001, 1_002


def command(seq: int, sub: int, event: str, *, account: int | None = None, leg: int = 0, **said: Any) -> Report:
    told = {"event": event, "account": account} | said.pop("told", {})
    fields = {name: value for name, value in told.items() if value is not None}
    return Report(kind="CommandReport", fields=fields, position=Position(seq, sub, leg), exec_type=event, **said)


def at(report: Report, seq: int, sub: int, leg: int = 0, **told: Any) -> Report:
    """Return a report at a place of its own."""
    said = {name: getattr(report, name) for name in Report.__struct_fields__}
    return Report(**said | {"position": Position(seq, sub, leg), "fields": dict(report.fields) | told})


def trade(seq: int, sub: int, *, buyer: tuple[int, int], seller: tuple[int, int], trade_id: int) -> list[Report]:
    """Return both sides of a trade of one at 99.50, the buyer coming in: account and order of each."""
    both = {"ord_status": "Filled", "last_px": Decimal("99.50"), "last_qty": Decimal("1.0"), "trade_id": trade_id}
    both |= {"leaves_qty": Decimal("0.0"), "cum_qty": Decimal("1.0")}
    sides = ((1, buyer, "buy", "Removed"), (2, seller, "sell", "Added"))
    return [
        at(exec_report(seq, order, account, "Trade", side=side, **both), seq, sub, leg, liquidity=part)
        for leg, (account, order), side, part in sides
    ]


async def _story(desk: Desk, reports: list[Report], order_id: int) -> dict[str, Any]:
    headers = bearer(await desk.become())
    await desk.tell(sorted(reports, key=lambda it: it.position or Position(0, 0, 0)), LISTINGS)
    answer = await desk.get(f"/orders/{order_id}/explain", headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _texts(story: dict[str, Any]) -> list[str]:
    return [step["text"] for step in story["steps"]]


def test_a_trade_is_told_from_the_side_of_the_order_and_names_nobody_else(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        told = await _story(
            desk,
            [exec_report(1, 7, ANN, "New", side="sell"), *trade(2, 1, buyer=(BOB, 8), seller=(ANN, 7), trade_id=5)],
            7,
        )
        assert _texts(told) == [
            "accepted: sell 2.0 BTC-USD limit at 100.00 gtc",
            "traded 1.0 at 99.50 as maker with an order of somebody else, trade 5; filled",
        ]
        assert [step["tradeIds"] for step in told["steps"]] == [[], ["5"]]
        assert all(step["orderIds"] == [] for step in told["steps"])
        assert (told["status"], told["symbol"], told["isWhole"]) == ("FILLED", "BTC-USD", True)
        assert told["summary"] == told["steps"][-1]["text"]

    at_desk(tmp_path, story)


def test_a_trigger_names_the_trade_before_it_and_an_order_of_ones_own_is_named(tmp_path: Path) -> None:
    waits = {"ord_status": "Suspended", "trigger_price": Decimal("99.60"), "side": "sell"}

    async def story(desk: Desk) -> None:
        reports = [
            exec_report(1, 7, ANN, "New", side="sell"),
            at(exec_report(1, 7, ANN, "Suspended", **waits), 1, 1),
            *trade(2, 1, buyer=(BOB, 8), seller=(BOB, 9), trade_id=5),
            at(exec_report(2, 7, ANN, "Triggered", trigger_price=Decimal("99.60")), 2, 2, cause="Trigger"),
            *trade(2, 3, buyer=(ANN, 6), seller=(ANN, 7), trade_id=6),
            # A later trade of the same command is no cause of what was before it.
            *trade(2, 4, buyer=(BOB, 8), seller=(BOB, 9), trade_id=7),
        ]
        told = await _story(desk, reports, 7)
        assert _texts(told)[1:] == [
            "waits: at 99.60",
            "triggered: its trigger was 99.60; trade 5 at 99.50 was just before",
            "traded 1.0 at 99.50 as maker with #6, trade 6; filled",
        ]
        assert [step["event"] for step in told["steps"]] == ["NEW", "SUSPENDED", "TRIGGERED", "TRADE"]
        assert told["steps"][2]["cause"] == "TRIGGER"
        assert told["steps"][3]["orderIds"] == ["6"]

    at_desk(tmp_path, story)


def test_a_group_is_named_and_which_of_its_orders_ended_another(tmp_path: Path) -> None:
    ended = {"ord_status": "Canceled", "reason": "GROUP", "last_qty": Decimal("2.0"), "leaves_qty": Decimal("0.0")}

    async def story(desk: Desk) -> None:
        reports = [
            command(1, 0, "GroupAccepted", account=ANN, leg=1, id=5, told={"other": 7}),
            command(1, 0, "GroupAccepted", account=ANN, leg=2, id=5, told={"other": 7}),
            at(exec_report(1, 7, ANN, "New", side="sell"), 1, 1),
            at(exec_report(1, 8, ANN, "New", side="sell"), 1, 2),
            *trade(3, 1, buyer=(BOB, 9), seller=(ANN, 7), trade_id=4),
            at(exec_report(3, 8, ANN, "Canceled", side="sell", **ended), 3, 2, cause="Group"),
        ]
        told = await _story(desk, reports, 8)
        assert _texts(told) == [
            "accepted: sell 2.0 BTC-USD limit at 100.00 gtc; group 5 with #7",
            "canceled with 2.0 left: another order of its group made it void (#7 traded) [GROUP]",
        ]
        assert (told["steps"][0]["groupId"], told["steps"][0]["orderIds"]) == ("g-5", ["7"])
        assert told["steps"][1]["code"] == "GROUP"

    at_desk(tmp_path, story)


def test_refusals_bands_and_kills_say_value_limit_and_scope(tmp_path: Path) -> None:
    killed = {"ord_status": "Canceled", "reason": "KILL", "last_qty": Decimal("2.0"), "leaves_qty": Decimal("0.0")}
    amend = Report(
        kind="CancelReject",
        fields={"account": ANN, "is_amend": True, "cause": "Command"},
        position=Position(2, 0, 0),
        is_rejected=True,
        order_id=7,
        reason="PRICE_TICK",
        value=10_003,
        limit=5,
    )

    async def story(desk: Desk) -> None:
        reports = [
            exec_report(1, 7, ANN, "New"),
            amend,
            command(3, 1, "BandBroken", id=7, value=10_200, limit=10_100, told={"instrument": 0}),
            command(3, 2, "BandBroken", id=9, value=9_000, limit=9_500, told={"instrument": 0}),
            at(replace(exec_report(3, 7, ANN, "Replaced"), price=Decimal("102.00")), 3, 0, priority_kept=True),
            at(exec_report(4, 7, ANN, "Canceled", **killed), 4, 0, cause="Command"),
            command(4, 1, "KillSwitchSet", told={"other": 1, "instrument": 0}),
        ]
        told = await _story(desk, reports, 7)
        assert _texts(told)[1:] == [
            "amend refused: value 100.03 against limit 0.05 [PRICE_TICK]",
            "amended as c7: total 2.0 at 102.00, its priority kept",
            "blocked: a trade at 102.00 would break a band that ends at 101.00",
            "canceled with 2.0 left: a kill switch covered it of this market [KILL]",
        ]
        refused, blocked = told["steps"][1], told["steps"][3]
        assert (refused["code"], refused["value"], refused["limit"]) == ("PRICE_TICK", "100.03", "0.05")
        assert (blocked["code"], blocked["value"], blocked["limit"]) == ("PRICE_BAND", "102.00", "101.00")

    at_desk(tmp_path, story)


def test_what_became_of_the_market_is_told_while_the_order_is_open_and_of_no_other_market(tmp_path: Path) -> None:
    here, elsewhere = {"instrument": 0}, {"instrument": 1}
    ended = {"ord_status": "Canceled", "reason": "USER", "last_qty": Decimal("2.0"), "leaves_qty": Decimal("0.0")}

    async def story(desk: Desk) -> None:
        reports = [
            command(1, 0, "StateChanged", id=1, told=here | {"other": 3}),
            exec_report(2, 7, ANN, "New"),
            command(3, 0, "BreakerTripped", id=1, told=here),
            command(3, 1, "StateChanged", id=3, told=here | {"other": 5}),
            command(4, 0, "HaltOrdered", id=77, told=here),
            command(5, 0, "HaltOrdered", id=77, told=elsewhere),
            command(6, 0, "ResumeOrdered", id=78, told=here),
            at(exec_report(7, 7, ANN, "Canceled", **ended), 7, 0, cause="Command"),
            command(8, 0, "HaltOrdered", id=77, told=here),
        ]
        told = await _story(desk, reports, 7)
        assert _texts(told)[1:-1] == [
            "the short rule stopped BTC-USD",
            "BTC-USD went from CONTINUOUS to VOLATILITY_AUCTION",
            "an operator halted BTC-USD",
            "an operator resumed BTC-USD",
        ]
        assert told["summary"] == "canceled with 2.0 left: its owner asked for it [USER]"

    at_desk(tmp_path, story)


def test_an_open_order_says_what_is_left_to_do(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        told = await _story(desk, [exec_report(1, 7, ANN, "New")], 7)
        assert told["summary"] == "open at 100.00, 2.0 of 2.0 to do"

    at_desk(tmp_path, story)


@pytest.mark.parametrize("order_id", ["8", "x", "-1", "0", "9" * 30, "\u0667", "7.0", "g-5"])
def test_what_one_does_not_have_has_no_story(tmp_path: Path, order_id: str) -> None:
    async def story(desk: Desk) -> None:
        headers = bearer(await desk.become())
        other = bearer(await desk.become("bob@example.com"))
        await desk.tell([exec_report(1, 7, ANN, "New")], LISTINGS)
        for asker, asked in ((headers, order_id), (other, "7")):
            answer = await desk.get(f"/orders/{asked}/explain", headers=asker)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR")
        refused = await desk.get("/orders/7/explain?deep=1", headers=headers)
        assert (refused.status_code, refused.json()["field"]) == (400, "deep")
        assert (await desk.get("/orders/7/explain")).status_code == 401

    at_desk(tmp_path, story)


def test_an_order_with_too_much_to_tell_says_so(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        more = [
            at(exec_report(seq, 7, ANN, "Replaced"), seq, 0, cause="Command", priority_kept=True)
            for seq in range(2, 1_010)
        ]
        told = await _story(desk, [exec_report(1, 7, ANN, "New"), *more], 7)
        assert (told["isWhole"], len(told["steps"]), told["steps"][-1]["seq"]) == (False, 1_000, 1_009)

    at_desk(tmp_path, story)


def test_the_states_are_those_of_the_wire() -> None:
    status = next(field for field in LAYOUTS["InstrumentStatus"].fields if field.name == "state")
    names = [status.words[number] for number in sorted(status.words)]
    assert [name.replace("_", "").lower() for name in _STATES] == [name.lower() for name in names]


def test_every_reason_of_an_end_has_words() -> None:
    field = next(field for field in LAYOUTS["ExecutionReport"].fields if field.name == "end_reason")
    assert set(field.words.values()) == set(words.ENDS)
