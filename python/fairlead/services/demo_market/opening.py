"""Opens the demo market: assets, instruments, accounts and their money, each once however often it is begun.

The data directory is the demo's own: assets and accounts of it are made first, in one order, and so have known numbers.
"""

from collections.abc import Sequence
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.demo_market.shapes import QUOTE, QUOTE_DECIMALS, SHAPES, Shape
from fairlead.wire.codec import Value

__all__ = ["FIRST_ACCOUNT", "fund", "open_market"]

# The exchange numbers accounts from here on.
FIRST_ACCOUNT: Final = 1
_EVENTS: Final = tuple(shape for shape in SHAPES if shape.no is not None)
_MAX_LOTS: Final = 100_000
_MONEY_MAX: Final = 10**30
_SLIPPAGE_BPS: Final = 100


async def open_market(front: Front, feed: MarketFeed, *, accounts: Sequence[str], seed: int) -> None:
    """Make what is not there yet, and let it trade. Money is not given here: see ``fund``.

    Args:
        front: the session that may do everything.
        feed: which instruments there are.
        accounts: names of the agents' accounts, in the order of their numbers.
        seed: seeds the refills of icebergs.

    Raises:
        UnavailableError: the exchange does not answer, or refuses what a directory of the demo's own has room for.
    """
    await _ask(front, "AddAsset", {"symbol": QUOTE, "decimals": QUOTE_DECIMALS})
    numbers = {shape.base: await _asset(front, shape.base, shape, place) for place, shape in enumerate(SHAPES, 1)}
    for place, shape in enumerate(_EVENTS, 1 + len(SHAPES)):
        numbers[str(shape.no)] = await _asset(front, str(shape.no), shape, place)
    for place, name in enumerate(accounts):
        added = await _ask(front, "AddAccount", {"name": name, "kind": "Cash", "stp_group": 0, "fees": 0})
        number = added.fields.get("account")
        if not added.is_rejected and number != FIRST_ACCOUNT + place:
            raise UnavailableError(
                f"the directory is not the demo's own: account={number!r} expected={FIRST_ACCOUNT + place} name={name}"
            )
    for shape in SHAPES:
        if not feed.instruments.knows(shape.symbol):
            await _ask(front, "ListInstrument", _definition(shape, numbers[shape.base], seed), entries=_ticks(shape))
    listed = await feed.refresh_instruments()
    for shape in _EVENTS:
        listing = listed.listing(shape.symbol)
        if listing.no is None:
            await _ask(front, "SetOutcome", {"instrument": listing.id, "no": numbers[str(shape.no)]})
    for instrument in await _waiting(feed):
        await _ask(front, "SetTradingState", {"instrument": instrument, "state": "Continuous"})


async def fund(front: Front, *, accounts: Sequence[int], units: int) -> None:
    """Put ``units`` of every asset of the demo into these accounts; what pays on an event they have to trade for.

    Raises:
        UnavailableError: the exchange does not answer or refuses.
    """
    decimals = {0: QUOTE_DECIMALS}
    decimals |= {asset: shape.qty_decimals for asset, shape in enumerate(SHAPES, 1) if shape.no is None}
    for account in accounts:
        for asset, places in decimals.items():
            fields: dict[str, Value] = {"account": account, "asset": asset, "amount": units * 10**places}
            report = await front.command("Deposit", fields)
            if report.is_rejected:
                raise UnavailableError(f"no deposit: account={account} asset={asset} reason={report.reason}")


async def _asset(front: Front, symbol: str, shape: Shape, place: int) -> int:
    """Make an asset; return its number, which is its place where an earlier start made it."""
    added = await _ask(front, "AddAsset", {"symbol": symbol, "decimals": shape.qty_decimals})
    return place if added.is_rejected else added.id


async def _waiting(feed: MarketFeed) -> list[int]:
    """The demo's instruments that were listed and never opened."""
    listed = await feed.refresh_instruments()
    told = [listed.definition(shape.symbol).fields for shape in SHAPES]
    return [int(str(fields["instrument"])) for fields in told if fields["state"] == "PreListed"]


async def _ask(front: Front, kind: str, fields: dict[str, Value], entries: tuple[dict[str, Value], ...] = ()) -> Report:
    report = await front.command(kind, fields, entries=entries)
    # An earlier start did it already.
    if report.is_rejected and report.reason != "DUPLICATE_NAME":
        raise UnavailableError(
            f"the demo market does not open: kind={kind} reason={report.reason} value={report.value} "
            f"limit={report.limit}"
        )
    return report


def _definition(shape: Shape, base: int, seed: int) -> dict[str, Value]:
    anchor = shape.anchor_ticks * shape.tick
    return {
        "symbol": shape.symbol,
        "base": base,
        "quote": 0,
        "price_decimals": shape.price_decimals,
        "qty_decimals": shape.qty_decimals,
        "lot_size": 1,
        "min_qty": 1,
        "max_qty": shape.round_lot * _MAX_LOTS,
        "min_notional": 0,
        "max_notional": _MONEY_MAX,
        "min_price": shape.tick,
        "max_price": shape.ticks_max * shape.tick,
        "allow_negative": False,
        "previous_close": anchor,
        "allocation": "Fifo",
        "stp_default": "CancelOldest",
        "max_slippage_bps": _SLIPPAGE_BPS,
        "seed": seed,
    }


def _ticks(shape: Shape) -> tuple[dict[str, Value], ...]:
    return ({"from": 0, "tick": shape.tick},)
