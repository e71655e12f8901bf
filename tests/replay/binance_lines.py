"""Small Binance recordings, made by hand: a calm market, and one that falls, stays wide and comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

BEGIN_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


def line(second: float, message: dict[str, object]) -> str:
    """Return one line at ``second`` after the beginning."""
    return f"{BEGIN_NS + round(second * SECOND_NS)} {json.dumps(message, separators=(',', ':'))}"


def trade(second: float, price: str, *, kind: str | None = None, symbol: str = "btcusdt") -> str:
    """Return a trade; ``kind`` is the field ``X`` of the futures market."""
    data: dict[str, object] = {"e": "trade", "p": price, "q": "0.5"}
    return line(second, {"stream": f"{symbol}@trade", "data": data if kind is None else {**data, "X": kind}})


def quote(second: float, bid: str, ask: str) -> str:
    """Return the best quotes; ``0`` where a side is empty."""
    return line(second, {"stream": "btcusdt@bookTicker", "data": {"u": 1, "b": bid, "B": "1", "a": ask, "A": "1"}})


def depth(second: float) -> str:
    """Return a depth message, which a watch does not need."""
    return line(second, {"stream": "btcusdt@depth@100ms", "data": {"e": "depthUpdate", "b": [], "a": []}})


def snapshot(second: float) -> str:
    """Return the snapshot the recorder asked for."""
    return line(second, {"lastUpdateId": 1, "bids": [["1.00", "1"]], "asks": [["2.00", "1"]]})


# 90.00 is exactly 10 % below 100.00; 89.75 is not. The halt ends at 341 s, cooling at 401 s, the interval at 461 s.
CRASH = (
    quote(0, "99.99000000", "100.01000000"),
    *(trade(second, f"{100 - 0.25 * second:.2f}") for second in range(61)),
    quote(61, "84.99", "85.00"),
    trade(341, "94.00"),
    quote(341.5, "93.99", "94.01"),
    trade(500, "94.10"),
)


def write_lines(path: Path, rows: Sequence[str]) -> Path:
    """Write lines, each with its end, and return the file."""
    path.write_text("".join(f"{row}\n" for row in rows), encoding="ascii")
    return path
