"""``fairlead order``: a trader's orders at a running service, over HTTP."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli.asking import LOCAL, Email, Json, Url, asking, told, told_all

if TYPE_CHECKING:
    from fairlead.sdk import Order

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_OnlySymbol = Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only those of this market.")]
_OnlySide = Annotated[str | None, typer.Option(metavar="SIDE", help="Only BUY, or only SELL.")]


@app.callback()
def root() -> None:
    """Enter, list and cancel orders at a running service.

    Who asks is --email with its password at the prompt or as the first line of standard input, or an API key in
    FAIRLEAD_KEY_ID and FAIRLEAD_KEY_SECRET. An order gets a client order id where none is given, so that a lost answer
    is asked for again and never doubles it.

    Exit codes: 0 done, 2 a request that cannot be meant, 3 no such market or order, 5 no answer, or one in doubt: look
    before you do it again, 6 the exchange refused.

    Example:  fairlead order new BTC-USD BUY 0.5 --price 60000 --email ann@example.com
    """


@app.command()
def new(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="The market.")],
    side: Annotated[str, typer.Argument(metavar="SIDE", help="BUY or SELL; YES or NO in the market of an event.")],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="In units of the base asset.")],
    *,
    price: Annotated[str | None, typer.Option(metavar="PRICE", help="Its limit; without it a market order.")] = None,
    trigger: Annotated[
        str | None, typer.Option(metavar="PRICE", help="It waits until the market is there: a stop.")
    ] = None,
    time_in_force: Annotated[
        str | None, typer.Option("--tif", metavar="WORD", help="GTC, DAY, IOC, FOK, ATO or ATC.")
    ] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Refuse it rather than take liquidity.")] = False,
    reduce_only: Annotated[bool, typer.Option("--reduce-only", help="It only makes a position smaller.")] = False,
    client_order_id: Annotated[
        str | None, typer.Option(metavar="ID", help="Yours, used once; 1 to 36 printable characters.")
    ] = None,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Enter an order and print what became of it.

    Example:  fairlead order new ETH-USD SELL 2 --trigger 2950 --email ann@example.com
    """
    from fairlead.sdk import NewOrder

    kind = {
        (False, False): "MARKET",
        (True, False): "LIMIT",
        (False, True): "STOP",
        (True, True): "STOP_LIMIT",
    }[price is not None, trigger is not None]
    order = NewOrder(
        symbol=symbol,
        side=side.upper(),
        order_type=kind,
        quantity=quantity,
        price=price,
        trigger_price=trigger,
        time_in_force=time_in_force,
        post_only=post_only,
        reduce_only=reduce_only,
        client_order_id=client_order_id,
    )
    with asking(url, email=email) as client:
        entered = client.submit_order(order)
    told(_about(entered), as_json=as_json)


@app.command()
def cancel(
    order_id: Annotated[str, typer.Argument(metavar="ORDER", help="Its number, as order ls has it.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Cancel what is left of an order.

    Example:  fairlead order cancel 1043 --email ann@example.com
    """
    with asking(url, email=email) as client:
        canceled = client.cancel_order(order_id)
    told(_about(canceled), as_json=as_json)


@app.command("cancel-all")
def cancel_all(
    *,
    symbol: _OnlySymbol = None,
    side: _OnlySide = None,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Cancel all open orders, or those of a market, of a side.

    Example:  fairlead order cancel-all --symbol BTC-USD --email ann@example.com
    """
    with asking(url, email=email) as client:
        canceled = client.cancel_all_orders(symbol=symbol, side=side)
    told({"canceled": canceled}, as_json=as_json)


@app.command("ls")
def list_orders(
    *,
    symbol: _OnlySymbol = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that ended too.")] = False,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=1, help="At most so many.")] = 100,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """List open orders, newest first.

    Example:  fairlead order ls --all --limit 20 --email ann@example.com
    """
    with asking(url, email=email) as client:
        found = client.fetch_orders(symbol=symbol) if everything else client.fetch_open_orders(symbol)
        orders = [_about(order) for order in islice(found, limit)]
    told_all("orders", orders, as_json=as_json)


def _about(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.order_type,
        "status": order.status,
        "quantity": f"{order.quantity:f}",
        "filled": f"{order.filled_quantity:f}",
        "price": None if order.price is None else f"{order.price:f}",
        "average_price": None if order.average_price is None else f"{order.average_price:f}",
        "reason": order.reason,
        "client_order_id": order.client_order_id,
    }
