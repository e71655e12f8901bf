"""``fairlead markets``: what an operator does to the markets of a running service, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli.asking import LOCAL, Email, Json, Url, asking, asking_openly, told
from fairlead.errors import DataError, NotFoundError, UsageError

if TYPE_CHECKING:
    from fairlead.sdk.answers import Market
    from fairlead.sdk.call import Call
    from fairlead.sdk.operator_calls import Done, Limits

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="The market.")]
_Reason = Annotated[str, typer.Option(metavar="WORD", help="Why; it stands in the log. 1 to 36 printable characters.")]
_Trade = Annotated[int, typer.Argument(metavar="TRADE", min=1, help="Its number, as the tape has it.")]


@app.callback()
def root() -> None:
    """List, open, halt, end markets of a service; its fees.

    Each is a request of an operator over HTTP, and one command in the log of the exchange. The password of --email is
    asked for, or is the first line of standard input where that is no terminal; it is never an argument. A program
    rather has an API key in FAIRLEAD_KEY_ID and FAIRLEAD_KEY_SECRET.

    Exit codes: 0 done, 2 a request that cannot be meant or may not be made, 3 no such market or file, 5 no answer, or
    one in doubt: look before you do it again, 6 the exchange refused.

    Example:  fairlead markets add rain.json --email ops@example.com
    """


@app.command("list")
def list_markets(*, url: Url = LOCAL, as_json: Json = False) -> None:
    """Print every market, its state and its last price. Nobody needs to be known for it.

    Example:  fairlead markets list
    """
    with asking_openly(url) as client:
        markets = client.fetch_markets()
    if as_json:
        typer.echo(json.dumps({"markets": [_about(market) for market in markets], "schema": 1}, sort_keys=True))
        return
    for market in markets:
        told(_about(market), as_json=False)


@app.command()
def add(
    source: Annotated[str, typer.Argument(metavar="FILE", help="JSON as POST /markets takes it.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """List an instrument. It does not trade before ``fairlead markets state SYMBOL CONTINUOUS``.

    Example:  fairlead markets add rain.json --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.list_market(_definition(source)), url=url, email=email, as_json=as_json)


@app.command()
def state(
    symbol: _Symbol,
    to: Annotated[
        str,
        typer.Argument(metavar="STATE", help="PRE_OPEN CONTINUOUS CANCEL_ONLY POST_ONLY HALTED CLOSED DELISTED."),
    ],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Open, suspend, close or delist a market; DELISTED is for ever. Its calendar waits from then on.

    Example:  fairlead markets state RAIN CONTINUOUS --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _changed(operator_calls.set_market_state(symbol, to), url=url, email=email, as_json=as_json)


@app.command()
def halt(
    symbol: _Symbol,
    *,
    reason: _Reason,
    email: Email = None,
    for_s: Annotated[int, typer.Option("--for", metavar="SECONDS", help="0: until somebody resumes it.")] = 0,
    two_person: Annotated[bool, typer.Option("--two-person", help="Another operator has to resume it.")] = False,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Stop trading; orders stay, new ones are refused.

    Example:  fairlead markets halt AAPL --reason news --for 300 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    call = operator_calls.halt(symbol, reason=reason, duration_s=for_s, two_person=two_person)
    _done(call, url=url, email=email, as_json=as_json)


@app.command()
def resume(
    symbol: _Symbol,
    *,
    reason: _Reason,
    email: Email = None,
    auction: Annotated[bool, typer.Option("--auction", help="Through an auction instead of at once.")] = False,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Let a halted market trade again.

    Example:  fairlead markets resume AAPL --reason checked --auction --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.resume(symbol, reason=reason, auction=auction), url=url, email=email, as_json=as_json)


@app.command()
def outcome(
    symbol: _Symbol,
    no_asset: Annotated[str, typer.Argument(metavar="NO", help="The asset that pays if the event does not happen.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Make a market that never opened that of an event; its highest price has to be below 1.

    Example:  fairlead markets outcome RAIN NO-RAIN --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.set_outcome(symbol, no_asset=no_asset), url=url, email=email, as_json=as_json)


@app.command()
def settle(
    symbol: _Symbol,
    yes_pays: Annotated[str, typer.Argument(metavar="AMOUNT", help="What one YES pays, from 0 to 1.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Pay the end of an event, for ever: every YES and NO is paid for and the market is delisted.

    Example:  fairlead markets settle RAIN 1 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.settle_outcome(symbol, yes_pays), url=url, email=email, as_json=as_json)


@app.command()
def void(symbol: _Symbol, *, email: Email = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Undo every trade of an event, for ever: everybody gets back what they paid, fees too.

    Example:  fairlead markets void RAIN --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.void_outcome(symbol), url=url, email=email, as_json=as_json)


@app.command()
def ticks(
    symbol: _Symbol,
    grid: Annotated[str, typer.Argument(metavar="GRID", help="A step, or FROM:STEP by ascending price.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Change the price grid; open orders with prices off it are cancelled (TICK_CHANGE), all others stay.

    Example:  fairlead markets ticks BTC-USD 0:0.01,100:0.05 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    parts = [part.rpartition(":") for part in grid.split(",")]
    call = operator_calls.set_ticks(symbol, [(start or "0", step) for start, _, step in parts])
    _changed(call, url=url, email=email, as_json=as_json)


@app.command()
def fees(
    schedule: Annotated[int, typer.Argument(metavar="SCHEDULE", min=0, max=65_535, help="Its number.")],
    *,
    maker_ppm: Annotated[int, typer.Option(metavar="PPM", help="Of the resting order; negative is a rebate.")],
    taker_ppm: Annotated[int, typer.Option(metavar="PPM", help="Of the incoming order.")],
    base: Annotated[
        str,
        typer.Option(metavar="BASE", help="NOTIONAL; in markets of events VARIANCE: quantity x p x (1 - p)."),
    ] = "NOTIONAL",
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Set rates of a fee schedule, in parts per million, for trades from then on.

    Example:  fairlead markets fees 1 --maker-ppm -10 --taker-ppm 250 --email ops@example.com
    Example:  fairlead markets fees 1 --base VARIANCE --maker-ppm 0 --taker-ppm 70000 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    call = operator_calls.set_fees(schedule, maker_ppm=maker_ppm, taker_ppm=taker_ppm, base=base)
    _done(call, url=url, email=email, as_json=as_json)


@app.command("account-fees")
def account_fees(
    account: Annotated[int, typer.Argument(metavar="ACCOUNT", min=1, help="The account of a user.")],
    schedule: Annotated[int, typer.Argument(metavar="SCHEDULE", min=0, max=65_535, help="One that was set, or 0.")],
    *,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Let an account pay by another fee schedule, for trades from then on.

    Example:  fairlead markets account-fees 1002 1 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.set_account_fees(account, schedule), url=url, email=email, as_json=as_json)


@app.command("account-limits")
def account_limits(
    account: Annotated[int, typer.Argument(metavar="ACCOUNT", min=1, help="The account of a user.")],
    *,
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="In this market; in all by default.")] = None,
    limits: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A limit as the API names it; repeat it.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Lift them all.")] = False,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show the limits of an account, or replace all of them.

    Example:  fairlead markets account-limits 1002 --set ordersPerS=50 --set openOrdersMax=200 --email risk@example.com
    Example:  fairlead markets account-limits 1002 --symbol ABC-USD --set maxQuantity=10 --email risk@example.com
    Example:  fairlead markets account-limits 1002 --email risk@example.com
    """
    from fairlead.sdk import operator_calls

    if not limits and not clear:
        with asking(url, email=email) as client:
            _tell(client.ask(operator_calls.fetch_limits(account)), as_json=as_json)
        return
    if limits and clear:
        raise UsageError("--set and --clear contradict each other: give one of them")
    call = operator_calls.set_limits(account, dict(map(_named, limits or ())), symbol=symbol)
    _done(call, url=url, email=email, as_json=as_json)


@app.command()
def bust(trade_id: _Trade, *, email: Email = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take a trade back: money, assets and fees are as if it had never been; its orders stay what they are.

    Example:  fairlead markets bust 1043 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    _done(operator_calls.bust_trade(trade_id), url=url, email=email, as_json=as_json)


@app.command()
def correct(
    trade_id: _Trade,
    *,
    price: Annotated[
        str | None, typer.Option(metavar="PRICE", help="What it was made at; as it is by default.")
    ] = None,
    quantity: Annotated[
        str | None, typer.Option(metavar="QTY", help="At most what it is; as it is by default.")
    ] = None,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Let a trade stand at another price or for less; its fees follow.

    Example:  fairlead markets correct 1043 --price 99.95 --email ops@example.com
    """
    from fairlead.sdk import operator_calls

    call = operator_calls.correct_trade(trade_id, price=price, quantity=quantity)
    _done(call, url=url, email=email, as_json=as_json)


def _named(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise UsageError(f"a limit is NAME=VALUE: value={text[:64]}")
    # Whole numbers and truths are JSON; a decimal is text, so that no digit is lost.
    is_json = value in {"true", "false"} or value.isdecimal()
    return name, json.loads(value) if is_json else value


def _tell(limits: Limits, *, as_json: bool) -> None:
    import msgspec

    about = json.loads(msgspec.json.encode(limits, enc_hook=lambda time: time.utc.isoformat()))
    for line in [about] if as_json else [about["limits"], *about["markets"]]:
        told(line if as_json else {"account": limits.account} | line, as_json=as_json)


def _definition(source: str) -> dict[str, Any]:
    try:
        read = json.loads(Path(source).read_bytes(), parse_float=str)
    except OSError as error:
        raise NotFoundError(f"the definition cannot be read: file={source} why={error.strerror}") from None
    except ValueError as error:
        raise DataError(f"the definition is no JSON: file={source} why={error}") from None
    if not isinstance(read, dict):
        raise DataError(f"the definition is no JSON object: file={source}")
    return read


def _done(call: Call[Done], *, url: str, email: str | None, as_json: bool) -> None:
    with asking(url, email=email) as client:
        answer = client.ask(call)
    told({"seq": answer.seq, "time": answer.time.utc.isoformat()}, as_json=as_json)


def _changed(call: Call[Market], *, url: str, email: str | None, as_json: bool) -> None:
    with asking(url, email=email) as client:
        market = client.ask(call)
    told(_about(market), as_json=as_json)


def _about(market: Market) -> dict[str, str | None]:
    return {
        "symbol": market.symbol,
        "state": market.state,
        "ticks": ",".join(f"{band.from_price:f}:{band.tick_size:f}" for band in market.ticks),
        "last_price": None if market.last_price is None else f"{market.last_price:f}",
        "no_asset": market.no_asset,
    }
