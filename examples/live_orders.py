"""Hears its own order events over a live connection, enters an order, changes and cancels it, and says each event.

Usage: VENUE_URL=http://127.0.0.1:8080 VENUE_EMAIL=... VENUE_PASSWORD=... python examples/live_orders.py BTC-USD
"""

import asyncio
import os
import sys
from contextlib import aclosing
from itertools import count

import fairlead
from fairlead.sdk import OrderEvent


async def main(symbol: str) -> None:
    """Run the life of one order."""
    url, email, password = (os.environ[name] for name in ("VENUE_URL", "VENUE_EMAIL", "VENUE_PASSWORD"))
    async with (
        fairlead.AsyncClient(url, email=email, password=password) as client,
        client.live() as live,
        aclosing(live.book(symbol, levels=5)) as books,
        aclosing(live.events(resume_from="0.0.0")) as events,
    ):
        below = (await anext(books)).bids[-1].price - 5
        order = await live.create_order(symbol, "BUY", "LIMIT", "0.01", below)
        await live.amend_order(order.order_id, quantity="0.02")
        await live.cancel_order(order.order_id)
        for number in count(1):
            event = await anext(events)
            assert isinstance(event, OrderEvent), "balances were not asked for"
            print(f"{number} {event.position} {event.type} {event.data.order_id}")
            # A program keeps event.position with what it makes of the event, and gives it as resume_from next time.
            if (event.type, event.data.order_id) == ("ORDER_CANCELED", order.order_id):
                return


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
