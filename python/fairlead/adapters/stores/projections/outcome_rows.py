"""Markets of events: which there are, how many pairs of YES and NO exist, and how each ended."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import outcomes
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Told, is_copy
from fairlead.adapters.stores.step import Step
from fairlead.model.listing import EXACT, Listing
from fairlead.model.report import Position, Report

__all__ = ["MovedPairs", "Resolved", "follow_outcomes", "moved_pairs", "of_events", "resolved"]

_SIGNS: Final = {"PairsMinted": 1, "PairsMerged": -1}
_PAIRS: Final = "SELECT pairs FROM outcomes WHERE instrument_id = ?"
_MOVE: Final = "UPDATE outcomes SET pairs = ? WHERE instrument_id = ?"
_END: Final = "UPDATE outcomes SET pairs = '0', is_void = ?, yes_pays = ?, resolved_ts_ns = ? WHERE instrument_id = ?"


class MovedPairs(NamedTuple):
    """Pairs that an account paid for; with a negative quantity, gave back."""

    position: Position
    report: Report
    account: int
    quantity: Decimal
    listing: Listing


class Resolved(NamedTuple):
    """The end of a market: what a YES paid, ``None`` where every trade was undone."""

    report: Report
    yes_pays: Decimal | None
    listing: Listing


def follow_outcomes(step: Step, told: Told, _: Memory) -> None:
    """Add markets of events, and bring their pairs and their ends forward."""
    for _position, report, listing in of_events(told, "OutcomeSet"):
        assert listing.no is not None, f"a market of an event is told of with both assets: symbol={listing.symbol}"
        step.add(outcomes, [(listing.id, listing.symbol, report.id, listing.no.symbol, "0", False, None, None)])
    changes: defaultdict[int, Decimal] = defaultdict(Decimal)
    for pairs in moved_pairs(told):
        changes[pairs.listing.id] = EXACT.add(changes[pairs.listing.id], pairs.quantity)
    for number, change in changes.items():
        ((before,),) = step.rows(_PAIRS, (number,))
        step.execute(_MOVE, (written(EXACT.add(Decimal(before), change)), number))
    for report, yes_pays, listing in resolved(told):
        pays = None if yes_pays is None else written(yes_pays)
        step.execute(_END, (yes_pays is None, pays, report.ts_ns, listing.id))


def moved_pairs(told: Told) -> Iterator[MovedPairs]:
    """Return what moved pairs, oldest first."""
    for position, report, listing in of_events(told, *_SIGNS):
        account = report.fields["account"]
        assert isinstance(account, int), f"pairs are somebody's: position={position}"
        sign = _SIGNS[report.exec_type or ""]
        yield MovedPairs(position, report, account, listing.quantity(sign * report.value), listing)


def resolved(told: Told) -> Iterator[Resolved]:
    """Return the markets that ended."""
    for _, report, listing in of_events(told, "OutcomeResolved"):
        yield Resolved(report, None if report.fields["other"] else listing.price(report.value), listing)


def of_events(told: Told, *kinds: str) -> Iterator[tuple[Position, Report, Listing]]:
    """Return the reports of some kinds about markets of events, each once, with what their market is."""
    for position, report, _ in told.reports:
        if report.kind == "CommandReport" and report.exec_type in kinds and not is_copy(report):
            number = report.fields["instrument"]
            assert isinstance(number, int), f"an event has a market: position={position}"
            yield position, report, told.listings[number]
