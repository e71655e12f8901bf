"""The order book of the package ``bourse``: one instrument, ids given by the book, time set by the caller."""

from collections.abc import Sequence
from importlib import import_module

from drivers.workload import CANCEL, IOC, REDUCE, REPLACE, REPLACE_IN_PLACE, Fill, Record, Workload


class Bourse:
    """A book without accounts to speak of: a trader's number is carried, not checked."""

    def __init__(self, workload: Workload) -> None:
        """Start an empty book."""
        # The peer is installed in an environment of its own, which a type checker does not see.
        self._book = import_module("bourse").core.OrderBook(0, 1)
        self._theirs = [0] * (workload.max_id + 1)
        self._ours: list[int] = []
        self._reported = 0

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records; an IOC is a limit order whose rest is canceled at once."""
        book, theirs, ours = self._book, self._theirs, self._ours
        set_time, place, cancel, modify = book.set_time, book.place_order, book.cancel_order, book.modify_order
        for order_id, px, qty, account, command, side, number in records:
            set_time(number + 1)
            if command == CANCEL:
                cancel(theirs[order_id])
            elif command == REDUCE:
                modify(theirs[order_id], new_vol=qty)
            else:
                if command in (REPLACE, REPLACE_IN_PLACE):
                    cancel(theirs[order_id])
                given = place(side == 0, qty, account, price=px)
                theirs[order_id] = given
                ours.append(order_id)
                if command == IOC:
                    cancel(given)

    def run_reported(self, records: Sequence[Record]) -> list[Fill]:
        """Carry out records and return the trades by our ids."""
        self.run(records)
        ours, trades = self._ours, self._book.get_trades()
        fresh, self._reported = trades[self._reported :], len(trades)
        return [(ours[maker], ours[taker], px, qty) for _, _, px, qty, taker, maker in fresh]

    def resting(self) -> int:
        """Count the orders whose status is active."""
        return sum(1 for order in self._book.get_orders() if order[1] == 1)
