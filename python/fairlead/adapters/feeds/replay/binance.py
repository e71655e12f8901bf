"""Binance streams as recorded: one ``<local_ns> <json>`` line for each message, spot or USD-margined.

``bookTicker`` states the best quotes and ``trade`` one trade; depth messages and the snapshot are not needed to watch a
market. Times are those of the recorder, which order all streams. An empty side has the price 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fairlead.adapters.feeds.replay.text_rows import lines, scaled
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.observations import Observation, Quoted, Traded
from fairlead.domain.market_replay.records import Grid

PRICE_PLACES = 2
TIME_DIGITS = 19
TIME_MAX_NS = 1 << 62
_QUOTES, _TRADES = "bookTicker", "trade"
_MARKET = "MARKET"
"""Trades of any other kind (liquidations by the insurance fund, automatic deleveraging) are not made on the book."""


def grid(symbol: str) -> Grid:
    """Return a grid that holds the prices of both markets."""
    return Grid(symbol=symbol, quote="USDT", tick_size="0.01", lot_size="0.00000001")


def is_line(first: str) -> bool:
    """Whether a file that begins with this line is such a recording."""
    time, _, message = first.partition(" ")
    return len(time) == TIME_DIGITS and time.isdigit() and message.startswith("{")


def read_observations(paths: Sequence[Path]) -> Iterator[Observation]:
    """Yield the quotes and trades of the files of one recording, in the order given.

    Raises:
        RecordingError: names file, row and reason.
    """
    last_ns = 0
    symbol = ""
    for path in paths:
        for row, line in enumerate(lines(path, first_row=1, ends_with_newline=True), start=1):
            try:
                ts_ns, message = _parse_line(line)
                if ts_ns < last_ns:
                    raise ValueError(f"time runs backwards: {ts_ns} after {last_ns}")
                symbol = _same_symbol(message, symbol=symbol)
                observation = _parse_message(message, ts_ns=ts_ns)
            except ValueError as error:
                raise RecordingError(str(path), row=row, why=str(error)) from None
            last_ns = ts_ns
            if observation is not None:
                yield observation


def _parse_line(line: str) -> tuple[int, dict[str, Any]]:
    time, _, text = line.partition(" ")
    if len(time) != TIME_DIGITS or not (time.isascii() and time.isdigit()) or (ts_ns := int(time)) > TIME_MAX_NS:
        raise ValueError(f"no time in nanoseconds: {time[:40]!r}")
    try:
        message = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError(f"no JSON after the time: {text[:40]!r}") from None
    return ts_ns, _object(message, name="what follows the time")


def _same_symbol(message: dict[str, Any], *, symbol: str) -> str:
    stream = str(message.get("stream", "")).partition("@")[0]
    if symbol and stream and stream != symbol:
        raise ValueError(f"mixed symbols: {stream[:40]} after {symbol}")
    return symbol or stream


def _parse_message(message: dict[str, Any], *, ts_ns: int) -> Observation | None:
    kind = str(message.get("stream", "")).partition("@")[2]
    if kind not in {_QUOTES, _TRADES}:
        return None
    data = _object(message.get("data"), name=f"the data of a {kind} message")
    if kind == _QUOTES:
        return Quoted(ts_ns=ts_ns, bid_ticks=_price(data, "b") or None, ask_ticks=_price(data, "a") or None)
    if data.get("X", _MARKET) != _MARKET:
        return None
    price_ticks = _price(data, "p")
    if price_ticks == 0:
        raise ValueError("the price of a trade is zero")
    return Traded(ts_ns=ts_ns, price_ticks=price_ticks)


def _object(value: Any, *, name: str) -> dict[str, Any]:
    match value:
        case dict():
            return value
        case _:
            raise ValueError(f"{name} is no JSON object: {str(value)[:40]!r}")


def _price(data: dict[str, Any], name: str) -> int:
    match data.get(name):
        case str() as text:
            return scaled(text, name=name, places=PRICE_PLACES)
        case other:
            raise ValueError(f"field {name!r} is no text: {str(other)[:40]!r}")
