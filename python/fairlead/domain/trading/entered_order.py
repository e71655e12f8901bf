"""Orders of which their reports do not say all that they were sent with, as the commands that entered them say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fairlead.domain.trading.sent import Sent, Word, sent_of, stp_word, trigger_kind
from fairlead.model.listing import Listing
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["ADVANCED_TYPES", "AmendedOrder", "EnteredOrder", "Leg", "amended_of", "entered_of", "instrument_of"]

# What ``GET /advanced-orders`` calls those that wait, hide a part, or depend on each other.
ADVANCED_TYPES: Final = (
    "STOP_LOSS",
    "TAKE_PROFIT",
    "IF_TOUCHED",
    "TRAILING_STOP",
    "ICEBERG",
    "HIDDEN",
    "OCO",
    "OTO",
    "BRACKET",
)
_GROUPS: Final = {"Oco": "OCO", "Oto": "OTO", "Otoco": "BRACKET"}
_DISPLAYS: Final = {"Iceberg": "ICEBERG", "Hidden": "HIDDEN"}
_PLAIN: Final = "PLAIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One order of them.

    Attributes:
        role: ``ENTRY``, ``TAKE_PROFIT`` or ``STOP_LOSS`` in a group; else the type, ``PLAIN`` where it has none.
        order_type: of the order, in the words of the API.
        terms: what else it was sent with, as in ``Sent``.
    """

    role: str
    order_type: str
    terms: Mapping[str, Word]

    @property
    def sent(self) -> Sent | None:
        """What it was sent with; ``None`` where its reports say all of it."""
        return Sent(order_type=self.order_type, fields=self.terms) if self.terms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredOrder:
    """One command that entered such orders.

    Attributes:
        seq: its place in the log.
        symbol: in what.
        order_type: one of ``ADVANCED_TYPES``; ``None`` of one that neither waits, hides a part nor is in a group.
        legs: its orders, entry first; the exchange numbers them one after another.
    """

    seq: int
    symbol: str
    order_type: str | None
    legs: Sequence[Leg]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedOrder:
    """One command that asked for a change which no report tells of.

    Attributes:
        seq: its place in the log.
        display_qty: of an iceberg, the size of its tips from now on, as the wire has it; ``None``: as it was.
        stp_mode: its self-trade prevention from now on, in the word of the API; ``None``: as it was.
    """

    seq: int
    display_qty: int | None = None
    stp_mode: str | None = None


def instrument_of(message: Message) -> int:
    """Return the number of the instrument of a command that enters orders; -1: it names none."""
    fields = message.entries[0] if message.kind == "NewGroup" and message.entries else message.fields
    number = fields.get("instrument" if message.kind == "NewOrder" else "order.instrument")
    return number if isinstance(number, int) else -1


def amended_of(message: Message, *, seq: int) -> AmendedOrder | None:
    """Return what a command of the log changes that no report tells of; ``None``: nothing."""
    if message.kind != "ModifyOrder":
        return None
    display_qty, stp = message.fields.get("display_qty"), message.fields.get("stp")
    if display_qty is None and stp is None:
        return None
    return AmendedOrder(
        seq=seq,
        display_qty=display_qty if isinstance(display_qty, int) else None,
        stp_mode=None if stp is None else stp_word(stp),
    )


def entered_of(message: Message, listing: Listing, *, seq: int) -> EnteredOrder | None:
    """Return what a command of the log enters; ``None`` of an order whose reports say all of it."""
    if message.kind == "NewGroup":
        kind = _GROUPS[str(message.fields["kind"])]
        legs = [_leg(_order_in(entry), entry, listing) for entry in message.entries]
        roles = _roles(kind, [leg.order_type for leg in legs])
        named = [
            Leg(role=role, order_type=leg.order_type, terms=leg.terms) for role, leg in zip(roles, legs, strict=True)
        ]
        return EnteredOrder(seq=seq, symbol=listing.symbol, order_type=kind, legs=named)
    if message.kind == "NewStop":
        leg = _leg(_order_in(message.fields), message.fields, listing)
    elif message.kind == "NewOrder":
        leg = _leg(message.fields, {}, listing)
    else:
        return None
    if leg.role == _PLAIN and leg.sent is None:
        return None
    alone = None if leg.role == _PLAIN else leg.role
    return EnteredOrder(seq=seq, symbol=listing.symbol, order_type=alone, legs=[leg])


def _order_in(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name.removeprefix("order."): value for name, value in fields.items() if name.startswith("order.")}


def _leg(order: Mapping[str, Value], fields: Mapping[str, Value], listing: Listing) -> Leg:
    sent = sent_of(order, fields, listing)
    role = trigger_kind(fields) or _DISPLAYS.get(str(order.get("display")), _PLAIN)
    return Leg(role=role, order_type=sent.order_type, terms=sent.fields)


def _roles(kind: str, types: Sequence[str]) -> list[str]:
    """Return what each order of a group is for: the first of a bracket enters, one that waits for a price stops."""
    has_entry = kind != "OCO"
    exits = types[1:] if has_entry else types
    roles = ["STOP_LOSS" if word.startswith(("STOP", "TRAILING")) else "TAKE_PROFIT" for word in exits]
    return ["ENTRY", *roles] if has_entry else roles
