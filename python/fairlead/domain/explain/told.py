"""The story of one order from the reports that were kept: what its owner may know of it, and nothing of others.

Reports say less than the events of the exchange do: not what was ahead in the queue, and not who was on the other side.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from fairlead.domain.explain import words
from fairlead.domain.explain.facts import Line, OrderFacts, line_of, price_of
from fairlead.domain.explain.told_market import market_lines
from fairlead.model.listing import Listing
from fairlead.model.report import Report
from fairlead.model.trade_revision import amendment_of

__all__ = ["Measure", "tell"]

Measure: TypeAlias = Callable[[Report, Listing | None, bool], tuple[str, str] | None]
_SCOPES: Final = ("of the venue", "of this market", "of the account", "of the connection")
_ROLES: Final = {"REMOVED": "as taker", "ADDED": "as maker", "AUCTION": "in the auction"}
_DID: Final = {
    "Trade": "traded",
    "Triggered": "was triggered",
    "Canceled": "was canceled",
    "Expired": "expired",
    "Rejected": "was refused",
}
_NOBODY: Final = "an order of somebody else"


def tell(facts: OrderFacts, *, account: int, measure: Measure, source: str | None = None) -> list[Line]:
    """Return what happened to an order, oldest first.

    Args:
        facts: what is kept of it.
        account: whose it is.
        measure: gives value and limit of a refusal as decimals, or ``None`` where there is nothing to read.
        source: what its trigger is compared with, where that is known.
    """
    teller = _Teller(facts, account, measure, source)
    lines = [line for report in facts.own if (line := teller.own(report)) is not None]
    lines += teller.blocked()
    lines += market_lines(facts.market, instrument=teller.instrument, listing=teller.listing)
    return sorted(lines, key=lambda line: line.position)


@dataclass(slots=True)
class _Teller:
    facts: OrderFacts
    account: int
    measure: Measure
    source: str | None
    order_id: int = 0
    instrument: object = None
    siblings: tuple[int, ...] = ()
    group_id: int | None = None
    by_seq: dict[int, list[Report]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for report in self.facts.beside:
            if report.position is not None:
                self.by_seq.setdefault(report.position.event_seq, []).append(report)
        for report in self.facts.own:
            self.order_id = report.order_id or self.order_id
            if report.fields.get("instrument") is not None:
                self.instrument = report.fields["instrument"]
        first = next((it.position for it in self.facts.own if it.exec_type == "New"), None)
        for report in [] if first is None else self.by_seq.get(first.event_seq, []):
            if report.exec_type == "GroupAccepted" and self._is_mine(report):
                self.group_id = report.id
            elif report.exec_type == "New" and self._is_mine(report) and report.order_id != self.order_id:
                self.siblings = (*self.siblings, report.order_id)

    def own(self, report: Report) -> Line | None:
        """Tell a report of the order; ``None``: it says nothing new."""
        if report.repeated or report.position is None:
            return None
        match report.exec_type:
            case "New":
                return self._accepted(report)
            case "Trade":
                return self._traded(report)
            case "Triggered":
                return self._triggered(report)
            case "Prevented":
                return self._prevented(report)
            case "Canceled" | "Expired":
                text = words.ended(
                    str(report.exec_type).lower(),
                    left=report.last_qty or Decimal(0),
                    reason=report.reason or "",
                    by=self._by(report),
                )
                return line_of(report, text, code=report.reason)
            case "TradeCancel" | "TradeCorrect":
                return self._revised(report)
            case "Rejected":
                what = "refused" if report.symbol is None else "refused when it was to start work"
                return self._refused(report, what)
            case _ if report.kind == "CancelReject":
                return self._refused(report, "amend refused" if report.fields.get("is_amend") else "cancel refused")
            case _:
                text_or_none = self._small(report)
                return None if text_or_none is None else line_of(report, text_or_none, code=report.reason)

    def blocked(self) -> Iterator[Line]:
        """Tell the prices that did not print because of the order."""
        for report in self.facts.beside:
            if report.exec_type != "BandBroken" or report.id != self.order_id:
                continue
            price, edge = price_of(report.value, self.listing), price_of(report.limit, self.listing)
            if price is None or edge is None:
                continue
            band = f"that ends at {edge}"
            text = words.blocked(price=price, rule=None, band=band)
            yield line_of(report, text, code="PRICE_BAND", numbers=(str(price), str(edge)))

    def _accepted(self, report: Report) -> Line:
        group = None
        if self.group_id is not None:
            group = f"group {self.group_id} with {_names(self.siblings)}"
        text = words.accepted(
            side=report.side or "",
            qty=report.order_qty or Decimal(0),
            symbol=report.symbol or "",
            ord_type=report.ord_type or "",
            price=report.price,
            tif=report.time_in_force or "",
            group=group,
        )
        return line_of(report, text, orders=self.siblings, group_id=self.group_id)

    def _traded(self, report: Report) -> Line:
        others = self._other_side(report, "Trade")
        text = words.traded(
            qty=report.last_qty or Decimal(0),
            price=report.last_px or Decimal(0),
            role=_ROLES.get(str(report.fields.get("liquidity")).upper(), "as one side"),
            other=_names(others) or _NOBODY,
            trade_id=report.trade_id,
            leaves=report.leaves_qty or Decimal(0),
        )
        return line_of(report, text, orders=others, trades=(report.trade_id,))

    def _revised(self, report: Report) -> Line | None:
        change = amendment_of(report)
        if change is None:
            return None
        now = None if change.is_bust else (change.quantity, change.price)
        text = words.revised(trade_id=report.trade_id, was=(change.was_quantity, change.was_price), now=now)
        return line_of(report, text, trades=(report.trade_id,))

    def _prevented(self, report: Report) -> Line:
        others = self._other_side(report, "Prevented")
        text = words.prevented(
            other=_names(others) or "an order",
            price=report.last_px or Decimal(0),
            qty=report.last_qty or Decimal(0),
            mode=None,
        )
        return line_of(report, text, orders=others)

    def _triggered(self, report: Report) -> Line:
        """A trade in the same command is what fired it, where trades are what it is compared with."""
        trade = None
        if self.source in {None, "last"}:
            trade = self._last_trade_before(report)
        price = None if trade is None else trade.last_px
        if trade is None or price is None:
            text = words.triggered(source=None, observed=None, trigger=report.trigger_price)
            return line_of(report, text)
        if self.source is None:
            by = f"; trade {trade.trade_id} at {price} was just before"
            text = words.triggered(source=None, observed=None, trigger=report.trigger_price, by=by)
        else:
            by = f"; by trade {trade.trade_id}"
            text = words.triggered(source=self.source, observed=price, trigger=report.trigger_price, by=by)
        return line_of(report, text, trades=(trade.trade_id,))

    def _refused(self, report: Report, what: str) -> Line:
        is_sale = next((it.side == "sell" for it in self.facts.own if it.side is not None), False)
        numbers = self.measure(report, self.listing, is_sale)
        said = "" if numbers is None else f"value {numbers[0]} against limit {numbers[1]}"
        text = words.refused(what, numbers=said, reason=report.reason or "")
        return line_of(report, text, code=report.reason, numbers=numbers)

    def _small(self, report: Report) -> str | None:
        qty, leaves = report.order_qty or Decimal(0), report.leaves_qty or Decimal(0)
        match report.exec_type:
            case "Suspended" if report.ord_type == "pegged":
                return words.parked()
            case "Suspended" if report.trigger_price is None and self.group_id is not None:
                return words.waits_for_entry()
            case "Suspended":
                return words.waits(None, source=None, trigger=report.trigger_price)
            case "Released":
                return words.released(qty=qty, leaves=leaves)
            case "Replaced":
                kept = bool(report.fields.get("priority_kept"))
                return words.amended(cl_ord_id=report.cl_ord_id, qty=qty, price=report.price, priority_kept=kept)
            case "Restated":
                return words.restated(qty=qty, leaves=leaves, reason=report.reason or "")
            case _:
                return None

    def _by(self, report: Report) -> str:
        """Say more of an end than its reason does."""
        same = self._same_command(report)
        if report.reason == "GROUP":
            done = [it for it in same if it.order_id in self.siblings and it.exec_type in _DID and self._is_mine(it)]
            return f" (#{done[-1].order_id} {_DID[str(done[-1].exec_type)]})" if done else ""
        if report.reason == "KILL":
            scopes = [it.fields.get("other") for it in self._command(report) if it.exec_type == "KillSwitchSet"]
            scope = scopes[0] if scopes else None
            return f" {_SCOPES[scope]}" if isinstance(scope, int) and scope < len(_SCOPES) else ""
        return ""

    def _is_mine(self, report: Report) -> bool:
        return report.fields.get("account") == self.account

    def _command(self, report: Report) -> Sequence[Report]:
        return () if report.position is None else self.by_seq.get(report.position.event_seq, ())

    def _same_command(self, report: Report) -> list[Report]:
        """Return what the same command did before."""
        at = report.position
        return [it for it in self._command(report) if it.position is not None and at is not None and it.position < at]

    def _other_side(self, report: Report, exec_type: str) -> tuple[int, ...]:
        """Return the order on the other side where it is of the same account."""
        at = report.position
        return tuple(
            it.order_id
            for it in self._command(report)
            if it.exec_type == exec_type
            and self._is_mine(it)
            and it.position is not None
            and at is not None
            and it.position[:2] == at[:2]
            and it.position.leg != at.leg
        )

    def _last_trade_before(self, report: Report) -> Report | None:
        trades = [
            it
            for it in self._same_command(report)
            if it.exec_type == "Trade" and it.fields.get("instrument") == self.instrument
        ]
        return trades[-1] if trades else None

    @property
    def listing(self) -> Listing | None:
        """Its instrument."""
        return self.facts.listings.get(self.instrument) if isinstance(self.instrument, int) else None


def _names(orders: Sequence[int]) -> str:
    return ", ".join(f"#{order_id}" for order_id in orders)
