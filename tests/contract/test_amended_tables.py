"""Money, positions and orders in the tables are those of the exchange after trades were taken back and corrected."""

import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from tests.contract.stores import with_store

from fairlead import Exchange, Instrument
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlMoneyHistory, SqlOrderHistory, SqlProjections
from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.engine.journal_reports import JournalReports
from fairlead.model.report import Position, Report
from fairlead.wire import Message, decode
from fairlead.wire.codec import Value

PEOPLE = ("ann", "bob", "cy")
FUNDS = 1_000_000


def _instruments() -> Instruments:
    base: dict[str, Value] = {"base": 1, "base_symbol": "ABC", "base_decimals": 0}
    quote: dict[str, Value] = {"quote": 0, "quote_symbol": "USD", "quote_decimals": 2}
    of: dict[str, Value] = {"instrument": 0, "symbol": "ABC", "price_decimals": 2, "qty_decimals": 0}
    told = Instruments()
    told.add(Message(kind="SecurityDefinition", fields=of | base | quote))
    return told


def _amend(ex: Exchange, rng: random.Random) -> bool:
    """Take one of the trades back, or correct it; whether that was done."""
    trades = ex.trades("ABC")
    if not trades:
        return False
    trade = rng.choice(trades[-20:])
    if rng.random() < 0.4:
        return ex.bust(trade.trade_id).status == "accepted"
    price, qty = trade.price + Decimal(rng.randint(-200, 200)) / 100, rng.randint(1, int(trade.qty))
    return ex.correct(trade.trade_id, price=price, qty=qty).status == "accepted"


def _play(ex: Exchange, rng: random.Random) -> list[tuple[str, str]]:
    """Let people trade, and an operator amend what they traded; return who entered which orders."""
    for asset, decimals in (("USD", 2), ("ABC", 0)):
        ex.add_asset(asset, decimals=decimals)
    ex.list(Instrument("ABC", quote="USD", tick_size="0.01", lot_size=1, base="ABC"))
    ex.set_fees(maker_ppm=-500, taker_ppm=2_000)
    for name in PEOPLE:
        ex.add_account(name, kind="credit")
        ex.deposit(name, "USD", FUNDS)
    done, entered = 0, []
    for number in range(250):
        if rng.random() < 0.2:
            done += _amend(ex, rng)
            continue
        entered.append((rng.choice(PEOPLE), f"o{number}"))
        account, cl_ord_id = entered[-1]
        ex.submit(
            account=account,
            cl_ord_id=cl_ord_id,
            symbol="ABC",
            side=rng.choice(["buy", "sell"]),
            order_qty=rng.randint(1, 60),
            price=Decimal(rng.randint(9_800, 10_200)) / 100,
        )
    assert done > 15, "trades were amended"
    return entered


def _told(directory: Path, instruments: Instruments) -> Sequence[Report]:
    log, found = JournalReports(directory), []
    while messages := log.next(100):
        found += [report_of(decode(message), instruments) for message in messages]
    return found


async def _fill(database: Database, directory: Path, cuts: random.Random) -> None:
    instruments = _instruments()
    reports, tables = _told(directory, instruments), SqlProjections(database)
    await tables.begin("log")
    begin = 0
    while begin < len(reports):
        end = begin + cuts.randint(1, 90)
        await tables.apply(reports[begin:end], instruments.listings)
        begin = end


async def _at_once(_: Position) -> bool:
    return True


async def _totals(money: SqlMoneyHistory, account: int) -> dict[str, Decimal]:
    return {str(it.asset): it.total for it in await money.balances(account) if it.total is not None}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_tables_say_what_the_exchange_says(store_url: str, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    with Exchange.open(tmp_path / "venue") as ex:
        entered = _play(ex, rng)
        had = {name: {asset: it.total for asset, it in ex.balances(name).items()} for name in PEOPLE}
        orders = [(account, ex.order(account=account, cl_ord_id=cl_ord_id)) for account, cl_ord_id in entered]

    async def story(database: Database) -> None:
        await _fill(database, tmp_path / "venue", random.Random(seed))
        money, history = SqlMoneyHistory(database), SqlOrderHistory(database, reached=_at_once)
        everybody = Decimal(0)
        for account, name in enumerate(PEOPLE, 1):
            lines = await _totals(money, account)
            assert lines["USD"] == had[name]["USD"], name
            assert lines["ABC"] == had[name].get("ABC", 0), name
            (position,) = await money.positions(account)
            holding = position.holding
            assert holding.quantity == lines["ABC"]
            assert holding.realized - holding.fees - holding.cost == lines["USD"] - FUNDS, "what it made is what it has"
            everybody += lines["USD"]
        fees = (await _totals(money, 0))["USD"]
        assert everybody + fees == FUNDS * len(PEOPLE), "money is neither made nor lost"
        for name, order in orders:
            record = await history.record(PEOPLE.index(name) + 1, order.order_id)
            assert record is not None
            assert (record.view.filled_quantity, record.view.remaining_quantity) == (order.cum_qty, order.leaves_qty)
            assert record.view.average_price == order.avg_px

    with_store(store_url, story)
