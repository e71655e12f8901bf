"""What each account has, and every movement that brought it there: deposits, withdrawals, trades, fees."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import put
from fairlead.adapters.stores.projection_tables import balances, ledger
from fairlead.adapters.stores.projections.event_rows import instrument_of, is_copy
from fairlead.domain.trading.order_record import value_of
from fairlead.domain.trading.order_view import fill_of
from fairlead.model.listing import Listing
from fairlead.model.report import Report

__all__ = ["VENUE", "follow_money"]

# The account of the venue, which fees go to.
VENUE: Final = 0
_MOVES: Final = {"Deposited": ("DEPOSIT", 1), "Withdrawn": ("WITHDRAWAL", -1)}


class _Line(NamedTuple):
    """One movement of one report; ``amount`` in units of the asset's decimals."""

    account: int
    asset_id: int
    kind: str
    amount: int


async def follow_money(step: AsyncConnection, reports: Sequence[Report], listings: Mapping[int, Listing]) -> None:
    """Add the movements to the ledger and bring the balances to where they are after them."""
    lines = [(report, number, line) for report in reports for number, line in enumerate(_lines(report, listings))]
    if not lines:
        return
    totals = await _totals(step, sorted({line.account for _, _, line in lines}))
    written, changed = [], {}
    for report, number, line in lines:
        assert report.position is not None, "what is followed has a place in the log"
        key = (line.account, line.asset_id)
        totals[key] = totals.get(key, 0) + line.amount
        changed[key] = report.ts_ns
        written.append(
            {
                **report.position._asdict(),
                "line": number,
                **line._asdict(),
                "balance": totals[key],
                "order_id": report.order_id or None,
                "trade_id": report.trade_id or None,
                "ts_ns": report.ts_ns,
            }
        )
    await step.execute(insert(ledger), written)
    rows = [
        {"account": account, "asset_id": asset_id, "total": totals[account, asset_id], "updated_ts_ns": ts_ns}
        for (account, asset_id), ts_ns in changed.items()
    ]
    await put(step, balances, rows)


async def _totals(step: AsyncConnection, accounts: list[int]) -> dict[tuple[int, int], int]:
    rows = await step.execute(select(balances).where(balances.c.account.in_(accounts)))
    return {(row.account, row.asset_id): row.total for row in rows}


def _lines(report: Report, listings: Mapping[int, Listing]) -> Iterator[_Line]:
    if report.kind == "CommandReport":
        kind, sign = _MOVES.get(report.exec_type or "", ("", 0))
        account = report.fields.get("account")
        if sign and isinstance(account, int) and not is_copy(report):
            yield _Line(account, report.id, kind, sign * report.value)
        return
    fill = fill_of(report)
    if fill is None:
        return
    account, it = report.fields["account"], listings[instrument_of(report)]
    assert isinstance(account, int), f"a trade says whose it is: position={report.position}"
    sign = 1 if report.side == "buy" else -1
    fee = it.quote.mantissa(fill.fee)
    yield _Line(account, it.base.id, "TRADE", sign * it.base.mantissa(fill.quantity))
    yield _Line(account, it.quote.id, "TRADE", -sign * it.quote.mantissa(value_of(fill)))
    if fee:
        yield _Line(account, it.quote.id, "FEE", -fee)
        yield _Line(VENUE, it.quote.id, "FEE", fee)
