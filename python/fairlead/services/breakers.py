"""Watch a recorded market under halting rules and report what they would have done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.fill_pairs import FillPairs
from fairlead.domain.market_replay.halt_tape import HaltPoint, HaltSpan, HaltTape, Reopening
from fairlead.domain.market_replay.halts import BreakerReport, WouldHalt
from fairlead.domain.market_replay.observations import Auctioned, Observation, Quoted, QuoteRecording, Traded
from fairlead.domain.market_replay.records import Recording
from fairlead.domain.market_replay.result import JsonValue
from fairlead.engine import BreakerWatch
from fairlead.model.breaker import BreakerRules
from fairlead.services.observe_market import observe_market
from fairlead.services.replay import Core, Progress, no_progress

PROGRESS_EVERY = 1_000


def watch_breakers(
    recording: Recording | QuoteRecording,
    *,
    core: Core,
    rules: BreakerRules | None = None,
    tape: HaltTape | None = None,
    progress: Progress = no_progress,
) -> BreakerReport:
    """Feed every quote and trade of ``recording`` to the rules.

    Args:
        recording: what to watch.
        core: makes the engine or the books.
        rules: what would halt; ``None`` are the documented defaults.
        tape: takes the points of a picture.
        progress: told how many observations were fed so far.

    Raises:
        RecordingError: a file is wrong, cut or mixed, or there is nothing to watch.
        UsageError: a rule is out of range.
    """
    pairs = FillPairs()
    rules = BreakerRules() if rules is None else rules
    run = _Run(rules, tape=tape)
    for observation in observe_market(recording, core=core, pairs=pairs):
        run.step(observation)
        if run.fed % PROGRESS_EVERY == 0:
            progress(run.fed)
    progress(run.fed)
    if run.begin_ns is None:
        raise RecordingError(recording.path, row=None, why="neither a quote nor a trade in it")
    details: dict[str, JsonValue] = {}
    if pairs.paired or pairs.unpaired:
        details = {"fills_unpaired": pairs.unpaired, "trades_inferred": pairs.paired}
    return BreakerReport(
        dataset=recording.dataset,
        format=recording.format,
        grid=recording.grid,
        begin_ns=run.begin_ns,
        end_ns=run.end_ns,
        halts=run.halts(),
        counts=run.watch.counts(),
        rules=asdict(rules),
        details=details,
    )


class _Run:
    """One watch in progress."""

    def __init__(self, rules: BreakerRules, *, tape: HaltTape | None) -> None:
        self.watch = BreakerWatch(rules)
        self.begin_ns: int | None = None
        self.end_ns = 0
        self.fed = 0
        self._draw: Callable[[Observation], None] | None = None if tape is None else _Drawing(self, tape).draw

    def step(self, observation: Observation) -> None:
        """Feed one observation."""
        match observation:
            case Quoted():
                self.watch.quote(observation.ts_ns, observation.bid_ticks, observation.ask_ticks)
            case Traded():
                self.watch.trade(observation.ts_ns, observation.price_ticks)
            case Auctioned():
                self.watch.auction(observation.ts_ns, observation.price_ticks)
        self.begin_ns = observation.ts_ns if self.begin_ns is None else self.begin_ns
        self.end_ns = max(self.end_ns, observation.ts_ns)
        self.fed += 1
        if self._draw is not None:
            self._draw(observation)

    def halts(self) -> tuple[WouldHalt, ...]:
        """Return the halts so far."""
        return tuple(
            WouldHalt(
                rule=rule,
                ts_ns=ts_ns,
                price_ticks=price,
                low_ticks=low,
                high_ticks=high,
                bid_ticks=bid,
                ask_ticks=ask,
                until_ns=until_ns,
                waits=waits,
            )
            for rule, ts_ns, price, low, high, bid, ask, until_ns, waits in self.watch.halts()
        )


class _Drawing:
    """Follows a run for its picture."""

    def __init__(self, run: _Run, tape: HaltTape) -> None:
        self._run = run
        self._tape = tape
        self._halts = 0
        self._quote: tuple[int | None, int | None] = (None, None)
        self._reopens_ns: int | None = None

    def draw(self, observation: Observation) -> None:
        """Take one observation after it was fed."""
        ts_ns = observation.ts_ns
        if isinstance(observation, Quoted):
            self._quote = observation.bid_ticks, observation.ask_ticks
        elif self._reopens_ns is not None and ts_ns >= self._reopens_ns:
            self._tape.reopen(Reopening(ts_ns=ts_ns, price_ticks=observation.price_ticks))
            self._reopens_ns = None
        low, high = self._run.watch.band()
        point = HaltPoint(
            ts_ns=ts_ns,
            last_ticks=None if isinstance(observation, Quoted) else observation.price_ticks,
            bid_ticks=self._quote[0],
            ask_ticks=self._quote[1],
            low_ticks=low,
            high_ticks=high,
        )
        if len(self._run.watch) == self._halts:
            self._tape.observe(point)
            return
        self._tape.keep(point)
        for halt in self._run.halts()[self._halts :]:
            self._tape.shade(HaltSpan(kind="halt", begin_ns=halt.ts_ns, end_ns=halt.until_ns, label=halt.rule))
            self._reopens_ns = halt.until_ns
        self._halts = len(self._run.watch)
