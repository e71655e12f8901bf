"""What an order waits for, and orders that depend on each other."""

from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from typing import TypedDict, Unpack

from fairlead.errors import UsageError
from fairlead.model.words import Number


class When(TypedDict, total=False):
    """How a trigger is compared with its source: the attributes of ``Trigger`` of the same names."""

    source: str
    fall_back: bool
    strict: bool
    allow_immediate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What makes a waiting order fire; built by ``stop``, ``take_profit``, ``touched`` or ``trailing``.

    Side and kind give the direction: a sell stop fires at or below its trigger, a buy stop at or above; take-profit and
    if-touched the other way round.

    Attributes:
        kind: ``stop_loss``, ``take_profit``, ``if_touched`` or ``trailing_stop``.
        source: what the trigger is compared with (FIX 1107): ``last`` trade, displayed ``bid``, ``ask``, ``mid``, or
            the ``mark`` or ``index`` price given with ``set_reference``.
        fall_back: while the mark or index price is missing or too old, trades count instead.
        strict: the source must go beyond the trigger, not only reach it.
        allow_immediate: a trigger that has been passed at entry fires at once instead of being refused.
        price: the trigger; of a trailing stop one it never falls behind.
        trail_amount: distance of a trailing stop as a price difference, > 0.
        trail_bps: distance in basis points of the best price since it follows, 1 to 9,999.
        activation_price: a trailing stop starts to follow when its source reaches this.
        step: the best price counts only when it is at least this much better, > 0.
        limit_offset: a trailing stop of type limit gets its limit this far behind its trigger, >= 0.
    """

    kind: str
    source: str = "last"
    fall_back: bool = False
    strict: bool = False
    allow_immediate: bool = False
    price: Number | None = None
    trail_amount: Number | None = None
    trail_bps: int | None = None
    activation_price: Number | None = None
    step: Number | None = None
    limit_offset: Number | None = None

    @classmethod
    def stop(cls, price: Number, **when: Unpack[When]) -> "Trigger":
        """Return a stop-loss trigger."""
        return cls(kind="stop_loss", price=price, **when)

    @classmethod
    def take_profit(cls, price: Number, **when: Unpack[When]) -> "Trigger":
        """Return a take-profit trigger."""
        return cls(kind="take_profit", price=price, **when)

    @classmethod
    def touched(cls, price: Number, **when: Unpack[When]) -> "Trigger":
        """Return a market- or limit-if-touched trigger."""
        return cls(kind="if_touched", price=price, **when)

    @classmethod
    def trailing(
        cls,
        *,
        amount: Number | None = None,
        percent: Number | None = None,
        bps: int | None = None,
        activation_price: Number | None = None,
        step: Number | None = None,
        limit_offset: Number | None = None,
        price: Number | None = None,
        **when: Unpack[When],
    ) -> "Trigger":
        """Return a trailing stop's trigger: at a distance of ``amount``, ``percent`` or ``bps``.

        Raises:
            UsageError: ``percent`` is no multiple of 0.01, or is given together with ``bps``.
        """
        if percent is not None:
            if bps is not None:
                raise UsageError(f"percent={percent} and bps={bps} both say how far: give one of them")
            scaled = Decimal(str(percent)) * 100
            if scaled != scaled.to_integral_value():
                raise UsageError(f"percent={percent} is finer than a basis point: give a multiple of 0.01")
            bps = int(scaled)
        return cls(
            kind="trailing_stop",
            price=price,
            trail_amount=amount,
            trail_bps=bps,
            activation_price=activation_price,
            step=step,
            limit_offset=limit_offset,
            **when,
        )


@dataclass(frozen=True, slots=True)
class Leg:
    """One order of a group: the arguments of ``Exchange.submit``."""

    _: KW_ONLY
    account: str
    symbol: str
    side: str
    order_qty: Number
    price: Number | None = None
    cl_ord_id: str | None = None
    ord_type: str = "limit"
    time_in_force: str | None = None
    expire_ns: int | None = None
    post_only: bool | str | None = None
    reduce_only: bool = False
    display_qty: Number | None = None
    hidden: bool = False
    refill_threshold: Number | None = None
    display_variance_bps: int | None = None
    min_qty: Number | None = None
    protection_price: Number | None = None
    stp: str | None = None
    session: int = 0
    trigger: Trigger | None = None
