"""What risk managers set for an account: one command in the log of the exchange each, in force from then on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.domain.limits.standing import AccountLimits, MarketLimits, bursts
from fairlead.model.report import Report
from fairlead.ports.account_limits import KeptLimits, LimitsBook
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.markets.accounts import AccountCommands
from fairlead.services.markets.grid import positive
from fairlead.wire.codec import Value

__all__ = ["LimitsDesk"]

_NS_PER_MS: Final = 1_000_000


class LimitsDesk:
    """Sets and tells limits of accounts. What the exchange refuses is a report that says so.

    The exchange keeps limits and does not tell them; they are told as they were set here. Where an answer is lost,
    setting the same again brings both together.

    Args:
        commands: the session that may do everything, as far as accounts go.
        feed: which instruments there are.
        book: what was set.
    """

    def __init__(self, commands: AccountCommands, *, feed: MarketFeed, book: LimitsBook) -> None:
        self._commands, self._feed, self._book = commands, feed, book

    async def of(self, account: int) -> Sequence[KeptLimits]:
        """Return what was set for an account: over all markets first, then by symbol."""
        return await self._book.of(account)

    async def set_account(self, account: int, limits: AccountLimits, *, by: str) -> Report:
        """Replace the limits of an account over all markets; its buckets are full again.

        Raises:
            UsageError: they do not go together.
            UnknownAccountError: nobody has an account of that number.
            UnavailableError: no answer in time, or it is not kept; set the same again.
        """
        orders_burst, cancels_burst = bursts(limits)
        fields: dict[str, Value] = {
            "account": account,
            "limits.orders.per_second": limits.orders_per_s or 0,
            "limits.orders.burst": orders_burst,
            "limits.cancels.per_second": limits.cancels_per_s or 0,
            "limits.cancels.burst": cancels_burst,
            "limits.open_orders_max": limits.open_orders_max or 0,
            "limits.duplicate_ns": (limits.duplicate_ms or 0) * _NS_PER_MS,
        }
        report = await self._commands.send("SetAccountLimits", fields, account=account)
        return await self._taken(report, account=account, symbol=None, limits=limits, by=by)

    async def set_market(self, account: int, symbol: str, limits: MarketLimits, *, by: str) -> Report:
        """Replace the limits of an account in a market.

        Raises:
            RequestError: a number is not above 0 or has more digits than the market keeps.
            UnknownAccountError: nobody has an account of that number.
            UnknownSymbolError: it has no such market.
            UnavailableError: no answer in time, or it is not kept; set the same again.
        """
        listing = self._feed.instruments.listing(symbol)

        def scaled(value: Decimal | None, decimals: int, field: str) -> int | None:
            return None if value is None else positive(value, decimals, field=field)

        fields: dict[str, Value] = {
            "account": account,
            "instrument": listing.id,
            "limits.max_qty": scaled(limits.max_quantity, listing.qty_decimals, "maxQuantity"),
            "limits.max_value": scaled(limits.max_value, listing.quote.decimals, "maxValue"),
            "limits.collar_bps": limits.collar_bps,
            "limits.position_max": scaled(limits.position_max, listing.qty_decimals, "positionMax"),
            "limits.restricted": limits.is_restricted,
        }
        report = await self._commands.send("SetInstrumentLimits", fields, account=account)
        return await self._taken(report, account=account, symbol=symbol, limits=limits, by=by)

    async def _taken(
        self, report: Report, *, account: int, symbol: str | None, limits: AccountLimits | MarketLimits, by: str
    ) -> Report:
        if report.is_rejected:
            return report
        await self._book.keep(
            KeptLimits(account=account, symbol=symbol, limits=limits, set_by=by, set_ts_ns=report.ts_ns)
        )
        return report
