"""What an exchange says happened: one frozen class per kind of fact.

Prices, quantities and amounts are exact ``Decimal`` values with the decimals of their instrument or asset.
The ``value`` and ``limit`` of a refusal are the integers the engine compared, in units of the smallest decimal.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fairlead.model.amendment import TradeAmended as TradeAmended
from fairlead.model.event import Event
from fairlead.model.words import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetAdded(Event):
    """An asset was defined."""

    asset: str
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentListed(Event):
    """An instrument was defined."""

    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAdded(Event):
    """An account was opened."""

    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeesSet(Event):
    """A fee schedule changed; rates in parts per million, negative for a rebate.

    ``base`` is notional, or variance: quantity times ``p * (1 - p)``, in markets of events.
    """

    schedule: int
    version: int
    base: str
    maker_ppm: int
    taker_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicksSet(Event):
    """An instrument has another price grid."""

    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFeesSet(Event):
    """An account pays by another fee schedule."""

    account: str
    schedule: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited(Event):
    """Money came in."""

    account: str
    asset: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """Money went out."""

    account: str
    asset: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccepted(Event):
    """An order was accepted (FIX 150=0); ``price`` is its limit after sliding, or its protection price."""

    order_id: int
    account: str
    symbol: str
    cl_ord_id: str
    side: Side
    ord_type: str
    time_in_force: str
    expire_ns: int | None
    price: Decimal | None
    order_qty: Decimal
    display: Literal["all", "hidden", "iceberg"]
    display_qty: Decimal
    post_only: Literal["no", "reject", "slide"]
    reduce_only: bool
    stp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRejected(Event):
    """A new order was refused (FIX 150=8)."""

    account: str
    cl_ord_id: str
    order_id: int | None
    reason: str
    value: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRejected(Event):
    """An amend was refused; the order is untouched (FIX 35=9)."""

    account: str
    cl_ord_id: str
    order_id: int | None
    reason: str
    value: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRejected(Event):
    """A cancel was refused (FIX 35=9)."""

    account: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRejected(Event):
    """A command that is neither an order, an amend nor a cancel was refused."""

    reason: str
    value: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Event):
    """The same request came before: this is its first outcome, nothing was done again."""

    account: str
    cl_ord_id: str
    order_id: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPosted(Event):
    """An order entered a queue at the back; ``public_id`` is its place in time, 0 for a hidden order."""

    order_id: int
    symbol: str
    side: Side
    price: Decimal
    public_id: int
    displayed_qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefreshed(Event):
    """An iceberg's tip was refilled at the back of the queue."""

    order_id: int
    symbol: str
    side: Side
    price: Decimal
    public_id: int
    displayed_qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReplaced(Event):
    """An order changed in place (FIX 150=5)."""

    order_id: int
    account: str
    symbol: str
    cl_ord_id: str
    price: Decimal | None
    order_qty: Decimal
    leaves_qty: Decimal
    displayed_qty: Decimal
    time_in_force: str
    expire_ns: int | None
    priority_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRestated(Event):
    """The venue made an order smaller (FIX 150=D)."""

    order_id: int
    account: str
    symbol: str
    order_qty: Decimal
    leaves_qty: Decimal
    displayed_qty: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderParked(Event):
    """A pegged order left the book to wait for its reference."""

    order_id: int
    account: str
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade(Event):
    """Two orders traded (FIX 150=F, once for each side); ``aggressor`` is ``None`` in an auction."""

    trade_id: int
    symbol: str
    price: Decimal
    qty: Decimal
    buy_order_id: int
    sell_order_id: int
    buy_account: str
    sell_account: str
    buy_leaves_qty: Decimal
    sell_leaves_qty: Decimal
    buy_fee: Decimal
    sell_fee: Decimal
    aggressor: Side | None
    self_match: bool

    def __repr__(self) -> str:
        return (
            f"Trade(#{self.trade_id} {self.symbol} {self.qty} @ {self.price} buy={self.buy_order_id} "
            f"sell={self.sell_order_id} aggressor={self.aggressor})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePrevented(Event):
    """Two orders of one owner met and did not trade."""

    symbol: str
    taker_order_id: int
    maker_order_id: int
    price: Decimal
    qty: Decimal
    mode: str
    maker_leaves_qty: Decimal
    maker_displayed_qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCanceled(Event):
    """An order ended by cancellation (FIX 150=4)."""

    order_id: int
    account: str
    symbol: str
    canceled_qty: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderExpired(Event):
    """An order's life ended (FIX 150=C)."""

    order_id: int
    account: str
    symbol: str
    canceled_qty: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MassCanceled(Event):
    """A mass cancel is done."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(Event):
    """An instrument changed its trading state."""

    symbol: str
    from_state: str
    to_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicativePrice(Event):
    """What the uncross would be; ``imbalance`` is positive where buyers are left over."""

    symbol: str
    price: Decimal | None
    volume: Decimal
    imbalance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncrossed(Event):
    """An auction ended; ``price`` is ``None`` where nothing traded."""

    symbol: str
    price: Decimal | None
    volume: Decimal
    imbalance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed(Event):
    """Time passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSuspended(Event):
    """An order waits (FIX 39=9): for its trigger, or where ``kind`` is ``None`` for the entry of its group."""

    order_id: int
    account: str
    symbol: str
    kind: str | None
    source: str
    trigger_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTriggered(Event):
    """An order's trigger fired (FIX 150=L); ``observed`` is what its source was."""

    order_id: int
    account: str
    symbol: str
    source: str
    trigger_price: Decimal
    observed: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRejected(Event):
    """A triggered or released order was refused and has ended (FIX 150=8)."""

    order_id: int
    account: str
    symbol: str
    canceled_qty: Decimal
    reason: str
    value: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReleased(Event):
    """An order of a group may trade, or may trade more."""

    order_id: int
    account: str
    symbol: str
    order_qty: Decimal
    leaves_qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAccepted(Event):
    """A group was accepted; the acceptance of its orders follows."""

    group_id: int
    account: str
    symbol: str
    kind: str
    mode: str
    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRejected(Event):
    """A group was refused as a whole; ``leg`` is at fault, from 0."""

    account: str
    cl_ord_id: str | None
    leg: int
    reason: str
    value: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsSet(Event):
    """Limits of an account were set; ``symbol`` is ``None`` for those over all instruments."""

    account: str
    symbol: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLineSet(Event):
    """A credit line was set."""

    account: str
    asset: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchSet(Event):
    """A kill switch is on: ``scope`` is all, instrument, account or session, ``of`` names which."""

    scope: str
    of: str | None
    operator: int
    note: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchCleared(Event):
    """A kill switch is off."""

    scope: str
    of: str | None
    operator: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectRuleSet(Event):
    """What happens to a session's orders when it is lost was set."""

    session: int
    grace_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(Event):
    """A session was lost or is back; ``cancel_ns`` is when its orders will be canceled."""

    session: int
    up: bool
    cancel_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadManSet(Event):
    """A dead-man timer was armed, renewed or, where ``at_ns`` is ``None``, disarmed."""

    account: str
    at_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSet(Event):
    """A mark or index price was given."""

    symbol: str
    kind: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceStale(Event):
    """A mark or index price is too old: its triggers wait for the next one."""

    symbol: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltOrdered(Event):
    """A person halted an instrument, until ``until_ns`` or until it is resumed."""

    symbol: str
    operator: int
    note: str
    until_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeOrdered(Event):
    """A person ended a halt."""

    symbol: str
    operator: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStateSet(Event):
    """The session's state was set while something more restrictive decides."""

    symbol: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerSet(Event):
    """The rules of a breaker were set or removed."""

    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BandsSet(Event):
    """Price bands were given from outside."""

    symbol: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BandBroken(Event):
    """A price would have broken a band and did not print."""

    symbol: str
    order_id: int
    price: Decimal
    low: Decimal
    high: Decimal
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTripped(Event):
    """A breaker stopped trading; ``until_ns`` is ``None`` where a person decides."""

    symbol: str
    rule: str
    until_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionExtended(Event):
    """The auction price would be outside the collar: the call goes on."""

    symbol: str
    price: Decimal
    low: Decimal
    high: Decimal
    until_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadChanged(Event):
    """The spread became ``wide``, ``one_sided`` or ``normal``."""

    symbol: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSet(Event):
    """An instrument is the market of an event: its base asset pays if it happens, ``no`` if it does not."""

    symbol: str
    no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsMinted(Event):
    """An account paid 1 for each pair: by command, or to sell in the trade that follows what it did not have."""

    symbol: str
    account: str
    qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsMerged(Event):
    """An account got 1 for each pair: by command, or for those that the trade before completed."""

    symbol: str
    account: str
    qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePaid(Event):
    """What an account had in the market of an event was exchanged for ``amount``, negative where it gave back."""

    symbol: str
    account: str
    yes: Decimal
    no: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeResolved(Event):
    """The market of an event ended; ``weight`` is what one YES paid, ``None`` where it is void."""

    symbol: str
    weight: Decimal | None
