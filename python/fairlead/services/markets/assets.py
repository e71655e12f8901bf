"""The assets of the exchange by name; one that is not there yet is made."""

from fairlead.errors import UsageError
from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed

__all__ = ["Assets"]


class Assets:
    """Which assets there are.

    Args:
        front: the session that may make one.
        feed: the instruments, which name the others.
    """

    def __init__(self, front: Front, *, feed: MarketFeed) -> None:
        self._front, self._feed = front, feed
        # By name: number and decimals. A listing that was refused leaves its asset there, without a market to tell it.
        self._made: dict[str, tuple[int, int]] = {}

    async def number(self, symbol: str, *, decimals: int) -> int | Report:
        """Return the number of an asset: that of a market, or made; or the report that refused it.

        Raises:
            UsageError: it is there with other decimals.
            UnavailableError: no answer in time; it was made or not.
        """
        known = dict(self._made)
        for listing in (await self._feed.refresh_instruments()).listings.values():
            assets = (listing.base, listing.quote, listing.no)
            known.update((it.symbol, (it.id, it.decimals)) for it in assets if it is not None)
        if symbol in known:
            number, has = known[symbol]
            if has != decimals:
                raise UsageError(f"decimals of an asset do not change: asset={symbol} decimals={decimals} limit={has}")
            return number
        report = await self._front.command("AddAsset", {"symbol": symbol, "decimals": decimals})
        if report.is_rejected:
            return report
        self._made[symbol] = (report.id, decimals)
        return report.id
