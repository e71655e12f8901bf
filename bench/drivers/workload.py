"""A workload in memory as Python drivers use it, and what they must offer."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

HEADER_BYTES = 128
HASH_START = 1_469_598_103_934_665_603
HASH_PRIME = 1_099_511_628_211
WORD_MASK = (1 << 64) - 1

# The last one is a replace at the price the order has: an amend may keep its place there, and must not.
ADD, CANCEL, REDUCE, REPLACE, IOC, REPLACE_IN_PLACE = range(6)

# Order id, price in ticks, quantity in lots, number of the account, command, side (0 buys), number of the record.
Record = tuple[int, int, int, int, int, int, int]
# Maker's order id, taker's order id, price in ticks, quantity in lots.
Fill = tuple[int, int, int, int]

N_ACCOUNTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A workload of one symbol.

    Args:
        preload, measured: records before and after the clock starts.
        max_id: largest order id.
    """

    preload: Sequence[Record]
    measured: Sequence[Record]
    max_id: int

    @classmethod
    def read(cls, path: Path) -> "Workload":
        """Read a workload file.

        Raises:
            ValueError: it has more than one symbol.
        """
        content = path.read_bytes()
        n_pre, _, max_id, _, n_sym = struct.unpack_from("<5Q", content, 8)
        if n_sym != 1:
            raise ValueError(f"drivers in Python take one symbol: path={path} n_sym={n_sym}")
        records = list(_prepared(struct.iter_unpack("<QqIHBBQ", content[HEADER_BYTES:])))
        return cls(preload=records[:n_pre], measured=records[n_pre:], max_id=max_id)


class Engine(Protocol):
    """One engine driven by records."""

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records in order."""

    def run_reported(self, records: Sequence[Record]) -> list[Fill]:
        """Carry out records in order, untimed, and return the fills they cause."""

    def resting(self) -> int:
        """Return the number of orders resting."""


def account_number(order_id: int, side: int) -> int:
    """Return the account of an order, from 0: so chosen that nobody meets their own orders."""
    return 2 * (order_id % (N_ACCOUNTS // 2)) + side


def _prepared(raw: Iterable[tuple[int, ...]]) -> Iterable[Record]:
    """Put the account in the place of the symbol, and tell replaces apart by whether the price moves."""
    prices: dict[int, int] = {}
    for order_id, px, qty, _, op, side, number in raw:
        stays = op == REPLACE and prices.get(order_id) == px
        prices[order_id] = px
        command = REPLACE_IN_PLACE if stays else op
        yield order_id, px, qty, account_number(order_id, side), command, side, number


def digest(fills: Iterable[Fill]) -> str:
    """Return the order-sensitive hash of fills, 16 hexadecimal digits."""
    value = HASH_START
    for fill in fills:
        for word in fill:
            value = ((value ^ word) * HASH_PRIME) & WORD_MASK
    return f"{value:016x}"
