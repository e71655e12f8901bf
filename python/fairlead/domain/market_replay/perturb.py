"""Change the quantity of one inbound order, to see that the comparison notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fairlead.domain.market_replay.errors import PerturbRefusedError
from fairlead.domain.market_replay.records import FoldStep, Inbound, L3Add, NewLimit, OpenMarket


def perturb_orders(inbound: Iterable[Inbound], *, row: int) -> Iterator[Inbound]:
    """Yield the commands with one lot more on the order in inbound row ``row`` (1-based).

    Raises:
        PerturbRefusedError: the row is a cancel, or the list is shorter.
    """
    rows = 0
    for command in inbound:
        if not isinstance(command, OpenMarket):
            rows = command.row
            if rows == row:
                command = _larger_order(command, row=row)
        yield command
    _require_reached(row, rows=rows)


def perturb_steps(steps: Iterable[FoldStep], *, row: int) -> Iterator[FoldStep]:
    """Yield the steps with one lot more on the order added in row ``row`` (1-based).

    Raises:
        PerturbRefusedError: the row adds no order, lies in the seed, or the list is shorter.
    """
    rows = 0
    for step in steps:
        if rows < row < step.row:
            raise PerturbRefusedError(f"row {row} is in the book the replay starts from, it is not replayed")
        rows = step.row
        if rows == row:
            step = _larger_add(step, row=row)
        yield step
    _require_reached(row, rows=rows)


def _larger_order(command: Inbound, *, row: int) -> Inbound:
    if not isinstance(command, NewLimit):
        raise PerturbRefusedError(f"row {row} is a cancel and has no quantity that decides anything")
    return replace(command, order_qty=command.order_qty + 1)


def _larger_add(step: FoldStep, *, row: int) -> FoldStep:
    if not isinstance(step.change, L3Add):
        raise PerturbRefusedError(f"row {row} adds no order")
    return replace(step, change=replace(step.change, qty_lots=step.change.qty_lots + 1))


def _require_reached(row: int, *, rows: int) -> None:
    if row > rows:
        raise PerturbRefusedError(f"row {row} does not exist: the recording has {rows} rows")
