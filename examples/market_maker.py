"""Quotes both sides of a market for some rounds: an example of how to stay safe, not of how to earn.

Usage: VENUE_URL=http://127.0.0.1:8080 VENUE_EMAIL=... VENUE_PASSWORD=... python examples/market_maker.py BTC-USD 10
"""

import asyncio
import os
import sys
from decimal import ROUND_FLOOR, Decimal

from fairlead import AsyncClient
from fairlead.sdk import Market, NewOrder, RateLimitedError, UnavailableError

EDGE_BPS = Decimal(20)
ROUND_S = 0.5
# Where this program dies, its quotes are gone this long after.
TIMER_MS = 10_000


def quotes(market: Market, mid: Decimal) -> list[NewOrder]:
    """Return a bid and an offer around ``mid``, rounded away from it."""
    tick, half = market.ticks[-1].tick_size, mid * EDGE_BPS / 10_000
    bid = ((mid - half) / tick).to_integral_value(ROUND_FLOOR) * tick
    ask = -((-mid - half) / tick).to_integral_value(ROUND_FLOOR) * tick
    return [
        NewOrder(
            symbol=market.symbol,
            side=side,
            order_type="LIMIT",
            quantity=market.min_quantity,
            price=price,
            post_only=True,
        )
        for side, price in (("BUY", bid), ("SELL", ask))
    ]


async def turn(client: AsyncClient, market: Market) -> None:
    """Take the quotes of before away and enter new ones."""
    measures = await client.fetch_microstructure(market.symbol)
    await client.cancel_all_after(TIMER_MS)
    await client.cancel_all_orders(symbol=market.symbol)
    if measures.mid is None:
        print("a side is empty: no quotes")
        return
    for outcome in await client.create_orders(quotes(market, measures.mid)):
        if outcome.order is not None:
            print(f"{outcome.order.side} {outcome.order.quantity} at {outcome.order.price}: {outcome.order.status}")
        elif outcome.problem is not None:
            print(f"refused: {outcome.problem.code}")


async def main(symbol: str, rounds: int) -> None:
    """Quote ``rounds`` times, and leave nothing behind."""
    email, password = os.environ["VENUE_EMAIL"], os.environ["VENUE_PASSWORD"]
    async with AsyncClient(os.environ["VENUE_URL"], email=email, password=password) as client:
        market = await client.fetch_market(symbol)
        try:
            for _ in range(rounds):
                try:
                    await turn(client, market)
                except (RateLimitedError, UnavailableError) as error:
                    # Orders in doubt are cancelled by the next round, and by the timer where there is none.
                    print(f"no quotes: {error.code}")
                await asyncio.sleep(ROUND_S)
        finally:
            # The timer stays: it also takes what arrives after this.
            await client.cancel_all_orders(symbol=symbol)
        for position in await client.fetch_positions():
            print(f"{position.symbol} {position.side} {position.quantity} pnl={position.unrealized_pnl}")
        await client.log_out()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
