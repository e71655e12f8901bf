"""Replay inbound orders a second time, in batches: the speed of the engine, and the same end by another way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from fairlead.domain.market_replay.book_port import MatchingEngine
from fairlead.domain.market_replay.records import CancelOrder, Inbound, NewLimit, OpenMarket
from fairlead.services.replay_clock import CoreClock

BATCH_MAX = 4_096


def run_in_batches(inbound: Iterable[Inbound], *, engine: MatchingEngine) -> CoreClock:
    """Apply every command to ``engine`` and return the clock of the time spent in it.

    Reading and encoding are not counted. Nothing is compared here: a refusal shows in the state hash.
    """
    clock = CoreClock()
    commands = iter(inbound)
    batch: list[NewLimit | CancelOrder] = []
    while chunk := list(islice(commands, BATCH_MAX)):
        for command in chunk:
            if isinstance(command, OpenMarket):
                _run(batch, engine=engine, clock=clock)
                batch = []
                with clock:
                    engine.open_market(command)
            else:
                batch.append(command)
        _run(batch, engine=engine, clock=clock)
        batch = []
    return clock


def _run(batch: list[NewLimit | CancelOrder], *, engine: MatchingEngine, clock: CoreClock) -> None:
    if batch:
        records = engine.encode(batch)
        with clock:
            engine.run(records)
