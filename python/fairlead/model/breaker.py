"""The rules by which an instrument stops trading and comes back."""

from dataclasses import dataclass
from typing import Literal

SECOND = 1_000_000_000


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
