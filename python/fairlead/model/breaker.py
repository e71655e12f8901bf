"""The rules by which an instrument stops trading and comes back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """The rules of one instrument's breaker; the defaults are the documented ones.

    Times are nanoseconds, shares basis points.

    Attributes:
        static_bps: how far a price may be from the reference of the static band; 0: any.
        static_reference: which price that is: ``"last_auction"``, else the previous close, however old; or
            ``"recent"``: the last auction price, else the mean of the trades, of the last five minutes, else a sane
            middle (R-160).
        short_ns: how far back executed prices count in the short window; 0: no such window.
        short_bps: strictly more than this from the lowest or highest of them does not print.
        long_ns: the same for the long window.
        long_bps: the same for the long window.
        limit_state_ns: a broken band parks limits at the band for this long before it halts; 0: it halts at once.
        spread_bps: strictly more than this of the middle is a wide spread; 0: no such rule.
        spread_persist_ns: a spread that is wide for so long halts.
        halt_ns: nothing new is let in for so long.
        call_ns: then orders are collected for so long.
        random_end_ns: and up to so much longer, drawn from the instrument's seed.
        collar_bps: how far the auction price may be from the last executed one.
        widen_bps: by how much the collar widens with each extension.
        extend_ns: how long an extension lasts.
        extensions_max: after so many extensions a person decides, at most 100.
        cooling_ns: how long only limits inside a collar are let in afterwards; 0: not at all.
        cooling_bps: how far prices may be from the auction price meanwhile.
        interval_ns: the shortest time between the end of one automatic halt and the next.
        trips_max: as many automatic halts within an hour wait for a person, at most 100; 0: none does.
    """

    static_bps: int = 2_000
    static_reference: Literal["last_auction", "recent"] = "last_auction"
    short_ns: int = 60 * SECOND
    short_bps: int = 1_000
    long_ns: int = 300 * SECOND
    long_bps: int = 1_000
    limit_state_ns: int = 0
    spread_bps: int = 200
    spread_persist_ns: int = 3 * SECOND
    halt_ns: int = 240 * SECOND
    call_ns: int = 60 * SECOND
    random_end_ns: int = 30 * SECOND
    collar_bps: int = 1_000
    widen_bps: int = 1_000
    extend_ns: int = 300 * SECOND
    extensions_max: int = 3
    cooling_ns: int = 60 * SECOND
    cooling_bps: int = 500
    interval_ns: int = 60 * SECOND
    trips_max: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Luld:
    """Limit Up-Limit Down over one instrument, for one day.

    Attached, it sets the instrument's breaker (a limit state of 15 s, a pause of five minutes, the last of them a call)
    and its bands; it moves the bands with the mean of five minutes of trades, doubles them before the close, and pauses
    the instrument when a quote stays at a band for 15 seconds.

    Attributes:
        tier: 1 (5 %) or 2 (10 %) above 3.00; the previous close decides below that.
        previous_close: in quote units, > 0.
        leverage: the ratio of a leveraged product, 1 to 10.
        midnight_ns: the local midnight the day began with, nanoseconds since the Unix epoch.
        open_ns: first moment of the regular hours, nanoseconds since that midnight.
        close_ns: first moment after them.
        operator: who it halts as.

    Source: LULD Plan, Sections V to VII and Appendix A as of Amendment 18.
    """

    tier: Literal[1, 2]
    previous_close: "str | int | Decimal"
    leverage: int = 1
    midnight_ns: int
    open_ns: int = 570 * MINUTE
    close_ns: int = 960 * MINUTE
    operator: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketWide:
    """The market-wide circuit breaker, for one day: attached to the instrument whose index price it watches.

    A fall of 7 or 13 % halts for 15 minutes, once each and not from 35 minutes before the close on; one of 20 % halts
    until somebody resumes.

    Attributes:
        previous_close: of the index, in quote units, > 0.
        halted: symbols of what halts, at most 50,000; empty: everything.
        taken: the levels, 1 to 3, that have halted the day already.
        midnight_ns: the local midnight the day began with, nanoseconds since the Unix epoch.
        open_ns: first moment of the regular hours, nanoseconds since that midnight.
        close_ns: first moment after them.
        operator: who it halts as.

    Source: NYSE Rule 7.12, Nasdaq Rule 4121.
    """

    previous_close: "str | int | Decimal"
    halted: tuple[str, ...] = ()
    taken: tuple[int, ...] = ()
    midnight_ns: int
    open_ns: int = 570 * MINUTE
    close_ns: int = 960 * MINUTE
    operator: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicCircuitBreaker:
    """An exchange-style dynamic circuit breaker over one instrument, for one day.

    Prices may move by a share of the settlement price, rounded down to the tick, above the lowest and below the highest
    print of a rolling window. A price beyond that does not print: orders are collected for ``halt_ns``, and the window
    starts again.

    Attributes:
        settlement: in quote units, > 0.
        bps: the share, basis points, 1 to 10,000.
        window_ns: how far back prints count.
        halt_ns: how long orders are collected.
        last_halt_ns: the same in the last five minutes before the close.
        midnight_ns: the local midnight the day began with, nanoseconds since the Unix epoch.
        open_ns: first moment of the hours, nanoseconds since that midnight.
        close_ns: first moment after them.

    Source: CME Group, Dynamic Circuit Breakers FAQ.
    """

    settlement: "str | int | Decimal"
    bps: int
    window_ns: int = 3_600 * SECOND
    halt_ns: int = 120 * SECOND
    last_halt_ns: int = 5 * SECOND
    midnight_ns: int
    open_ns: int = 570 * MINUTE
    close_ns: int = 960 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """What an attached rule set sees.

    Attributes:
        kind: ``luld``, ``market_wide`` or ``dynamic_circuit_breaker``.
        symbol: the instrument it is attached to.
        state: ``normal``, ``limit_state``, ``straddle``, ``paused``; of the market-wide one ``level_0`` to ``level_3``.
        ts_ns: since when the limit state lasts, or until when the pause does.
        low: lowest price that may print by its bands; ``None`` where it has none.
        high: highest price that may print by its bands.
    """

    kind: str
    symbol: str
    state: str
    ts_ns: int | None
    low: "Decimal | None"
    high: "Decimal | None"
