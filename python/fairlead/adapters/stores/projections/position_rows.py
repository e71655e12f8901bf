"""Positions at average cost as they are, and as they were at the end of each day on which they changed.

A position in the market of an event is YES less NO. Its end closes it at what a YES pays; a void undoes it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import position_days, positions
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.outcome_rows import Resolved, resolved
from fairlead.adapters.stores.projections.told import Told
from fairlead.adapters.stores.step import Row, Step
from fairlead.domain.portfolio.holding import NOTHING, Holding, holding_after, settled

__all__ = ["DAY_NS", "follow_positions", "holding_of"]

DAY_NS: Final = 86_400 * 1_000_000_000
_KNOWN: Final = "SELECT account, symbol, quantity, cost, realized, fees FROM positions WHERE account IN"


_IN_MARKET: Final = "SELECT account, quantity, cost, realized, fees FROM positions WHERE symbol = ?"


def follow_positions(step: Step, told: Told, memory: Memory) -> None:
    """Bring the positions to where they are after the trades, and after the ends of markets."""
    if told.sides:
        _trade(step, told, memory)
    for end in resolved(told):
        _close(step, told, memory, end)


def _trade(step: Step, told: Told, memory: Memory) -> None:
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


def _close(step: Step, told: Told, memory: Memory, end: Resolved) -> None:
    """Close every position of a market that ended; nothing trades in it after that."""
    symbol, ts_ns = end.listing.symbol, end.report.ts_ns
    day_ts_ns = ts_ns - ts_ns % DAY_NS
    rows = []
    for account, *amounts in step.rows(_IN_MARKET, (symbol,)):
        holding = NOTHING if end.yes_pays is None else settled(holding_of(amounts), end.yes_pays)
        rows.append((account, _row(holding, ts_ns)))
        if (known := memory.holdings.get(account)) is not None:
            known[symbol] = holding
    step.put(positions, [(account, symbol, *row) for account, row in rows])
    if day_ts_ns + DAY_NS > told.kept_from_ns:
        step.put(position_days, [(account, symbol, day_ts_ns, *row) for account, row in rows])


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
