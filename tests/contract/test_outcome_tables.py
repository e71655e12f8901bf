"""Money and positions of the market of an event in the tables are those of the exchange, and nobody gains by a void."""

import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from tests.contract.dump import dump
from tests.contract.stores import with_store

from fairlead import Exchange, Instrument
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlMoneyHistory, SqlOrderHistory, SqlProjections
from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.domain.trading.refused import Scales
from fairlead.engine.journal_reports import JournalReports
from fairlead.model.report import Position, Report
from fairlead.wire import Message, decode
from fairlead.wire.codec import Value

ASSETS = {"USD": 2, "RAIN": 0, "NO-RAIN": 0}
PEOPLE = {"ann": "cash", "bob": "cash", "cy": "cash", "dee": "credit"}
FUNDS = 100_000
ZERO = Decimal(0)
Answer = Decimal | None


def _instruments() -> Instruments:
    base: dict[str, Value] = {"base": 1, "base_symbol": "RAIN", "base_decimals": 0, "no": 2, "no_symbol": "NO-RAIN"}
    quote: dict[str, Value] = {"quote": 0, "quote_symbol": "USD", "quote_decimals": 2}
    of: dict[str, Value] = {"instrument": 0, "symbol": "RAIN", "price_decimals": 2, "qty_decimals": 0}
    told = Instruments()
    told.add(Message(kind="SecurityDefinition", fields=of | base | quote))
    return told


def _play(directory: Path, seed: int, *, ends: bool, answer: Answer = None) -> dict[str, dict[str, Decimal]]:
    """Let people trade; return what each has at last, by asset."""
    rng = random.Random(seed)
    with Exchange.open(directory) as ex:
        for asset, decimals in ASSETS.items():
            ex.add_asset(asset, decimals=decimals)
        market = Instrument("RAIN", quote="USD", tick_size="0.01", lot_size=1, max_price="0.99")
        ex.list(market, state="pre_listed")
        assert ex.set_outcome("RAIN", no="NO-RAIN").status == "accepted"
        ex.set_state("RAIN", "continuous")
        ex.set_fees(maker_ppm=-10_000, taker_ppm=30_000, base="variance")
        for name, kind in PEOPLE.items():
            ex.add_account(name, kind=kind)
            ex.deposit(name, "USD", FUNDS)
        done = 0
        for number in range(300):
            name = rng.choice(list(PEOPLE))
            if rng.random() < 0.1:
                move = rng.choice([ex.mint, ex.merge])
                done += move(name, "RAIN", rng.randint(1, 40)).status == "accepted"
                continue
            ex.submit(
                account=name,
                cl_ord_id=f"o{number}",
                symbol="RAIN",
                side=rng.choice(["buy", "sell"]),
                order_qty=rng.randint(1, 60),
                price=Decimal(rng.randint(40, 60)) / 100,
            )
        assert done, "pairs were moved by hand"
        assert len(ex.trades("RAIN")) > 50, "people traded"
        if ends:
            assert ex.resolve("RAIN", answer).status == "accepted"
        return {name: {asset: it.total for asset, it in ex.balances(name).items()} for name in PEOPLE}


def _told(directory: Path, instruments: Instruments) -> Sequence[Report]:
    log, found = JournalReports(directory), []
    while messages := log.next(100):
        found += [report_of(decode(message), instruments) for message in messages]
    return found


async def _fill(database: Database, directory: Path, cuts: random.Random) -> None:
    """Bring the tables forward in steps of any size."""
    instruments = _instruments()
    reports, tables = _told(directory, instruments), SqlProjections(database)
    await tables.begin("log")
    begin = 0
    while begin < len(reports):
        end = begin + cuts.randint(1, 90)
        if cuts.random() < 0.3:
            tables = SqlProjections(database)
        await tables.apply(reports[begin:end], instruments.listings)
        begin = end


async def _at_once(_: Position) -> bool:
    return True


async def _totals(money: SqlMoneyHistory, account: int) -> dict[str, Decimal]:
    return {str(it.asset): it.total for it in await money.balances(account) if it.total is not None}


@pytest.mark.parametrize("answer", [None, Decimal(0), Decimal("0.37"), Decimal(1)])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_end_of_a_market_pays_what_the_exchange_pays(
    store_url: str, tmp_path: Path, seed: int, answer: Answer
) -> None:
    ended = _play(tmp_path / "venue", seed, ends=True, answer=answer)

    async def story(database: Database) -> None:
        await _fill(database, tmp_path / "venue", random.Random(seed))
        money = SqlMoneyHistory(database)
        for account, name in enumerate(PEOPLE, 1):
            lines = await _totals(money, account)
            assert lines["USD"] == ended[name]["USD"], name
            assert not lines.get("RAIN")
            assert not lines.get("NO-RAIN")
            (position,) = await money.positions(account)
            holding = position.holding
            assert not holding.quantity
            assert not holding.cost
            assert holding.realized - holding.fees == lines["USD"] - FUNDS, "profit less fees is the money it made"
            if answer is None:
                assert lines["USD"] == FUNDS, "a void undoes everything"
        everybody = [(await _totals(money, account))["USD"] for account in range(len(PEOPLE) + 1)]
        assert sum(everybody) == FUNDS * len(PEOPLE), "money is neither made nor lost"
        ((_, symbol, _, no, pairs, is_void, pays, at_ns),) = (await dump(database))["outcomes"]
        assert (symbol, no, pairs) == ("RAIN", "NO-RAIN", 0)
        scales = await SqlOrderHistory(database, reached=_at_once).scales("RAIN")
        assert scales == Scales(price=2, quantity=0, base=0, quote=2, is_event=True)
        assert (is_void, pays, at_ns is None) == (answer is None, answer, False)

    with_store(store_url, story)


def test_pairs_that_exist_are_those_that_people_have(store_url: str, tmp_path: Path) -> None:
    had = _play(tmp_path / "venue", 5, ends=False)

    async def story(database: Database) -> None:
        await _fill(database, tmp_path / "venue", random.Random(5))
        money = SqlMoneyHistory(database)
        for account, name in enumerate(PEOPLE, 1):
            lines = await _totals(money, account)
            assert {asset: total for asset, total in lines.items() if total} == {
                asset: total for asset, total in had[name].items() if total
            }
            (position,) = await money.positions(account)
            assert position.holding.quantity == lines.get("RAIN", ZERO) - lines.get("NO-RAIN", ZERO)
        ((_, _, _, _, pairs, _, pays, at_ns),) = (await dump(database))["outcomes"]
        for token in ("RAIN", "NO-RAIN"):
            assert pairs == sum(of.get(token, ZERO) for of in had.values())
        assert pairs > 0
        assert (pays, at_ns) == (None, None)
        everybody = [(await _totals(money, account))["USD"] for account in range(len(PEOPLE) + 1)]
        assert sum(everybody) + pairs == FUNDS * len(PEOPLE), "each pair holds 1"

    with_store(store_url, story)
