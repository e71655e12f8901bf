"""The tables behind the service: fed with the reports of a log, then asked what users ask.

``python tables.py DIRECTORY COMMANDS URL`` prints one JSON object. The processor time is that of this process while a
step runs, the time of a query that of one who asks alone.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from fairlead import Exchange, Instrument
from fairlead.adapters.stores import Database, migrate, open_database
from fairlead.adapters.stores.projections import SqlMoneyHistory, SqlOrderHistory, SqlProjections
from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.engine.journal_reports import JournalReports
from fairlead.model.report import Position, Report
from fairlead.ports.order_history import OrderFilter
from fairlead.wire import Message, decode

_STEP = 500
_ACCOUNTS, _ASKED = 50, 200
_SYMBOL = "ABC-USD"
_DEFINITION = {
    "symbol": _SYMBOL,
    "instrument": 0,
    "price_decimals": 2,
    "qty_decimals": 0,
    "base": 0,
    "base_symbol": "ABC",
    "base_decimals": 8,
    "quote": 1,
    "quote_symbol": "USD",
    "quote_decimals": 8,
}


def _fill_log(directory: Path, commands: int) -> None:
    """Let accounts trade: each pair of orders trades once, some orders stay, one in eight is cancelled."""
    draw = random.Random(1)
    with Exchange.open(directory, durability="os", history_max=0, snapshot_every=0) as exchange:
        exchange.list(Instrument(_SYMBOL, base="ABC", quote="USD", tick_size="0.01", lot_size="1"))
        names = [f"account-{number}" for number in range(_ACCOUNTS)]
        for name in names:
            exchange.add_account(name, kind="credit")
        for number in range(commands // 2):
            buyer, seller = draw.sample(names, 2)
            price = f"{draw.randint(9_900, 10_100) / 100:.2f}"
            for side, account in (("buy", buyer), ("sell", seller)):
                name = f"{side}-{number}"
                order = {"account": account, "cl_ord_id": name, "symbol": _SYMBOL, "side": side, "price": price}
                exchange.submit(**order, order_qty=draw.randint(1, 9))
                if draw.random() < 1 / 8:
                    exchange.cancel(account=account, orig_cl_ord_id=name)


def _reports(directory: Path, instruments: Instruments) -> Iterator[list[Report]]:
    log = JournalReports(directory)
    while messages := log.next(_STEP):
        yield [report_of(decode(message), instruments) for message in messages]


async def _feed(database: Database, directory: Path) -> tuple[dict[str, float], list[tuple[int, int]]]:
    """Return what the steps cost, and each order with its account."""
    instruments = Instruments()
    instruments.add(Message(kind="SecurityDefinition", fields=_DEFINITION))
    tables = SqlProjections(database)
    await tables.begin("log")
    orders: list[tuple[int, int]] = []
    reports, cpu_s, longest_s = 0, 0.0, 0.0
    for batch in _reports(directory, instruments):
        cpu, wall = time.process_time(), time.perf_counter()
        await tables.apply(batch, instruments.listings)
        cpu_s, longest_s = cpu_s + time.process_time() - cpu, max(longest_s, time.perf_counter() - wall)
        reports += len(batch)
        orders += [(int(str(it.fields["account"])), it.order_id) for it in batch if it.exec_type == "New"]
    cost = {"reports": reports, "orders": len(orders), "cpu_s": cpu_s, "longest_step_s": longest_s}
    return cost, orders


async def _reached(_: Position) -> bool:
    return True


async def _ask(database: Database, orders: list[tuple[int, int]]) -> dict[str, list[int]]:
    """Return how long queries took, in nanoseconds and in order, by what was asked."""
    history, money = SqlOrderHistory(database, reached=_reached), SqlMoneyHistory(database)
    asked: dict[str, Callable[[int, int], Awaitable[object]]] = {
        "order": history.record,
        "fills of an order": history.fills,
        "100 orders": lambda account, _: history.page(account, OrderFilter(), before=None, count_max=100),
        "100 open orders": lambda account, _: history.page(
            account, OrderFilter(status="OPEN"), before=None, count_max=100
        ),
        "100 trades": lambda account, _: money.trades(account, symbol=None, before=None, count_max=100),
        "positions": lambda account, _: money.positions(account),
        "balances": lambda account, _: money.balances(account),
        "100 ledger lines": lambda account, _: money.ledger(account, before=None, count_max=100),
    }
    chosen, found = random.Random(2).choices(orders, k=_ASKED), {}
    for name, ask in asked.items():
        times = []
        for account, order_id in chosen:
            begin = time.perf_counter_ns()
            await ask(account, order_id)
            times.append(time.perf_counter_ns() - begin)
        found[name] = sorted(times)
    return found


async def _measure(directory: Path, url: str) -> dict[str, object]:
    database = open_database(url)
    await migrate(database)
    cost, orders = await _feed(database, directory)
    queries = await _ask(database, orders)
    await database.close()
    return {**cost, "queries": queries}


def main() -> None:
    """Make the log where it is not there, and measure."""
    directory, commands, url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if not directory.exists():
        _fill_log(directory, commands)
    print(json.dumps(asyncio.run(_measure(directory, url))))


if __name__ == "__main__":
    main()
