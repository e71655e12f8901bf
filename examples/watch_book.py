"""Prints the best bid and ask of a market each time its book has moved.

Usage: VENUE_URL=http://127.0.0.1:8080 python examples/watch_book.py BTC-USD 10
"""

import os
import sys
from itertools import islice

import fairlead


def main(symbol: str, count: int) -> None:
    """Print ``count`` books."""
    with fairlead.RestClient(os.environ["VENUE_URL"]) as client:
        for book in islice(client.watch_order_book(symbol, levels=1), count):
            bid = f"{book.bids[0].quantity} at {book.bids[0].price}" if book.bids else "none"
            ask = f"{book.asks[0].quantity} at {book.asks[0].price}" if book.asks else "none"
            print(f"{book.epoch}/{book.seq} {book.state} bid {bid}, ask {ask}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
