"""Limits of an account as the command in the log sets them: no report tells their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.model.listing import EXACT, Listing
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["LIMIT_COMMANDS", "SetLimits", "limited_instrument", "set_limits_of"]

LIMIT_COMMANDS: Final = frozenset({"SetAccountLimits", "SetInstrumentLimits"})
_COUNTS: Final = {
    "ordersPerS": "limits.orders.per_second",
    "ordersBurst": "limits.orders.burst",
    "cancelsPerS": "limits.cancels.per_second",
    "cancelsBurst": "limits.cancels.burst",
    "openOrdersMax": "limits.open_orders_max",
}
_MS_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits:
    """One such command.

    Attributes:
        seq: its place in the log.
        account: whose.
        symbol: in which market; ``None``: over all of them.
        values: by the name of the API, as text; ``None``: no limit of that kind.
    """

    seq: int
    account: int
    symbol: str | None
    values: Mapping[str, str | None]


def limited_instrument(message: Message) -> int | None:
    """Return the number of the instrument of such a command; ``None``: it is about all."""
    number = message.fields.get("instrument")
    return number if isinstance(number, int) else None


def set_limits_of(message: Message, listing: Listing | None, *, seq: int) -> SetLimits:
    """Return what such a command sets.

    Args:
        message: the command as the log has it.
        listing: its instrument; ``None``: it is about all.
        seq: its place.
    """
    account, said = message.fields["account"], message.fields
    assert isinstance(account, int), f"limits are those of an account: seq={seq}"
    if listing is None:
        # 0 does not limit.
        values = {name: _text(said[field] or None) for name, field in _COUNTS.items()}
        values["duplicateMs"] = _text(said["limits.duplicate_ns"] or None, _MS_DECIMALS)
        return SetLimits(seq=seq, account=account, symbol=None, values=values)
    values = {
        "maxQuantity": _text(said.get("limits.max_qty"), listing.qty_decimals),
        "maxValue": _text(said.get("limits.max_value"), listing.quote.decimals),
        "collarBps": _text(said.get("limits.collar_bps")),
        "positionMax": _text(said.get("limits.position_max"), listing.qty_decimals),
        "restricted": "true" if said["limits.restricted"] else None,
    }
    return SetLimits(seq=seq, account=account, symbol=listing.symbol, values=values)


def _text(number: Value, decimals: int = 0) -> str | None:
    """Return a number of the wire digit by digit, without zeros at its end."""
    if not isinstance(number, int):
        return None
    whole = f"{Decimal(number).scaleb(-decimals, context=EXACT):f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole
