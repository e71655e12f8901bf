"""How a block that is as it should be is read and written in one go; whoever gets ``None`` finds out what is wrong."""

from collections.abc import Sequence
from typing import TypeAlias

from fairlead._core import MessagePlan
from fairlead.wire.table import Field

__all__ = ["Value", "plan_of"]

Value: TypeAlias = int | str | bool | bytes | None


def plan_of(fields: Sequence[Field]) -> MessagePlan:
    """Return the plan of a block.

    A plan does what the codec does field by field, and gives up where that would raise: it has no errors of its own.

    Args:
        fields: in their order, without holes between them.
    """
    return MessagePlan(
        [(row.name, row.form, row.size, row.row, row.bit, sorted(row.values), dict(row.words)) for row in fields]
    )
