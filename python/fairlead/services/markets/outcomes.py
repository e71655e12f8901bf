"""Markets of events: what operators do to them, and the pairs of YES and NO that users pay for or give back."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from fairlead.domain.trading.refused import Scales
from fairlead.errors import NotFoundError
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.outcome_history import OutcomeHistory, OutcomeLine
from fairlead.services.markets.assets import Assets
from fairlead.services.markets.grid import on_grid, positive
from fairlead.wire.codec import Value

__all__ = ["Outcomes"]


class Outcomes:
    """Markets of events. What the exchange refuses is a report that says so.

    Every method may raise ``NotFoundError``: there is no such market; and those that change something
    ``UnavailableError``: no answer in time, the outcome is in doubt; look before doing it again.

    Args:
        front: the session that may do everything.
        feed: which instruments there are.
        assets: which assets there are.
        history: what became of these markets.
        reached: waits, a moment at most, until a report is in the tables that ``history`` reads.
    """

    def __init__(
        self,
        front: Front,
        *,
        feed: MarketFeed,
        assets: Assets,
        history: OutcomeHistory,
        reached: Callable[[Position], Awaitable[bool]],
    ) -> None:
        self._front, self._feed, self._assets, self._history = front, feed, assets, history
        self._reached, self._newest = reached, BEGINNING

    async def told(self, symbol: str) -> OutcomeLine:
        """Return a market of an event as the tables have it: with all that was done here, trades a moment later."""
        await self._reached(self._newest)
        line = await self._history.outcome(symbol)
        if line is None:
            raise NotFoundError(f"no market of an event: symbol={symbol}")
        return line

    async def begin(self, symbol: str, *, no_asset: str) -> Report:
        """Make a market that never traded that of an event; its other asset is made where it is not there."""
        listing = self._listing(symbol)
        number = await self._assets.number(no_asset, decimals=listing.base.decimals)
        if isinstance(number, Report):
            return number
        report = await self._command("SetOutcome", {"instrument": listing.id, "no": number})
        if not report.is_rejected:
            await self._feed.refresh_instruments()
        return report

    async def settle(self, symbol: str, *, yes_pays: Decimal) -> Report:
        """End it: a YES pays so much, a NO the rest of 1."""
        listing = self._listing(symbol)
        return await self._resolve(listing, on_grid(yes_pays, listing.price_decimals, field="yesPays"))

    async def void(self, symbol: str) -> Report:
        """End it: every trade is undone and every fee given back."""
        return await self._resolve(self._listing(symbol), None)

    async def mint(self, account: int, symbol: str, *, quantity: Decimal) -> Report:
        """Pay 1 for each pair."""
        return await self._move(account, symbol, quantity, merge=False)

    async def merge(self, account: int, symbol: str, *, quantity: Decimal) -> Report:
        """Give pairs back, for 1 each."""
        return await self._move(account, symbol, quantity, merge=True)

    def scales(self, symbol: str) -> Scales:
        """Return what the numbers of a refusal in a market mean."""
        it = self._listing(symbol)
        return Scales.of(it)

    async def _resolve(self, listing: Listing, weight: int | None) -> Report:
        return await self._command("ResolveOutcome", {"instrument": listing.id, "weight": weight})

    async def _move(self, account: int, symbol: str, quantity: Decimal, *, merge: bool) -> Report:
        listing = self._listing(symbol)
        fields: dict[str, Value] = {
            "account": account,
            "instrument": listing.id,
            "qty": positive(quantity, listing.qty_decimals, field="quantity"),
            "merge": merge,
        }
        return await self._command("MovePairs", fields)

    async def _command(self, kind: str, fields: dict[str, Value]) -> Report:
        report = await self._front.command(kind, fields)
        if report.position is not None:
            self._newest = max(self._newest, report.position)
        return report

    def _listing(self, symbol: str) -> Listing:
        return self._feed.instruments.listing(symbol)
