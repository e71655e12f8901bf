"""What each account has, and every movement that brought it there: deposits, withdrawals, trades, fees, pairs."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from fairlead.adapters.stores.projection_tables import balances, ledger
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.outcome_rows import moved_pairs, of_events
from fairlead.adapters.stores.projections.told import AmendedSide, Side, Told, is_copy
from fairlead.adapters.stores.step import Step
from fairlead.model.listing import Asset, Listing
from fairlead.model.report import Position, Report

__all__ = ["VENUE", "follow_money"]

# The account of the venue, which fees go to.
VENUE: Final = 0
_MOVES: Final = {"Deposited": ("DEPOSIT", 1), "Withdrawn": ("WITHDRAWAL", -1)}
_END: Final = "SETTLEMENT"
_KNOWN: Final = "SELECT account, asset_id, total FROM balances WHERE account IN"


class _Line(NamedTuple):
    """One movement of one report; ``amount`` in units of the asset's decimals, ``None`` where it takes all there is."""

    position: Position
    line: int
    account: int
    asset_id: int
    kind: str
    amount: int | None
    report: Report


def follow_money(step: Step, told: Told, memory: Memory) -> None:
    """Add the movements to the ledger and bring the balances to where they are after them."""
    traded = (line for side in told.sides for line in _traded(side))
    amended = (line for side in told.amended for line in _amended(side))
    lines = sorted([*_moved(told), *_paired(told), *_paid(told), *traded, *amended], key=lambda it: it[:2])
    if not lines:
        return
    totals = _totals(step, memory, lines)
    rows, changed = [], {}
    for position, number, account, asset_id, kind, amount, report in lines:
        mine = totals[account]
        before = mine.get(asset_id, 0)
        if amount is None and not (amount := -before):
            continue
        total = mine[asset_id] = before + amount
        changed[account, asset_id] = report.ts_ns
        if report.ts_ns < told.kept_from_ns:
            continue
        of = (report.order_id or None, report.trade_id or None, report.ts_ns)
        rows.append((*position, number, account, asset_id, kind, str(amount), str(total), *of))
    step.add(ledger, rows)
    step.put(balances, [(*key, str(totals[key[0]][key[1]]), ts_ns) for key, ts_ns in changed.items()])


def _totals(step: Step, memory: Memory, lines: list[_Line]) -> dict[int, dict[int, int]]:
    accounts = list(dict.fromkeys(line.account for line in lines))
    unknown: dict[int, dict[int, int]] = {account: {} for account in memory.balances.unknown(accounts)}
    for account, asset_id, total in step.any_of(_KNOWN, [(account,) for account in unknown]):
        unknown[account][asset_id] = int(total)
    totals = {}
    for account in accounts:
        totals[account] = unknown[account] if account in unknown else memory.balances[account]
        memory.balances.keep(account, totals[account])
    return totals


def _moved(told: Told) -> Iterator[_Line]:
    for position, report, _ in told.reports:
        kind, sign = _MOVES.get(report.exec_type or "", ("", 0))
        account = report.fields.get("account")
        if sign and report.kind == "CommandReport" and isinstance(account, int) and not is_copy(report):
            yield _Line(position, 0, account, report.id, kind, sign * report.value, report)


def _traded(side: Side) -> Iterator[_Line]:
    position, report, account, fill, value, listing = side
    sign = 1 if report.side == "buy" else -1
    fee = listing.quote.mantissa(fill.fee)
    base, quote = listing.base, listing.quote
    yield _Line(position, 0, account, base.id, "TRADE", sign * base.mantissa(fill.quantity), report)
    yield _Line(position, 1, account, quote.id, "TRADE", -sign * quote.mantissa(value), report)
    if fee:
        yield _Line(position, 2, account, quote.id, "FEE", -fee, report)
        yield _Line(position, 3, VENUE, quote.id, "FEE", fee, report)


def _amended(side: AmendedSide) -> Iterator[_Line]:
    """What is exchanged on top of what the trade exchanged."""
    position, report, account, amendment, listing = side
    kind = "BUST" if amendment.is_bust else "CORRECTION"
    sign = 1 if report.side == "buy" else -1
    base, quote = listing.base, listing.quote
    moves = (
        (account, base.id, sign * base.mantissa(amendment.more_quantity)),
        (account, quote.id, -sign * quote.mantissa(amendment.more_value)),
        (account, quote.id, -quote.mantissa(amendment.fee)),
        (VENUE, quote.id, quote.mantissa(amendment.fee)),
    )
    for line, (whose, asset_id, amount) in enumerate(moves):
        if amount:
            yield _Line(position, line, whose, asset_id, kind, amount, report)


def _paired(told: Told) -> Iterator[_Line]:
    """A pair costs 1 of the quote asset and is worth it when it is given back."""
    for position, report, account, quantity, listing in moved_pairs(told):
        no, kind = _no(listing), "MINT" if quantity > 0 else "MERGE"
        yield _Line(position, 0, account, listing.quote.id, kind, -listing.quote.mantissa(quantity), report)
        yield _Line(position, 1, account, listing.base.id, kind, listing.base.mantissa(quantity), report)
        yield _Line(position, 2, account, no.id, kind, no.mantissa(quantity), report)


def _paid(told: Told) -> Iterator[_Line]:
    """The end of a market takes every YES and NO of an account and pays for them."""
    for position, report, listing in of_events(told, "OutcomePaid"):
        account = report.fields["account"]
        assert isinstance(account, int), f"somebody is paid: position={position}"
        yield _Line(position, 0, account, listing.base.id, _END, None, report)
        yield _Line(position, 1, account, _no(listing).id, _END, None, report)
        if report.value:
            yield _Line(position, 2, account, listing.quote.id, _END, report.value, report)


def _no(listing: Listing) -> Asset:
    assert listing.no is not None, f"the market of an event has two assets: symbol={listing.symbol}"
    return listing.no
