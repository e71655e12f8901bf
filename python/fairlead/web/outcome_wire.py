"""The bodies and answers of markets of events: YES and NO pay 1 together."""

from msgspec import Raw

from fairlead.model.instants import iso
from fairlead.ports.outcome_history import OutcomeLine
from fairlead.web.operator_wire import Done, Symbol
from fairlead.web.order_wire import decimal_text
from fairlead.web.wire import Answer, Body

__all__ = ["Outcome", "OutcomeWish", "PairsMoved", "PairsWish", "SettleWish", "outcome_of"]


class OutcomeWish(Body, frozen=True, kw_only=True):
    """``PUT /outcomes/{symbol}``: the asset that pays if the event does not happen."""

    no_asset: Symbol


class SettleWish(Body, frozen=True, kw_only=True):
    """``POST /outcomes/{symbol}/settle``: what one YES pays, from 0 to 1; a NO pays the rest."""

    yes_pays: Raw


class PairsWish(Body, frozen=True, kw_only=True):
    """``POST /outcomes/{symbol}/mint`` and ``merge``: how many pairs of one YES and one NO."""

    quantity: Raw


class PairsMoved(Done, frozen=True, kw_only=True):
    """Pairs that were paid for or given back."""

    symbol: str
    quantity: str


class Outcome(Answer, frozen=True, kw_only=True):
    """The market of an event. ``result`` is ``null`` while it is open, ``SETTLED`` with ``yesPays``, or ``VOID``."""

    symbol: str
    yes_asset: str
    no_asset: str
    open_interest: str
    result: str | None
    yes_pays: str | None
    resolved_at: str | None


def outcome_of(line: OutcomeLine) -> Outcome:
    """Return a market of an event as it is told."""
    ended = "VOID" if line.is_void else "SETTLED"
    return Outcome(
        symbol=line.symbol,
        yes_asset=line.yes_asset,
        no_asset=line.no_asset,
        open_interest=decimal_text(line.open_interest),
        result=None if line.resolved_ns is None else ended,
        yes_pays=None if line.yes_pays is None else decimal_text(line.yes_pays),
        resolved_at=None if line.resolved_ns is None else iso(line.resolved_ns),
    )
