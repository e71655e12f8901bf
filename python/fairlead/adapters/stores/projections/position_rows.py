"""Positions at average cost as they are, and as they were at the end of each day on which they changed.

A position in the market of an event is YES less NO. Its end closes it at what a YES pays; a void undoes it. A trade
that is taken back is a trade the other way at its own price, and a corrected one is made anew after that: profit and
cost together are as if it had been made so.
"""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Final, NamedTuple

from fairlead.adapters.stores.exact import written
from fairlead.adapters.stores.projection_tables import position_days, positions
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.outcome_rows import Resolved, resolved
from fairlead.adapters.stores.projections.told import Told
from fairlead.adapters.stores.step import Row, Step
from fairlead.domain.portfolio.holding import NOTHING, Holding, holding_after, settled
from fairlead.model.report import Position

__all__ = ["DAY_NS", "follow_positions", "holding_of"]

DAY_NS: Final = 86_400 * 1_000_000_000
_ZERO: Final = Decimal(0)
_KNOWN: Final = "SELECT account, symbol, quantity, cost, realized, fees FROM positions WHERE account IN"


_IN_MARKET: Final = "SELECT account, quantity, cost, realized, fees FROM positions WHERE symbol = ?"


class _Move(NamedTuple):
    """What one side of a trade did to a position; ``quantity`` is negative for what was sold."""

    position: Position
    account: int
    symbol: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    ts_ns: int


def follow_positions(step: Step, told: Told, memory: Memory) -> None:
    """Bring the positions to where they are after the trades, and after the ends of markets."""
    moves = _moves(told)
    if moves:
        _trade(step, told, memory, moves)
    for end in resolved(told):
        _close(step, told, memory, end)


def _moves(told: Told) -> list[_Move]:
    """Return what changes positions, oldest first: trades, and of those taken back or corrected what undoes them."""
    moves = []
    for position, report, account, fill, _, listing in told.sides:
        sign = 1 if report.side == "buy" else -1
        moves.append(_Move(position, account, listing.symbol, sign * fill.quantity, fill.price, fill.fee, fill.time_ns))
    for position, report, account, it, listing in told.amended:
        sign, ts_ns = 1 if report.side == "buy" else -1, report.ts_ns
        undone = -sign * it.was_quantity
        moves.append(_Move(position, account, listing.symbol, undone, it.was_price, it.fee, ts_ns))
        if not it.is_bust:
            moves.append(_Move(position, account, listing.symbol, sign * it.quantity, it.price, _ZERO, ts_ns))
    if told.amended:
        moves.sort(key=attrgetter("position"))
    return moves


def _trade(step: Step, told: Told, memory: Memory, moves: Sequence[_Move]) -> None:
    held = _held(step, memory, list(dict.fromkeys(move.account for move in moves)))
    changed: dict[tuple[int, str], tuple[Holding, int]] = {}
    days: dict[tuple[int, str, int], tuple[Holding, int]] = {}
    for _, account, symbol, quantity, price, fee, ts_ns in moves:
        mine = held[account]
        holding = holding_after(mine.get(symbol, NOTHING), quantity=quantity, price=price, fee=fee)
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
