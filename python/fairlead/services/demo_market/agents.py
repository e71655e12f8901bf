"""What the agents of the demo want next: makers who quote around a fair price that wanders, takers who hit them. Pure.

The same seed and the same sight of the books give the same decisions. All prices are whole ticks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from fairlead.services.demo_market.shapes import Shape

__all__ = ["MAKERS", "Agents", "Quote", "Take"]

MAKERS: Final = 3
_SLOTS: Final = 8
_TAKES_PERCENT: Final = 25
# The fair price is kept in parts of a tick.
_PARTS: Final = 256
# Anchor ticks over this is the narrowest half spread, and how far the fair price moves at once.
_WIDTH: Final = 20_000
_PULL: Final = 20_000
# Of an event, whose prices are few: parts that its fair price moves at once, and how slowly it is drawn back.
_EVENT_STEP: Final = _PARTS // 4
_EVENT_PULL: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A maker replaces the order of one of its slots."""

    maker: int
    symbol: str
    side: str
    slot: int
    price: Decimal
    qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The taker takes what is there up to a price."""

    symbol: str
    side: str
    price: Decimal
    qty: Decimal


class Agents:
    """Makers and takers of some instruments.

    Args:
        shapes: the instruments.
        seed: chooses what happens.
    """

    def __init__(self, shapes: Sequence[Shape], *, seed: int) -> None:
        self._shapes = {shape.symbol: shape for shape in shapes}
        self._random = Random(seed)
        self._fair = {shape.symbol: shape.anchor_ticks * _PARTS for shape in shapes}

    def meet(self, symbol: str, *, bid: Decimal, ask: Decimal) -> None:
        """Take the middle of a book that is there already for the fair price."""
        shape = self._shapes[symbol]
        self._fair[symbol] = (shape.ticks(bid) + shape.ticks(ask)) * _PARTS // 2

    def pick(self) -> str:
        """Return the instrument that is looked at next."""
        shapes = list(self._shapes.values())
        return self._random.choices([one.symbol for one in shapes], weights=[one.share for one in shapes])[0]

    def opening(self) -> Iterator[Quote]:
        """Yield a quote for every slot there is."""
        for shape in self._shapes.values():
            for slot in range(_SLOTS):
                for maker in range(MAKERS):
                    for side in ("buy", "sell"):
                        yield self._quote(shape, maker, side, slot)

    def next(self, symbol: str, *, bid: Decimal | None, ask: Decimal | None) -> Quote | Take:
        """Return what somebody wants, who sees these best prices."""
        shape, random = self._shapes[symbol], self._random
        self._wander(shape)
        if random.randrange(100) < _TAKES_PERCENT and (bid is not None or ask is not None):
            return self._take(shape, bid=bid, ask=ask)
        slot = min(random.randrange(_SLOTS), random.randrange(_SLOTS))
        return self._quote(shape, random.randrange(MAKERS), random.choice(("buy", "sell")), slot)

    def _wander(self, shape: Shape) -> None:
        step, pull = shape.anchor_ticks * _PARTS // (2 * _WIDTH), _PULL
        if shape.no is not None:
            step, pull = _EVENT_STEP, _EVENT_PULL
        fair = self._fair[shape.symbol]
        back = (shape.anchor_ticks * _PARTS - fair) // pull
        moved = fair + back + self._random.randint(-step, step)
        self._fair[shape.symbol] = min(max(_PARTS, moved), (shape.ticks_max - 1) * _PARTS)

    def _quote(self, shape: Shape, maker: int, side: str, slot: int) -> Quote:
        half = _half(shape)
        away = half * (slot + 1) + self._random.randint(0, half)
        fair = self._fair[shape.symbol] // _PARTS
        ticks = max(1, fair - away) if side == "buy" else min(fair + 1 + away, shape.ticks_max)
        lots = self._random.randint(1, 4 + 2 * slot)
        return Quote(
            maker=maker, symbol=shape.symbol, side=side, slot=slot, price=shape.price(ticks), qty=shape.qty(lots)
        )

    def _take(self, shape: Shape, *, bid: Decimal | None, ask: Decimal | None) -> Take:
        fair = self._fair[shape.symbol] // _PARTS
        side = self._random.choice(("buy", "sell"))
        if bid is None or (ask is not None and shape.ticks(ask) < fair):
            side = "buy"
        elif ask is None or shape.ticks(bid) > fair:
            side = "sell"
        touch = ask if side == "buy" else bid
        assert touch is not None
        reach = shape.price(self._random.randint(0, 2 * _half(shape)))
        lowest, highest = shape.price(1), shape.price(shape.ticks_max)
        return Take(
            symbol=shape.symbol,
            side=side,
            price=min(touch + reach, highest) if side == "buy" else max(lowest, touch - reach),
            qty=shape.qty(self._random.randint(1, 6)),
        )


def _half(shape: Shape) -> int:
    return max(1, shape.anchor_ticks // _WIDTH)
