"""Fairlead a call a command: the integer handle of an instrument, and the convenient ``submit`` with decimal texts."""

from collections.abc import Sequence

import fairlead
from drivers.workload import ADD, CANCEL, IOC, N_ACCOUNTS, REDUCE, REPLACE_IN_PLACE, Fill, Record, Workload

SYMBOL = "ABC"
SIDES = ("buy", "sell")
# More than any order has: an amend to it sends an order to the back of its queue.
LOTS_MORE = 1_000_000


def open_exchange(*, history_max: int) -> fairlead.Exchange:
    """Return an exchange with one instrument in continuous trading, fees, and the accounts of the workloads."""
    exchange = fairlead.Exchange(history_max=history_max)
    exchange.reserve(orders=20_000, client_ids=2_000_000)
    exchange.list(fairlead.Instrument(SYMBOL, quote="USD", tick_size="0.01", lot_size="1", stp="cancel_newest"))
    exchange.set_fees(maker_ppm=-50, taker_ppm=150)
    for number in range(N_ACCOUNTS):
        exchange.add_account(str(number), kind="credit")
    return exchange


class HandleCalls:
    """``exchange.handle(symbol)``: integers and positional arguments."""

    def __init__(self, workload: Workload) -> None:
        """Start an empty exchange."""
        del workload  # sizes are not asked for
        # A tight loop reads its own returns; it asks for no history of events.
        self._exchange = open_exchange(history_max=0)
        self._handle = self._exchange.handle(SYMBOL)
        self._first_account = self._exchange.account_id("0")

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records; a call that is refused would show in the totals."""
        handle, first = self._handle, self._first_account
        adds, takes = (handle.buy, handle.sell), (handle.buy_ioc, handle.sell_ioc)
        cancel, reduce, replace = handle.cancel, handle.reduce, handle.replace
        for order_id, px, qty, account, command, side, _ in records:
            if command == ADD:
                adds[side](first + account, px, qty)
            elif command == CANCEL:
                cancel(order_id)
            elif command == IOC:
                takes[side](first + account, px, qty)
            elif command == REDUCE:
                reduce(order_id, qty)
            else:
                if command == REPLACE_IN_PLACE:
                    replace(order_id, px, LOTS_MORE)
                replace(order_id, px, qty)

    def run_reported(self, records: Sequence[Record]) -> list[Fill]:
        """Carry out records one by one and collect the fills of each."""
        fills: list[Fill] = []
        for at in range(len(records)):
            self.run(records[at : at + 1])
            fills += [fill[:4] for fill in self._handle.fills()]
        return fills

    def resting(self) -> int:
        """Count the open orders of all accounts."""
        return sum(len(self._exchange.open_orders(account=str(number))) for number in range(N_ACCOUNTS))


class SubmitCalls:
    """``exchange.submit``, ``cancel`` and ``amend`` with names and decimal texts, as the README shows them."""

    _cum_of: dict[int, int] | None = None

    def __init__(self, workload: Workload) -> None:
        """Start an empty exchange; what is filled when an amend is sent is found out once, before any clock."""
        if SubmitCalls._cum_of is None:
            SubmitCalls._cum_of = filled_at_amends(workload)
        self._cum = SubmitCalls._cum_of
        self._exchange = open_exchange(history_max=100_000)
        self._handle = self._exchange.handle(SYMBOL)
        self._names = [str(number) for number in range(N_ACCOUNTS)]
        prices = {record[1] for record in (*workload.preload, *workload.measured)}
        self._texts = {px: f"{px // 100}.{px % 100:02d}" for px in prices}
        self._lots = [str(lots) for lots in range(1_000)]

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records; prices and quantities go in as texts."""
        exchange, names, texts, lots, cum = self._exchange, self._names, self._texts, self._lots, self._cum
        submit, cancel, amend = exchange.submit, exchange.cancel, exchange.amend
        for order_id, px, qty, account, command, side, number in records:
            name = names[account]
            if command == ADD:
                submit(account=name, symbol=SYMBOL, side=SIDES[side], order_qty=lots[qty], price=texts[px])
            elif command == CANCEL:
                cancel(account=name, order_id=order_id)
            elif command == IOC:
                submit(
                    account=name,
                    symbol=SYMBOL,
                    side=SIDES[side],
                    order_qty=lots[qty],
                    price=texts[px],
                    time_in_force="ioc",
                )
            elif command == REDUCE:
                amend(account=name, order_id=order_id, order_qty=cum[number] + qty)
            else:
                if command == REPLACE_IN_PLACE:
                    amend(account=name, order_id=order_id, order_qty=LOTS_MORE)
                amend(account=name, order_id=order_id, order_qty=cum[number] + qty, price=texts[px])

    def run_reported(self, records: Sequence[Record]) -> list[Fill]:
        """Carry out records one by one and collect the fills of each."""
        fills: list[Fill] = []
        for at in range(len(records)):
            self.run(records[at : at + 1])
            fills += [fill[:4] for fill in self._handle.fills()]
        return fills

    def resting(self) -> int:
        """Count the open orders of all accounts."""
        return sum(len(self._exchange.open_orders(account=name)) for name in self._names)


def filled_at_amends(workload: Workload) -> dict[int, int]:
    """Return by record number what was filled of an order when the record amends it, lots."""
    engine, filled, at_amend = HandleCalls(workload), dict[int, int](), dict[int, int]()
    for record in (*workload.preload, *workload.measured):
        order_id, command, number = record[0], record[4], record[6]
        if command not in (ADD, CANCEL, IOC):
            at_amend[number] = filled.get(order_id, 0)
        for maker, taker, _, qty in engine.run_reported([record]):
            filled[maker] = filled.get(maker, 0) + qty
            filled[taker] = filled.get(taker, 0) + qty
    return at_amend
