"""What operators do to markets: each is one command in the log of the exchange, under the number of who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.markets.accounts import AccountCommands
from fairlead.services.markets.assets import Assets
from fairlead.services.markets.grid import bands, positive
from fairlead.wire.codec import Value

__all__ = ["NewMarket", "Scope", "VenueControl"]

_NS_PER_S: Final = 1_000_000_000
_MONEY_MAX: Final = 10**30
_FEES: Final = {"NOTIONAL": "SetFees", "VARIANCE": "SetVarianceFees"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a kill switch stops: ``VENUE``, ``SYMBOL`` with a symbol, or ``ACCOUNT`` with an account."""

    kind: str
    symbol: str | None = None
    account: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMarket:
    """An instrument to be listed; prices in the quote asset, quantities in the base asset."""

    symbol: str
    base_asset: str
    base_decimals: int
    quote_asset: str
    quote_decimals: int
    price_decimals: int
    quantity_decimals: int
    tick_size: Decimal
    lot_size: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    min_price: Decimal
    max_price: Decimal


class VenueControl:
    """Commands of operators. What the exchange refuses is a report that says so.

    Every method may raise ``UnavailableError``: no answer in time, the outcome is in doubt; look before doing it again.
    Those about an account raise ``UnknownAccountError`` where nobody has one of that number.

    Args:
        front: the session that may do everything.
        feed: which instruments there are.
        assets: which assets there are.
        accounts: sends what is about an account.
    """

    def __init__(self, front: Front, *, feed: MarketFeed, assets: Assets, accounts: AccountCommands) -> None:
        self._front, self._feed, self._assets, self._accounts = front, feed, assets, accounts

    async def halt(self, symbol: str, *, operator: int, note: str, duration_s: int, two_person: bool) -> Report:
        """Stop trading; ``duration_s`` 0: until somebody resumes it, another operator where ``two_person``."""
        fields: dict[str, Value] = {
            "instrument": self._id(symbol),
            "duration_ns": duration_s * _NS_PER_S,
            "two_person": two_person,
            "operator": operator,
            "note": note,
        }
        return await self._front.command("Halt", fields)

    async def resume(self, symbol: str, *, operator: int, note: str, auction: bool) -> Report:
        """End a halt, at once or through an auction."""
        fields: dict[str, Value] = {
            "instrument": self._id(symbol),
            "auction": auction,
            "operator": operator,
            "note": note,
        }
        return await self._front.command("Resume", fields)

    async def kill(self, scope: Scope, *, operator: int, note: str, reducing: bool) -> Report:
        """Cancel every order of a scope and let no new one in, but reduce-only ones where ``reducing``."""
        fields = self._scope(scope) | {"reducing": reducing, "operator": operator, "note": note}
        return await self._of_scope("KillSwitch", fields, scope)

    async def release(self, scope: Scope, *, operator: int, note: str) -> Report:
        """Let orders of a scope in again; another operator than the one who stopped it."""
        fields = self._scope(scope) | {"operator": operator, "note": note}
        return await self._of_scope("Rearm", fields, scope)

    async def set_state(self, symbol: str, state: str) -> Report:
        """Move a market to a trading state, in the words of the wire."""
        return await self._front.command("SetTradingState", {"instrument": self._id(symbol), "state": state})

    async def set_ticks(self, symbol: str, grid: Sequence[tuple[Decimal, Decimal]]) -> Report:
        """Give a market another price grid; orders with prices off it are cancelled.

        Args:
            symbol: the market.
            grid: pairs of a first price and the step from there on, ascending.

        Raises:
            UsageError: that is no grid.
        """
        listing = self._feed.instruments.listing(symbol)
        entries = bands(grid, listing.price_decimals)
        report = await self._front.command("SetTicks", {"instrument": listing.id}, entries=entries)
        if not report.is_rejected:
            await self._feed.refresh_instruments()
        return report

    async def set_fees(self, schedule: int, *, maker_ppm: int, taker_ppm: int, base: str) -> Report:
        """Set rates of a fee schedule, in parts per million of ``NOTIONAL`` or, in markets of events, ``VARIANCE``."""
        fields: dict[str, Value] = {
            "schedule": schedule,
            "rates.maker_ppm": maker_ppm,
            "rates.taker_ppm": taker_ppm,
        }
        return await self._front.command(_FEES[base], fields)

    async def set_account_fees(self, account: int, schedule: int) -> Report:
        """Let an account pay by another fee schedule."""
        fields: dict[str, Value] = {"account": account, "schedule": schedule}
        return await self._accounts.send("SetAccountFees", fields, account=account)

    async def list_market(self, market: NewMarket) -> Report:
        """List an instrument, its assets too where there is no market of them; it does not trade before it is opened.

        Raises:
            RequestError: a number is not above 0, or does not lie on the grid of its decimals.
        """
        fields = _definition(market)
        ticks = bands([(Decimal(0), market.tick_size)], market.price_decimals)
        for side in ("base", "quote"):
            asset = await self._assets.number(
                getattr(market, f"{side}_asset"), decimals=getattr(market, f"{side}_decimals")
            )
            if isinstance(asset, Report):
                return asset
            fields[side] = asset
        report = await self._front.command("ListInstrument", fields, entries=ticks)
        if not report.is_rejected:
            await self._feed.refresh_instruments()
        return report

    async def _of_scope(self, kind: str, fields: dict[str, Value], scope: Scope) -> Report:
        if scope.account is None:
            return await self._front.command(kind, fields)
        return await self._accounts.send(kind, fields, account=scope.account)

    def _scope(self, scope: Scope) -> dict[str, Value]:
        if scope.kind == "SYMBOL" and scope.symbol is not None:
            return {"scope": "Instrument", "scope_id": self._id(scope.symbol)}
        if scope.kind == "ACCOUNT" and scope.account is not None:
            return {"scope": "Account", "scope_id": scope.account}
        return {"scope": "All"}

    def _id(self, symbol: str) -> int:
        return self._feed.instruments.listing(symbol).id


def _definition(market: NewMarket) -> dict[str, Value]:
    def price(value: Decimal, field: str) -> int:
        return positive(value, market.price_decimals, field=field)

    def qty(value: Decimal, field: str) -> int:
        return positive(value, market.quantity_decimals, field=field)

    return {
        "symbol": market.symbol,
        "price_decimals": market.price_decimals,
        "qty_decimals": market.quantity_decimals,
        "lot_size": qty(market.lot_size, "lotSize"),
        "min_qty": qty(market.min_quantity, "minQuantity"),
        "max_qty": qty(market.max_quantity, "maxQuantity"),
        "min_notional": 0,
        "max_notional": _MONEY_MAX,
        "min_price": price(market.min_price, "minPrice"),
        "max_price": price(market.max_price, "maxPrice"),
        "allow_negative": False,
        "allocation": "Fifo",
        "stp_default": "CancelOldest",
        "max_slippage_bps": 1_000,
        "seed": 0,
    }
