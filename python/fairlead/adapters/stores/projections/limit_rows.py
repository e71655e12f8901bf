"""What limits were set to: written from the commands of the log, and read beside the reports that they were set."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from fairlead.adapters.stores.projection_tables import limit_changes
from fairlead.adapters.stores.step import Step
from fairlead.domain.limits.set_limits import SetLimits
from fairlead.ports.audit import LimitChange, LimitsTold

__all__ = ["keep_limits", "limits_told"]

_NEW: Final = "SELECT event_seq, account, symbol, content FROM limit_changes WHERE event_seq IN"
_OLD: Final = (
    "SELECT content FROM limit_changes WHERE account = ? AND symbol = ? AND event_seq < ?"
    " ORDER BY event_seq DESC LIMIT 1"
)
_SETTER: Final = "SELECT set_by FROM limit_setters WHERE account = ? AND symbol = ? AND set_ts_ns = ?"
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, str | None]).decode


def keep_limits(step: Step, commands: Sequence[SetLimits]) -> None:
    """Keep what was set."""
    step.put(limit_changes, [(it.seq, it.account, it.symbol or "", _encode(it.values).decode()) for it in commands])


def limits_told(view: Step, told: Mapping[int, int]) -> dict[int, LimitsTold]:
    """Return what was set at places of the log, as far as the log was read.

    Args:
        view: the store.
        told: the times of the reports that limits were set, nanoseconds UTC, by their places.
    """
    if not told:
        return {}
    found: dict[int, LimitsTold] = {}
    for seq, account, symbol, content in view.any_of(_NEW, [(seq,) for seq in told]):
        before = view.rows(_OLD, (account, symbol, seq))
        setters = view.rows(_SETTER, (account, symbol, told[seq]))
        old: dict[str, Any] = _decode(before[0][0]) if before else {}
        changes = [
            LimitChange(field=field, old=old.get(field), new=new)
            for field, new in _decode(content).items()
            if new is not None or old.get(field) is not None
        ]
        found[seq] = LimitsTold(changes=changes, set_by=setters[0][0] if setters else None)
    return found
