"""``fairlead book``: the book of a market of a running service, once or as it moves."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from fairlead.cli.asking import LOCAL, Json, Url, asking_openly
from fairlead.errors import UnavailableError

if TYPE_CHECKING:
    from fairlead.sdk import OrderBook, RestClient
    from fairlead.sdk.answers import Level

_CLEAR: Final = "\x1b[H\x1b[J"
_ASK_AGAIN_S: Final = 0.5


def book(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="The market.")],
    *,
    levels: Annotated[int, typer.Option(metavar="COUNT", min=1, max=1_000, help="Of each side.")] = 10,
    watch: Annotated[bool, typer.Option("--watch", help="Print it again as it moves, until Ctrl-C.")] = False,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Print the book of a market, once or as it moves.

    Asks above, bids below, best in the middle: price, what is displayed at it, by how many orders. With --watch --json
    one object a line. Nobody needs to be known for it. --watch waits for a service that does not answer, and says so.

    Exit codes: 0 done, 3 no such market, 5 no answer, or the service does not hear the exchange (not with --watch).

    Example:  fairlead book BTC-USD --watch
    """
    with asking_openly(url) as client:
        if watch:
            _watch(client, symbol, levels=levels, url=url, as_json=as_json)
        _show(client.fetch_order_book(symbol, levels=levels), as_json=as_json, again=False)


def _watch(client: RestClient, symbol: str, *, levels: int, url: str, as_json: bool) -> NoReturn:
    is_away = False
    while True:
        try:
            for found in client.watch_order_book(symbol, levels=levels):
                is_away = False
                _show(found, as_json=as_json, again=True)
        except UnavailableError as error:
            if not is_away:
                print(f"fairlead: waiting for the service: url={url} why={error}", file=sys.stderr, flush=True)
            is_away = True
            time.sleep(_ASK_AGAIN_S)


def _show(found: OrderBook, *, as_json: bool, again: bool) -> None:
    if as_json:
        sides = {"bids": [_cells(level) for level in found.bids], "asks": [_cells(level) for level in found.asks]}
        about = {"symbol": found.symbol, "state": found.state, "epoch": found.epoch, "seq": found.seq, "schema": 1}
        typer.echo(json.dumps(about | sides, sort_keys=True))
        return
    if again and sys.stdout.isatty():
        typer.echo(_CLEAR, nl=False)
    typer.echo(f"{found.symbol} {found.state} seq={found.seq}")
    rows = [["ask", *_cells(level)] for level in reversed(found.asks)]
    rows += [["bid", *_cells(level)] for level in found.bids]
    widths = [max((len(str(row[column])) for row in rows), default=0) for column in range(4)]
    for row in rows:
        typer.echo("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))


def _cells(level: Level) -> list[str | int]:
    return [f"{level.price:f}", f"{level.quantity:f}", level.orders]
