"""A crash like that of 2010-05-06 on the real engine: a seller, a thin book, stops, and the breaker that ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fairlead.domain.market_replay.halt_tape import HaltPoint, HaltSpan, HaltTape, Reopening, SpanKind
from fairlead.domain.market_replay.records import Grid
from fairlead.engine import BreakerWatch, Exchange
from fairlead.model import events as ev
from fairlead.model.breaker import BreakerRules
from fairlead.model.event import Event
from fairlead.model.instrument import Instrument
from fairlead.model.triggers import Trigger

SYMBOL = "FUND"
SECOND = 1_000_000_000
START_NS = 1_273_171_200 * SECOND
"""2010-05-06 18:40:00 UTC, 14:40 in New York."""
TICK_NS = 100_000_000
LASTS_S = 900
CRASH_S = 120
GRID = Grid(symbol=SYMBOL, quote="USD", tick_size="0.01", lot_size="1")
_SPANS: dict[str, SpanKind] = {"halted": "halt", "volatility_auction": "call", "cooling": "cooling"}


@dataclass(slots=True)
class Crash:
    """What a crash came to.

    Attributes:
        tape: what its picture shows.
        events: everything the engine said.
        transitions: (seconds since the start, state entered), oldest first.
    """

    tape: HaltTape = field(default_factory=HaltTape)
    events: list[Event] = field(default_factory=list)
    transitions: list[tuple[float, str]] = field(default_factory=list)

    def count(self, kind: type[Event]) -> int:
        """Return how often a kind of event happened."""
        return sum(isinstance(event, kind) for event in self.events)


def crash(*, seed: int = 1) -> Crash:
    """Play the crash; the same seed gives the same events.

    Args:
        seed: draws the random end of the reopening call.
    """
    return _Market(seed).play()


def _fair_ticks(second: int) -> int:
    """Where makers think the price belongs: calm, a slide, a floor, and half of the way back; never quite still."""
    wobble = second * 7_919 % 23 - 11
    if second < CRASH_S:
        return 10_000 + wobble
    if second < CRASH_S + 60:
        return 10_000 - (second - CRASH_S) * 25 + wobble
    if second < CRASH_S + 360:
        return 9_400 + wobble
    return min(9_400 + (second - CRASH_S - 360) * 4 // 5, 9_700) + wobble


class _Market:
    def __init__(self, seed: int) -> None:
        self._now_ns = START_NS
        self._ex = Exchange(clock=lambda: self._now_ns, history_max=0)
        self._watch = BreakerWatch()
        self._crash = Crash()
        self._last: int | None = None
        self._begun: tuple[SpanKind, int] | None = None
        self._state = "continuous"
        self._ex.list(
            Instrument(SYMBOL, quote="USD", tick_size="0.01", previous_close="100", seed=seed, max_slippage_bps=300)
        )
        for name in ("maker", "crowd", "seller", "holders"):
            self._ex.add_account(name, kind="credit")
        self._ex.set_breaker(SYMBOL, BreakerRules())

    def play(self) -> Crash:
        """Play all of it."""
        for number in range(int(LASTS_S * SECOND / TICK_NS)):
            self._now_ns = START_NS + number * TICK_NS
            second = number * TICK_NS / SECOND
            self._take(self._ex.tick().events)
            if number == 0:
                self._protect()
            if number % 10 == 0:
                self._make(_fair_ticks(int(second)))
                self._meet(_fair_ticks(int(second)))
            self._trade(second, number)
            self._note()
        self._end_span(self._now_ns)
        return self._crash

    def _protect(self) -> None:
        """Holders protect what they own with stops, more of them the lower it gets."""
        for step in range(24):
            trigger = Trigger.stop(_price(9_880 - 35 * step))
            self._send("holders", "sell", 30 + 2 * step, None, trigger=trigger)

    def _make(self, fair: int) -> None:
        """Makers quote around what they think; nobody quotes wide of the collar while the market cools down."""
        self._take(self._ex.mass_cancel(account="maker").events)
        thin = 1 if self._state == "continuous" and fair < 9_990 else 4
        for level in range(1, 7):
            self._send("maker", "buy", 20 * thin, fair - 4 * level)
            self._send("maker", "sell", 20 * thin, fair + 4 * level)

    def _meet(self, fair: int) -> None:
        """In the call some have to buy and some have to sell, around what makers think."""
        if self._state == "volatility_auction":
            self._send("crowd", "buy", 9, fair + 15)
            self._send("seller", "sell", 8, fair - 15)

    def _trade(self, second: float, number: int) -> None:
        if number % 5 == 0:
            side = "buy" if number % 10 == 0 else "sell"
            self._send("crowd", side, 3 + number % 4, None)
        if CRASH_S <= second < CRASH_S + 60:
            self._send("seller", "sell", 45, None)

    def _send(self, account: str, side: str, qty: int, ticks: int | None, *, trigger: Trigger | None = None) -> None:
        market = ticks is None
        report = self._ex.submit(
            account=account,
            symbol=SYMBOL,
            side=side,
            order_qty=qty,
            price=None if ticks is None else _price(ticks),
            ord_type="market" if market else "limit",
            time_in_force="gtc" if trigger or not market else "ioc",
            trigger=trigger,
        )
        self._take(report.events)

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            self._crash.events.append(event)
            match event:
                case ev.Trade():
                    self._last = int(event.price * 100)
                    feed = self._watch.auction if event.aggressor is None else self._watch.trade
                    feed(event.ts_ns, self._last)
                case ev.Uncrossed() if event.price is not None:
                    self._crash.tape.reopen(Reopening(ts_ns=event.ts_ns, price_ticks=int(event.price * 100)))
                case ev.StateChanged():
                    self._enter(event.to_state, event.ts_ns)
                case _:
                    pass

    def _enter(self, state: str, ts_ns: int) -> None:
        self._end_span(ts_ns)
        self._state = state
        self._crash.transitions.append(((ts_ns - START_NS) / SECOND, state))
        if state in _SPANS:
            self._begun = _SPANS[state], ts_ns

    def _end_span(self, ts_ns: int) -> None:
        if self._begun is not None:
            kind, begin_ns = self._begun
            self._crash.tape.shade(HaltSpan(kind=kind, begin_ns=begin_ns, end_ns=ts_ns))
            self._begun = None

    def _note(self) -> None:
        book = self._ex.book(SYMBOL, levels=1)
        bid, ask = (int(side[0].price * 100) if side else None for side in (book.bids, book.asks))
        trades = self._state in ("continuous", "cooling")
        low, high = self._watch.band() if trades else (None, None)
        last, self._last = self._last, None
        point = HaltPoint(
            ts_ns=self._now_ns, last_ticks=last, bid_ticks=bid, ask_ticks=ask, low_ticks=low, high_ticks=high
        )
        self._crash.tape.observe(point)


def _price(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02d}"
