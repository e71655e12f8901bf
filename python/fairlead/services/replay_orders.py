"""Replay inbound orders through a matching engine and compare trades and books."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fairlead.domain.market_replay.book_port import MatchingEngine
from fairlead.domain.market_replay.compare_orders import SnapshotComparer, TradeComparer
from fairlead.domain.market_replay.errors import FoldError, RecordingError
from fairlead.domain.market_replay.perturb import perturb_orders
from fairlead.domain.market_replay.records import (
    CancelOrder,
    Fill,
    Grid,
    Inbound,
    Level,
    NewLimit,
    OpenMarket,
    OrderRecording,
)
from fairlead.domain.market_replay.result import Difference, ReplayResult, earliest
from fairlead.domain.market_replay.tape import Tape
from fairlead.services.replay_batch import run_in_batches

SNAPSHOT_DEPTH = 10
LEVELS_MAX = 1_000_000
PROGRESS_EVERY = 1_000


def replay_orders(
    recording: OrderRecording,
    *,
    make_engine: Callable[[Grid], MatchingEngine],
    perturb_row: int | None,
    tape: Tape | None,
    progress: Callable[[int], None],
) -> ReplayResult:
    """Apply every inbound command, compare each trade and each snapshot, then do it again in batches.

    Raises:
        RecordingError: a file is wrong, or the engine refuses what the market accepted.
        PerturbRefusedError: the row is no order or does not exist.
    """
    engine = make_engine(recording.grid)
    run = _Run(recording, engine=engine, tape=tape, is_perturbed=perturb_row is not None)
    for command in _inbound(recording, perturb_row=perturb_row):
        run.step(command)
        if run.commands % PROGRESS_EVERY == 0:
            progress(run.commands)
    progress(run.commands)
    batched = make_engine(recording.grid)
    clock = run_in_batches(_inbound(recording, perturb_row=perturb_row), engine=batched)
    return run.finish(batch_hash=batched.state_hash(), per_second=clock.per_second(run.commands))


def _inbound(recording: OrderRecording, *, perturb_row: int | None) -> Iterator[Inbound]:
    inbound = recording.inbound()
    return inbound if perturb_row is None else perturb_orders(inbound, row=perturb_row)


class _Run:
    """One replay in progress."""

    def __init__(
        self, recording: OrderRecording, *, engine: MatchingEngine, tape: Tape | None, is_perturbed: bool
    ) -> None:
        self._recording = recording
        self._is_perturbed = is_perturbed
        self._engine = engine
        self._tape = tape
        self._trades = TradeComparer(recording.expected_trades())
        self._snapshots = SnapshotComparer(recording.expected_snapshots())
        self._is_open = False
        self._last_ticks: int | None = None
        self._auction_trades = 0
        self._cancels = 0
        self._cancels_equal = 0
        self._lots = {"buy": 0, "sell": 0}
        self.commands = 0

    def step(self, command: Inbound) -> None:
        """Apply one command, then compare what it did."""
        try:
            fills = self._engine.apply(command)
        except FoldError as error:
            if not (isinstance(command, CancelOrder) and self._has_diverged()):
                row = None if isinstance(command, OpenMarket) else command.source_row or command.row
                raise RecordingError(self._recording.path, row=row, why=str(error)) from None
            # What the market cancelled may have been filled here once the two have parted; the difference is known.
            fills = ()
        for fill in fills:
            self._trades.observe(fill)
            self._last_ticks = fill.price_ticks
        self._account(command, fills=fills)
        if self._is_open:
            made, volume = self._trades.made, self._trades.volume_lots
            self._snapshots.observe(trades=made, volume_lots=volume, levels=self._levels)
            self._draw(command)

    def finish(self, *, batch_hash: str, per_second: int) -> ReplayResult:
        """Compare what is left over and give the result."""
        self._trades.finish()
        self._snapshots.finish()
        trades, books = self._trades.tally, self._snapshots.tally
        conserved = self._conservation()
        state_hash = self._engine.state_hash()
        same_state = _same_state(state_hash, batch_hash=batch_hash)
        return ReplayResult(
            dataset=self._recording.dataset,
            commands=self.commands,
            events=self._engine.events,
            trades_expected=trades.compared,
            trades_equal=trades.equal,
            books_compared=books.compared,
            books_equal=books.equal,
            first_difference=earliest(trades.first, books.first, conserved, same_state),
            state_hash=state_hash,
            commands_per_second=per_second,
            details={
                "batch_state_equal": same_state is None,
                "auction_trades": self._auction_trades,
                "cancels_compared": self._cancels,
                "cancels_equal": self._cancels_equal,
                "conserved": conserved is None,
                "format": self._recording.format,
                "trades_made": self._trades.made,
                "volume_lots": self._trades.volume_lots,
            },
        )

    def _account(self, command: Inbound, *, fills: Sequence[Fill]) -> None:
        if isinstance(command, OpenMarket):
            self._is_open = True
            self._auction_trades = len(fills)
            return
        self.commands += 1
        if isinstance(command, NewLimit):
            self._lots[command.side] += command.order_qty
        else:
            canceled = self._engine.canceled_lots()
            self._lots[command.side] -= canceled
            self._cancels += 1
            self._cancels_equal += canceled == command.leaves_qty

    def _has_diverged(self) -> bool:
        found = (self._trades.tally.first, self._snapshots.tally.first)
        return self._is_perturbed or found != (None, None)

    def _levels(self) -> tuple[Sequence[Level], Sequence[Level]]:
        bids = self._engine.levels("buy", depth=SNAPSHOT_DEPTH)
        return bids, self._engine.levels("sell", depth=SNAPSHOT_DEPTH)

    def _draw(self, command: Inbound) -> None:
        if self._tape is not None:
            self._tape.observe(
                ts_ns=command.ts_ns,
                bids=self._engine.levels("buy", depth=1),
                asks=self._engine.levels("sell", depth=1),
                last_ticks=self._last_ticks,
                volume_lots=self._trades.volume_lots,
            )

    def _conservation(self) -> Difference | None:
        """Return where entered lots are not the cancelled, traded and resting ones together, per side."""
        traded = self._trades.volume_lots
        resting = {
            "buy": sum(qty for _, qty in self._engine.levels("buy", depth=LEVELS_MAX)),
            "sell": sum(qty for _, qty in self._engine.levels("sell", depth=LEVELS_MAX)),
        }
        for side, entered in self._lots.items():
            if entered != traded + resting[side]:
                return Difference(
                    kind="conservation",
                    position=(1 << 62, 0),
                    where=f"{side} lots entered and not cancelled",
                    expected=entered,
                    actual=traded + resting[side],
                )
        return None


def _same_state(state_hash: str, *, batch_hash: str) -> Difference | None:
    """Return the difference where single commands and batches end in different states."""
    if state_hash == batch_hash:
        return None
    position = (1 << 62, 0)
    return Difference(kind="state_hash", position=position, where="batches", expected=state_hash, actual=batch_hash)
