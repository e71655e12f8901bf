"""Positions at average cost as they are, and as they were at the end of each day on which they changed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import position_days, positions
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Told
from fairlead.adapters.stores.step import Row, Step
from fairlead.domain.portfolio.holding import NOTHING, Holding, holding_after

__all__ = ["DAY_NS", "follow_positions", "holding_of"]

DAY_NS: Final = 86_400 * 1_000_000_000
_KNOWN: Final = "SELECT account, symbol, quantity, cost, realized, fees FROM positions WHERE account IN"


def follow_positions(step: Step, told: Told, memory: Memory) -> None:
    """Bring the positions to where they are after the trades."""
    if not told.sides:
        return
    held = _held(step, memory, list(dict.fromkeys(side.account for side in told.sides)))
    changed: dict[tuple[int, str], tuple[Holding, int]] = {}
    days: dict[tuple[int, str, int], tuple[Holding, int]] = {}
    for _, report, account, fill, _, listing in told.sides:
        symbol, mine, ts_ns = listing.symbol, held[account], fill.time_ns
        quantity = fill.quantity if report.side == "buy" else -fill.quantity
        holding = holding_after(mine.get(symbol, NOTHING), quantity=quantity, price=fill.price, fee=fill.fee)
        mine[symbol] = holding
        changed[account, symbol] = (holding, ts_ns)
        day_ts_ns = ts_ns - ts_ns % DAY_NS
        if day_ts_ns + DAY_NS > told.kept_from_ns:
            days[account, symbol, day_ts_ns] = (holding, ts_ns)
    step.put(positions, [(*key, *_row(*last)) for key, last in changed.items()])
    step.put(position_days, [(*key, *_row(*last)) for key, last in days.items()])


def _held(step: Step, memory: Memory, accounts: list[int]) -> dict[int, dict[str, Holding]]:
    unknown: dict[int, dict[str, Holding]] = {account: {} for account in memory.holdings.unknown(accounts)}
    for account, symbol, *amounts in step.any_of(_KNOWN, [(account,) for account in unknown]):
        unknown[account][symbol] = holding_of(amounts)
    held = {}
    for account in accounts:
        held[account] = unknown[account] if account in unknown else memory.holdings[account]
        memory.holdings.keep(account, held[account])
    return held


def holding_of(row: Sequence[str]) -> Holding:
    """Return quantity, cost, profit and fees of a row as the position they are."""
    quantity, cost, realized, fees = row
    return Holding(quantity=Decimal(quantity), cost=Decimal(cost), realized=Decimal(realized), fees=Decimal(fees))


def _row(it: Holding, ts_ns: int) -> Row:
    return written(it.quantity), written(it.cost), written(it.realized), written(it.fees), ts_ns
