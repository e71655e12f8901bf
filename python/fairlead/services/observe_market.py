"""Turn any recording into what an observer sees: best quotes, trades and auctions.

Orders go through the engine, order-level feeds are folded into a book, and windows state the levels themselves. A feed
that states no trades (``RemainderRecording``) has them inferred from pairs of fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.domain.market_replay.book_port import FoldingBook, MatchingEngine
from fairlead.domain.market_replay.errors import FoldError, RecordingError
from fairlead.domain.market_replay.fill_pairs import FillPairs, OrderFill
from fairlead.domain.market_replay.observations import Auctioned, Observation, Quoted, QuoteRecording, Traded
from fairlead.domain.market_replay.records import (
    FoldStep,
    L3Add,
    L3Delete,
    L3Restate,
    LevelRecording,
    OpenMarket,
    OrderRecording,
    Recording,
    RemainderRecording,
    WindowRecording,
)
from fairlead.domain.market_replay.remainder_fold import RemainderFold
from fairlead.domain.market_replay.strict_fold import StrictFold
from fairlead.services.replay import Core


def observe_market(recording: Recording | QuoteRecording, *, core: Core, pairs: FillPairs) -> Iterator[Observation]:
    """Yield what happened, in order of the recording.

    Args:
        recording: what to read; an answer file is opened only where it holds the levels.
        core: makes the engine or the book.
        pairs: counts the fills that became trades, where they have to be inferred.

    Raises:
        RecordingError: a file is wrong, or a row contradicts the book.
    """
    match recording:
        case QuoteRecording():
            yield from recording.observations()
        case OrderRecording():
            yield from _orders(recording, engine=core.engine(recording.grid))
        case LevelRecording():
            yield from _levels(recording, book=core.book(recording.grid))
        case WindowRecording():
            yield from _windows(recording)
        case RemainderRecording():
            yield from _remainders(recording, book=core.book(recording.grid), pairs=pairs)


def _orders(recording: OrderRecording, *, engine: MatchingEngine) -> Iterator[Observation]:
    is_open = False
    for command in recording.inbound():
        try:
            fills = engine.apply(command)
        except FoldError as error:
            row = None if isinstance(command, OpenMarket) else command.source_row or command.row
            raise RecordingError(recording.path, row=row, why=str(error)) from None
        if isinstance(command, OpenMarket):
            is_open = True
            # All trades of an auction have one price.
            for fill in fills[:1]:
                yield Auctioned(ts_ns=command.ts_ns, price_ticks=fill.price_ticks)
        else:
            for fill in fills:
                yield Traded(ts_ns=command.ts_ns, price_ticks=fill.price_ticks)
        if is_open:
            yield _touch(command.ts_ns, bids=engine.levels("buy", depth=1), asks=engine.levels("sell", depth=1))


def _levels(recording: LevelRecording, *, book: FoldingBook) -> Iterator[Observation]:
    fold = StrictFold(book)
    for step in recording.steps():
        if step.printed is not None:
            yield Traded(ts_ns=step.ts_ns, price_ticks=step.printed[0])
        if step.change is None:
            continue
        try:
            fold.apply(step.change)
        except FoldError as error:
            raise RecordingError(recording.path, row=step.row, why=str(error)) from None
        yield _book_touch(step.ts_ns, book=book)


def _windows(recording: WindowRecording) -> Iterator[Observation]:
    windows = recording.expected_windows()
    for step in recording.steps():
        if step.printed is not None:
            yield Traded(ts_ns=step.ts_ns, price_ticks=step.printed[0])
        window = next(windows, None)
        if window is None:
            raise RecordingError(recording.path, row=step.row, why="no levels belong to this message")
        yield _touch(step.ts_ns, bids=window.bids[:1], asks=window.asks[:1])


def _remainders(recording: RemainderRecording, *, book: FoldingBook, pairs: FillPairs) -> Iterator[Observation]:
    fold = RemainderFold(book)
    last_ns = 0
    for step in recording.steps():
        # Rows come in order of arrival; their times step back by milliseconds.
        last_ns = max(last_ns, step.ts_ns)
        fill = _apply_remainder(fold, step, book=book, ts_ns=last_ns)
        if fill is not None and (price_ticks := pairs.observe(fill)) is not None:
            yield Traded(ts_ns=last_ns, price_ticks=price_ticks)
        yield _book_touch(last_ns, book=book)
    pairs.finish()


def _apply_remainder(fold: RemainderFold, step: FoldStep, *, book: FoldingBook, ts_ns: int) -> OrderFill | None:
    """Apply one row and return the fill it states, ``None`` where it states none."""
    match step.change:
        case L3Add() as change:
            fold.create(change)
            return None
        case L3Restate() | L3Delete() as change:
            resting, filled_before = book.order(change.order_id), fold.lots_filled
            if isinstance(change, L3Restate):
                fold.restate(change, row=step.row)
            else:
                fold.delete(change, row=step.row)
            lots = fold.lots_filled - filled_before
            if resting is None or lots == 0:
                return None
            side, price_ticks, _ = resting
            return OrderFill(ts_ns=ts_ns, order_id=change.order_id, side=side, price_ticks=price_ticks, qty_lots=lots)
        case _:
            raise AssertionError(f"a remainder feed states creations, changes and deletions, not {step.change}")


def _book_touch(ts_ns: int, *, book: FoldingBook) -> Quoted:
    return _touch(ts_ns, bids=book.levels("buy", depth=1), asks=book.levels("sell", depth=1))


def _touch(ts_ns: int, *, bids: Sequence[tuple[int, ...]], asks: Sequence[tuple[int, ...]]) -> Quoted:
    return Quoted(ts_ns=ts_ns, bid_ticks=bids[0][0] if bids else None, ask_ticks=asks[0][0] if asks else None)
