"""What became of a market while an order of it was open, from the reports that were kept."""

from collections.abc import Iterator, Sequence
from typing import Final

from fairlead.domain.explain import words
from fairlead.domain.explain.facts import Line, line_of, price_of
from fairlead.model.listing import Listing
from fairlead.model.report import Report

__all__ = ["MARKET_EVENTS", "market_lines"]

# What is told of a market while an order of it is open.
MARKET_EVENTS: Final = ("AuctionExtended", "BreakerTripped", "HaltOrdered", "ResumeOrdered", "StateChanged")
# By the numbers that reports have for them.
_STATES: Final = (
    "PRE_LISTED",
    "PRE_OPEN",
    "OPENING_AUCTION",
    "CONTINUOUS",
    "LIMIT_STATE",
    "VOLATILITY_AUCTION",
    "HALTED",
    "CANCEL_ONLY",
    "POST_ONLY",
    "CLOSING_AUCTION",
    "CLOSED",
    "DELISTED",
    "COOLING",
)
_RULES: Final = ("static", "short", "long", "external", "spread", "cascade", "limit_state", "cooling")


def market_lines(reports: Sequence[Report], *, instrument: object, listing: Listing | None) -> Iterator[Line]:
    """Yield what was told of one instrument; operators have no names here."""
    for report in reports:
        if report.fields.get("instrument") != instrument or report.position is None:
            continue
        text = _text(report, listing)
        if text is not None:
            yield line_of(report, text, is_of_market=True)


def _text(report: Report, listing: Listing | None) -> str | None:
    symbol, other = "" if listing is None else listing.symbol, report.fields.get("other")
    match report.exec_type:
        case "StateChanged":
            after = other if isinstance(other, int) else 0
            return words.state_changed(symbol, before=_word(_STATES, report.id), after=_word(_STATES, after))
        case "BreakerTripped":
            return words.tripped(symbol, rule=_word(_RULES, report.id))
        case "AuctionExtended":
            return words.extended(price=str(price_of(report.value, listing)), bounds="the collar")
        case "HaltOrdered":
            return words.halted(symbol, who="an operator")
        case "ResumeOrdered":
            return words.resumed(symbol, who="an operator")
        case _:
            return None


def _word(known: Sequence[str], number: int) -> str:
    return known[number] if 0 <= number < len(known) else str(number)
