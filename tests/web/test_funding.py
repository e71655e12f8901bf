"""Deposits and withdrawals: who may ask and decide, what is refused, and that money moves once whatever is lost."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.access.houses import BOB, PASSWORD
from tests.web.banks import teller_over
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_auth_routes import code_of

from fairlead.domain.funding.request import Direction

WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
BITCOIN = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TX = "0x" + "a1" * 32
DEPOSIT = {"asset": "USD", "amount": "100.50", "chain": "ethereum", "address": WALLET, "transactionHash": TX}
WITHDRAWAL = {"asset": "USD", "amount": "40", "chain": "ethereum", "address": WALLET}
USD = (1_001, 1)

Head = dict[str, str]


async def people(desk: Desk) -> tuple[Head, Head]:
    """Make a trader with account 1,001 and an operator; return what shows who they are."""
    trader = bearer(await desk.become())
    return trader, await operator(desk)


async def operator(desk: Desk, email: str = "ops@example.com") -> Head:
    await desk.house.operator(email)
    tokens = await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})
    return bearer(tokens.json())


async def asked(desk: Desk, who: Head, path: str = "/deposits", **changes: Any) -> dict[str, Any]:
    body = (DEPOSIT if path == "/deposits" else WITHDRAWAL) | changes
    answer = await desk.post(path, body, headers=who)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def confirm(desk: Desk, who: Head, request_id: str, verb: str = "confirm") -> httpx.Response:
    kind = "deposits" if request_id.startswith("dep_") else "withdrawals"
    return await desk.client.post(f"/{kind}/{request_id}/{verb}", headers=who)


async def state_of(desk: Desk, who: Head, request_id: str) -> str:
    kind = "deposits" if request_id.startswith("dep_") else "withdrawals"
    rows = (await desk.get(f"/{kind}", headers=who)).json()[kind]
    return str(next(row["state"] for row in rows if row["id"] == request_id))


async def verified(desk: Desk, ops: Head) -> None:
    for line in (await desk.get("/withdrawal-addresses", headers=ops)).json()["addresses"]:
        assert (await desk.client.post(f"/withdrawal-addresses/{line['id']}/verify", headers=ops)).status_code == 200


def test_a_deposit_is_confirmed_once_by_an_operator(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        made = await asked(desk, trader)
        assert (made["state"], made["amount"], made["eventSeq"]) == ("PENDING", "100.50", None)
        assert desk.bank.balances[USD] == 0

        done = await confirm(desk, ops, made["id"])
        assert (done.status_code, done.json()["state"], done.json()["eventSeq"]) == (200, "DONE", 101)
        assert done.json()["account"] == 1_001
        assert code_of(await confirm(desk, ops, made["id"]), 409) == "CONFLICT_ERROR"
        assert code_of(await confirm(desk, ops, made["id"], "reject"), 409) == "CONFLICT_ERROR"
        assert code_of(await confirm(desk, trader, made["id"], "cancel"), 409) == "CONFLICT_ERROR"
        assert (desk.bank.balances[USD], len(desk.bank.log)) == (10_050, 1)

    at_desk(tmp_path, story)


def test_many_confirms_at_once_give_one_deposit(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        other = await operator(desk, "ops2@example.com")
        made = await asked(desk, trader)
        answers = await asyncio.gather(*(confirm(desk, ops if n % 2 else other, made["id"]) for n in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
        assert desk.bank.balances[USD] == 10_050

    at_desk(tmp_path, story)


def test_two_processes_that_confirm_at_once_give_one_deposit(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, _ = await people(desk)
        made = await asked(desk, trader)
        ops = await desk.house.operator("ops3@example.com")
        caller = await desk.house.entry.authenticate(
            (await desk.house.entry.login(email=ops.email, password=PASSWORD)).access
        )
        tellers = [teller_over(desk.bank, desk.house, accounts=desk.accounts) for _ in range(2)]
        got = await asyncio.gather(
            *(teller.confirm(Direction.DEPOSIT, caller, made["id"]) for teller in tellers), return_exceptions=True
        )
        assert sum(isinstance(one, Exception) for one in got) == 1
        assert desk.bank.balances[USD] == 10_050

    at_desk(tmp_path, story)


@pytest.mark.parametrize("loses", ["before", "after"])
def test_a_lost_answer_never_moves_money_twice_and_a_restart_decides(tmp_path: Path, loses: str) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        made = await asked(desk, trader)
        desk.bank.loses = loses
        doubt = await confirm(desk, ops, made["id"])
        assert code_of(doubt, 503) == "OUTCOME_IN_DOUBT"
        assert made["id"] in doubt.json()["detail"]
        assert await state_of(desk, ops, made["id"]) == "CONFIRMING"
        assert code_of(await confirm(desk, ops, made["id"], "reject"), 409) == "CONFLICT_ERROR"
        desk.bank.loses = None

        # A restart: what the log does not have was never done.
        assert await teller_over(desk.bank, desk.house, accounts=desk.accounts).recover() == []
        if loses == "after":
            assert await state_of(desk, ops, made["id"]) == "DONE"
        else:
            assert await state_of(desk, ops, made["id"]) == "PENDING"
            assert (await confirm(desk, ops, made["id"])).status_code == 200
        assert desk.bank.balances[USD] == 10_050

    at_desk(tmp_path, story)


def test_confirming_again_looks_in_the_log_and_sends_nothing(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        reached, lost = await asked(desk, trader), await asked(desk, trader, transactionHash="0x" + "b2" * 32)
        desk.bank.loses = "after"
        await confirm(desk, ops, reached["id"])
        desk.bank.loses = "before"
        await confirm(desk, ops, lost["id"])
        desk.bank.loses = None

        assert (await confirm(desk, ops, reached["id"])).json()["state"] == "DONE"
        # Equal in everything but its transaction: the record of the first is taken.
        assert code_of(await confirm(desk, ops, lost["id"]), 503) == "OUTCOME_IN_DOUBT"
        assert desk.bank.balances[USD] == 10_050

    at_desk(tmp_path, story)


def test_of_two_equal_ones_in_doubt_one_takes_the_record_of_the_log(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        both = [await asked(desk, trader, transactionHash=f"0x{n:064x}") for n in (1, 2)]
        for made, loses in zip(both, ("before", "after"), strict=True):
            desk.bank.loses = loses
            await confirm(desk, ops, made["id"])
        desk.bank.loses = None
        assert await teller_over(desk.bank, desk.house, accounts=desk.accounts).recover() == []
        states = [await state_of(desk, ops, made["id"]) for made in both]
        assert sorted(states) == ["DONE", "PENDING"]
        assert (await confirm(desk, ops, both[states.index("PENDING")]["id"])).status_code == 200
        assert desk.bank.balances[USD] == 20_100

    at_desk(tmp_path, story)


def test_commands_of_others_and_refused_ones_are_no_proof(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        fields = {"account": 1_001, "asset": 1, "amount": 10_050}
        desk.bank.put("Deposit", fields)
        made = await asked(desk, trader)
        desk.bank.loses = "before"
        await confirm(desk, ops, made["id"])
        desk.bank.put("Withdraw", fields)
        desk.bank.put("Deposit", fields | {"account": 1_002})
        desk.bank.put("Deposit", fields | {"amount": 10_051})
        await teller_over(desk.bank, desk.house, accounts=desk.accounts).recover()
        assert await state_of(desk, ops, made["id"]) == "PENDING"

        desk.bank.loses = None
        desk.bank.balances.clear()
        out = await asked(desk, trader, "/withdrawals")
        await verified(desk, ops)
        desk.bank.loses = "after"
        assert code_of(await confirm(desk, ops, out["id"]), 503) == "OUTCOME_IN_DOUBT"
        await teller_over(desk.bank, desk.house, accounts=desk.accounts).recover()
        assert await state_of(desk, ops, out["id"]) == "PENDING"

    at_desk(tmp_path, story)


def test_what_the_log_cannot_tell_stays_in_doubt(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        made = await asked(desk, trader)
        desk.bank.loses, desk.bank.has_history = "after", False
        await confirm(desk, ops, made["id"])
        doubtful = await teller_over(desk.bank, desk.house, accounts=desk.accounts).recover()
        assert [one.request_id for one in doubtful] == [made["id"]]
        assert await state_of(desk, ops, made["id"]) == "CONFIRMING"

    at_desk(tmp_path, story)


def test_nothing_is_sent_where_the_exchange_is_not_there(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        made = await asked(desk, trader)
        desk.bank.is_connected = False
        assert code_of(await confirm(desk, ops, made["id"]), 503) == "SERVICE_UNAVAILABLE"
        desk.bank.is_connected, desk.bank.refusal = True, "Busy"
        assert code_of(await confirm(desk, ops, made["id"]), 503) == "SERVICE_UNAVAILABLE"
        assert await state_of(desk, ops, made["id"]) == "PENDING"

    at_desk(tmp_path, story)


def test_a_withdrawal_waits_for_its_address_and_for_the_money(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        out = await asked(desk, trader, "/withdrawals")
        assert code_of(await confirm(desk, ops, out["id"]), 409) == "CONFLICT_ERROR"
        await verified(desk, ops)
        refused = await confirm(desk, ops, out["id"])
        assert code_of(refused, 422) == "INSUFFICIENT_FUNDS"
        assert (refused.json()["value"], refused.json()["limit"]) == ("40.00", "0.00")

        assert (await confirm(desk, ops, (await asked(desk, trader))["id"])).status_code == 200
        done = await confirm(desk, ops, out["id"])
        assert (done.status_code, done.json()["state"]) == (200, "DONE")
        assert code_of(await confirm(desk, ops, out["id"]), 409) == "CONFLICT_ERROR"
        assert desk.bank.balances[USD] == 6_050

        # Verified once: the next one to the same address does not wait, one to another does.
        assert (await confirm(desk, ops, (await asked(desk, trader, "/withdrawals"))["id"])).status_code == 200
        other = await asked(desk, trader, "/withdrawals", chain="bitcoin", address=BITCOIN)
        assert code_of(await confirm(desk, ops, other["id"]), 409) == "CONFLICT_ERROR"

    at_desk(tmp_path, story)


def test_everybody_sees_and_decides_what_is_theirs_to(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        bob = bearer(await desk.become(BOB))
        made = await asked(desk, trader)
        assert (await desk.get("/deposits", headers=bob)).json() == {"deposits": [], "nextCursor": None}
        for who in (trader, ops):
            assert [row["id"] for row in (await desk.get("/deposits", headers=who)).json()["deposits"]] == [made["id"]]
        assert code_of(await confirm(desk, bob, made["id"], "cancel"), 404) == "NOT_FOUND_ERROR"
        assert code_of(await confirm(desk, trader, made["id"]), 403) == "AUTHORIZATION_ERROR"
        assert code_of(await desk.post("/deposits", DEPOSIT, headers=ops), 403) == "AUTHORIZATION_ERROR"
        assert code_of(await desk.post("/deposits", DEPOSIT), 401) == "AUTHENTICATION_ERROR"
        wrong = await desk.client.post(f"/withdrawals/{made['id']}/confirm", headers=ops)
        assert code_of(wrong, 404) == "NOT_FOUND_ERROR"
        assert code_of(await confirm(desk, ops, "dep_none"), 404) == "NOT_FOUND_ERROR"
        assert (await confirm(desk, trader, made["id"], "cancel")).json()["state"] == "CANCELLED"
        assert code_of(await confirm(desk, ops, made["id"]), 409) == "CONFLICT_ERROR"
        assert desk.bank.log == []

    at_desk(tmp_path, story)


def test_nobody_decides_their_own(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, _ = await people(desk)
        made, out = await asked(desk, trader), await asked(desk, trader, "/withdrawals")
        wallet = (await desk.get("/withdrawal-addresses", headers=trader)).json()["addresses"][0]["id"]
        # The trader becomes an operator.
        async with desk.house.database.write() as step:
            await step.execute(text("UPDATE users SET role = 'operator' WHERE account = 1001"))
        again = await desk.post("/auth/login", {"email": "Ann@example.com", "password": PASSWORD.reveal()})
        own = bearer(again.json())
        for verb in ("confirm", "reject"):
            assert code_of(await confirm(desk, own, made["id"], verb), 403) == "AUTHORIZATION_ERROR"
            assert code_of(await confirm(desk, own, out["id"], verb), 403) == "AUTHORIZATION_ERROR"
        verify = await desk.client.post(f"/withdrawal-addresses/{wallet}/verify", headers=own)
        assert code_of(verify, 404) == "NOT_FOUND_ERROR"
        assert desk.bank.log == []

    at_desk(tmp_path, story)


def test_a_transaction_counts_once_and_can_be_named_again_after_a_no(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, ops = await people(desk)
        bob = bearer(await desk.become(BOB))
        made = await asked(desk, bob)
        again = DEPOSIT | {"transactionHash": TX.upper().replace("0X", "0x"), "amount": "1"}
        assert code_of(await desk.post("/deposits", again, headers=trader), 409) == "CONFLICT_ERROR"
        await asked(desk, trader, chain="bitcoin", address=BITCOIN, transactionHash=TX[2:])
        assert (await confirm(desk, ops, made["id"], "reject")).json()["state"] == "REJECTED"
        mine = await asked(desk, trader)
        assert (await confirm(desk, ops, mine["id"])).status_code == 200
        assert code_of(await desk.post("/deposits", DEPOSIT, headers=bob), 409) == "CONFLICT_ERROR"

    at_desk(tmp_path, story)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"amount": "0"}, "amount"),
    ({"amount": "-1"}, "amount"),
    ({"amount": "1.001"}, "amount"),
    ({"amount": "1e2"}, "amount"),
    ({"amount": "9" * 40}, "amount"),
    ({"amount": "\u0661"}, "amount"),
    ({"amount": True}, "amount"),
    ({"chain": "dogecoin"}, "chain"),
    ({"chain": "sepolia"}, "chain"),
    ({"address": WALLET[:-1]}, "address"),
    ({"address": WALLET.replace("aA", "Aa")}, "address"),
    ({"address": BITCOIN}, "address"),
    ({"transactionHash": TX[2:]}, "transactionHash"),
    ({"transactionHash": TX + "0"}, "transactionHash"),
    ({"userId": "usr_1"}, "userId"),
]


def test_what_cannot_be_meant_is_refused_by_name(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader = bearer(await desk.become())
        for changes, field in WRONG:
            refused = await desk.post("/deposits", DEPOSIT | changes, headers=trader)
            assert code_of(refused, 400) == "VALIDATION_ERROR"
            assert refused.json()["field"] == field, changes
        assert (await desk.get("/deposits", headers=trader)).json()["deposits"] == []

    at_desk(tmp_path, story)


def test_an_unknown_asset_is_answered_with_those_that_are_known(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader = bearer(await desk.become())
        refused = await desk.post("/deposits", DEPOSIT | {"asset": "XRP"}, headers=trader)
        assert code_of(refused, 404) == "NOT_FOUND_ERROR"
        assert "known=BTC, USD" in refused.json()["detail"]
        listed = (await desk.get("/assets", headers=trader)).json()
        assert listed == {"assets": [{"asset": "BTC", "decimals": 8}, {"asset": "USD", "decimals": 2}]}

    at_desk(tmp_path, story)


def test_pages_follow_each_other_and_too_many_wait(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        trader, _ = await people(desk)
        made = [(await asked(desk, trader, transactionHash=f"0x{n:064x}"))["id"] for n in range(50)]
        over = DEPOSIT | {"transactionHash": f"0x{50:064x}"}
        assert code_of(await desk.post("/deposits", over, headers=trader), 409) == "CONFLICT_ERROR"
        seen, cursor = [], ""
        while True:
            page = (await desk.get(f"/deposits?limit=20{cursor}", headers=trader)).json()
            seen += [row["id"] for row in page["deposits"]]
            if page["nextCursor"] is None:
                break
            cursor = f"&cursor={page['nextCursor']}"
        assert sorted(seen) == sorted(made)

    at_desk(tmp_path, story)
