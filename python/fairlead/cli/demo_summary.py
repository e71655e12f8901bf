"""Say at the end what the demo did, in plain text or as one JSON object, and with which command it does it again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from fairlead.services.demo import DemoSession, Level, MarketView

LEVELS = 5


def repeat_command(session: DemoSession, *, seed: int, rate: int) -> str:
    """Return the command that gives the same state hash."""
    return f"fairlead demo --seed {seed} --rate {rate} --commands {session.totals().commands}"


def print_closing(session: DemoSession, *, console: Console, seed: int, rate: int) -> None:
    """Print the totals, the state hash and the command that repeats it."""
    totals = session.totals()
    counts = f"{totals.commands:,} commands, {totals.events:,} events, {totals.trades:,} trades"
    latencies = f"p50 {totals.p50_ns:,} ns, p99 {totals.p99_ns:,} ns, p99.9 {totals.p999_ns:,} ns"
    lines = (
        f"{counts}, {totals.rejected:,} rejected",
        f"in the engine per command: {latencies}",
        f"state hash {session.state_hash()}",
        f"repeat it: {repeat_command(session, seed=seed, rate=rate)}",
    )
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def print_books(session: DemoSession, *, console: Console, symbol: str) -> None:
    """Print the touch of every instrument and the ladder of one, as tables of plain characters."""
    touches = Table(box=box.ASCII2, title="demo market")
    for name in ("symbol", "bid qty", "bid", "ask", "ask qty", "last"):
        touches.add_column(name, justify="left" if name == "symbol" else "right")
    for one in session.symbols:
        view = session.view(one, levels=1, prints=1)
        bid, ask = _touch(view.bids), _touch(view.asks)
        last = str(view.prints[0].price) if view.prints else "-"
        touches.add_row(one, bid[1], bid[0], ask[0], ask[1], last)
    console.print(touches)
    console.print(_ladder(session.view(symbol, levels=LEVELS, prints=0)))


def print_json(session: DemoSession, *, seed: int, rate: int) -> None:
    """Print one object with sorted keys; prices and quantities are strings."""
    totals = session.totals()
    books = {}
    for symbol in session.symbols:
        view = session.view(symbol, levels=LEVELS, prints=1)
        books[symbol] = {
            "asks": [[str(level.price), str(level.qty)] for level in view.asks],
            "bids": [[str(level.price), str(level.qty)] for level in view.bids],
            "last": str(view.prints[0].price) if view.prints else None,
        }
    found = {
        "books": books,
        "commands": totals.commands,
        "events": totals.events,
        "latency_ns": {"p50": totals.p50_ns, "p99": totals.p99_ns, "p99.9": totals.p999_ns},
        "rate": rate,
        "rejected": totals.rejected,
        "repeat": repeat_command(session, seed=seed, rate=rate),
        "seed": seed,
        "state_hash": session.state_hash(),
        "trades": totals.trades,
        "ts_ns": totals.ts_ns,
    }
    print(json.dumps(found, sort_keys=True))


def _touch(levels: Sequence[Level]) -> tuple[str, str]:
    """Price and quantity of the best level, dashes where there is none."""
    return (str(levels[0].price), str(levels[0].qty)) if levels else ("-", "-")


def _ladder(view: MarketView) -> Table:
    table = Table(box=box.ASCII2, title=view.symbol)
    for name in ("bid qty", "price", "ask qty"):
        table.add_column(name, justify="right")
    for level in reversed(view.asks):
        table.add_row("", str(level.price), str(level.qty))
    for level in view.bids:
        table.add_row(str(level.qty), str(level.price), "")
    return table
