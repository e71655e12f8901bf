"""The reports of one step, with what several tables want to know of them found once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from fairlead.domain.trading.order_record import value_of
from fairlead.domain.trading.order_view import Fill, fill_of
from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report
from fairlead.model.trade_revision import Amendment, amendment_of

__all__ = ["AmendedSide", "Side", "Told", "is_copy", "told_by"]


class Side(NamedTuple):
    """One side of a trade: a report that tells of it."""

    position: Position
    report: Report
    account: int
    fill: Fill
    value: Decimal
    listing: Listing


class AmendedSide(NamedTuple):
    """One side of a trade that was taken back or corrected: a report that tells of it."""

    position: Position
    report: Report
    account: int
    amendment: Amendment
    listing: Listing


@dataclass(frozen=True, slots=True)
class Told:
    """The reports of one step, each with its place and its side of a trade; ``sides`` are those alone.

    ``amended`` are those of trades that were taken back or corrected.

    What is older than ``kept_from_ns`` moves sums and what lives; no row is written of it alone.
    """

    reports: Sequence[tuple[Position, Report, Side | None]]
    sides: Sequence[Side]
    listings: Mapping[int, Listing]
    kept_from_ns: int = 0
    amended: Sequence[AmendedSide] = ()

    @property
    def kept(self) -> Sequence[tuple[Position, Report, Side | None]]:
        """Those of the reports that are not too old to be kept; their times only grow."""
        if not self.reports or self.reports[0][1].ts_ns >= self.kept_from_ns:
            return self.reports
        return [it for it in self.reports if it[1].ts_ns >= self.kept_from_ns]

    @property
    def kept_sides(self) -> Sequence[Side]:
        """Those of the sides that are not too old."""
        if not self.sides or self.sides[0].fill.time_ns >= self.kept_from_ns:
            return self.sides
        return [it for it in self.sides if it.fill.time_ns >= self.kept_from_ns]


def told_by(
    reports: Sequence[tuple[Position, Report]], listings: Mapping[int, Listing], *, kept_from_ns: int = 0
) -> Told:
    """Return what reports tell.

    Raises:
        KeyError: a trade is in an instrument that was never told of.
    """
    told = [(position, report, _side(position, report, listings)) for position, report in reports]
    sides = [side for _, _, side in told if side is not None]
    amended = [it for position, report in reports if (it := _amended(position, report, listings)) is not None]
    return Told(told, sides, listings, kept_from_ns, amended)


def _side(position: Position, report: Report, listings: Mapping[int, Listing]) -> Side | None:
    if (fill := fill_of(report)) is None:
        return None
    account, listing = _parties(position, report, listings)
    return Side(position, report, account, fill, value_of(fill), listing)


def _amended(position: Position, report: Report, listings: Mapping[int, Listing]) -> AmendedSide | None:
    if (amendment := amendment_of(report)) is None:
        return None
    account, listing = _parties(position, report, listings)
    return AmendedSide(position, report, account, amendment, listing)


def _parties(position: Position, report: Report, listings: Mapping[int, Listing]) -> tuple[int, Listing]:
    number, account = report.fields["instrument"], report.fields["account"]
    assert isinstance(number, int), f"a trade says in what it is: position={position}"
    assert isinstance(account, int), f"a trade says whose it is: position={position}"
    return account, listings[number]


def is_copy(report: Report) -> bool:
    """Whether it tells the venue what it tells the account as well."""
    if report.kind != "CommandReport":
        return False
    position = report.position
    return position is not None and position.leg > 1 and report.fields.get("account") is not None
