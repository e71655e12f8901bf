"""Fairlead in batches: NumPy records of 1,000 commands a call, events back as records."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from drivers.fairlead_calls import LOTS_MORE, SYMBOL, open_exchange
from drivers.workload import ADD, CANCEL, IOC, N_ACCOUNTS, REDUCE, REPLACE_IN_PLACE, Fill, Record, Workload
from fairlead.model.batch import COMMAND_FIELDS, EVENT_KINDS, OPS, TIFS

BATCH = 1_000
_TRADE = EVENT_KINDS.index("trade")
_FIELDS = [name for name, _ in COMMAND_FIELDS]


class BatchCalls:
    """``exchange.run``: the arrays are filled before the clock starts, as a caller fills them from its own data."""

    def __init__(self, workload: Workload) -> None:
        """Start an empty exchange."""
        self._exchange = open_exchange(history_max=0)
        # NumPy's stubs for Python 3.11 do not say that an array is a buffer.
        self._run: Callable[[Any], Any] = self._exchange.run
        self._first_account = self._exchange.account_id("0")
        self._instrument = self._exchange.instrument_id(SYMBOL)
        self._measured = workload.measured
        self._batches = self._arrays(workload.measured)

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records; those of the measured part are there as arrays."""
        run = self._run
        for batch in self._batches if records is self._measured else self._arrays(records):
            run(batch)

    def run_reported(self, records: Sequence[Record]) -> list[Fill]:
        """Carry out records and read the fills from the events."""
        fills: list[Fill] = []
        for batch in self._arrays(records):
            events = self._run(batch)
            trades = events[events["kind"] == _TRADE]
            sells = trades["side"] == 1
            makers = np.where(sells, trades["order_id"], trades["other_order_id"])
            takers = np.where(sells, trades["other_order_id"], trades["order_id"])
            columns = (makers.tolist(), takers.tolist(), trades["px"].tolist(), trades["qty"].tolist())
            fills += zip(*columns, strict=True)
        return fills

    def resting(self) -> int:
        """Count the open orders of all accounts."""
        return sum(len(self._exchange.open_orders(account=str(number))) for number in range(N_ACCOUNTS))

    def _arrays(self, records: Sequence[Record]) -> "list[np.ndarray[Any, Any]]":
        return [self._array(records[at : at + BATCH]) for at in range(0, len(records), BATCH)]

    def _array(self, records: Sequence[Record]) -> "np.ndarray[Any, Any]":
        rows = [self._row(**values) for record in records for values in self._commands(record)]
        return np.array(rows, dtype=COMMAND_FIELDS)

    def _row(self, **values: int) -> tuple[int, ...]:
        return tuple(values.get(name, 0) for name in _FIELDS)

    def _commands(self, record: Record) -> Iterable[dict[str, int]]:
        order_id, px, qty, account, command, side, _ = record
        named = {"account": self._first_account + account, "instrument": self._instrument}
        if command in (ADD, IOC):
            tif = TIFS["ioc" if command == IOC else "gtc"]
            yield {**named, "op": OPS["limit"], "side": side, "tif": tif, "px": px, "qty": qty}
        elif command == CANCEL:
            yield {**named, "op": OPS["cancel"], "target": order_id}
        elif command == REDUCE:
            yield {**named, "op": OPS["reduce"], "target": order_id, "qty": qty}
        else:
            if command == REPLACE_IN_PLACE:
                yield {**named, "op": OPS["replace"], "target": order_id, "px": px, "qty": LOTS_MORE}
            yield {**named, "op": OPS["replace"], "target": order_id, "px": px, "qty": qty}
