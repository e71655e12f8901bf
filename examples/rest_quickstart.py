"""Looks at a market, then enters, changes and cancels an order.

Usage: VENUE_URL=http://127.0.0.1:8080 VENUE_EMAIL=... VENUE_PASSWORD=... python examples/rest_quickstart.py BTC-USD
"""

import asyncio
import os
import sys

import fairlead


async def main(symbol: str) -> None:
    """Trade a little of ``symbol``."""
    email, password = os.environ["VENUE_EMAIL"], os.environ["VENUE_PASSWORD"]
    async with fairlead.AsyncClient(os.environ["VENUE_URL"], email=email, password=password) as client:
        market = await client.fetch_market(symbol)
        book = await client.fetch_order_book(symbol, levels=5)
        print(f"{symbol} {market.state}: bid {book.bids[0].price}, ask {book.asks[0].price}")

        # Far below the market: it waits in the book. Without an id of ours the client gives it one.
        price = book.bids[-1].price - 10 * market.ticks[-1].tick_size
        order = await client.create_order(symbol, "BUY", "LIMIT", market.min_quantity, price, post_only=True)
        order = await client.amend_order(order.order_id, quantity=2 * market.min_quantity)
        print(f"open: {[(one.order_id, str(one.quantity)) for one in await client.fetch_open_orders(symbol)]}")
        order = await client.cancel_order(order.order_id)
        print(f"{order.order_id} is {order.status}, {order.filled_quantity} of it traded")

        try:
            await client.create_order(symbol, "BUY", "LIMIT", 10 * market.max_quantity, price)
        except fairlead.ApiError as error:
            print(f"refused: {error.code} field={error.field} value={error.value} limit={error.limit}")
        await client.log_out()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
