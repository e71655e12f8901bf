"""From an ``Instrument`` in decimals to its definition in integers, defaults filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TypeVar

from fairlead.errors import UsageError
from fairlead.model.instrument import Exact, Instrument, exact

DECIMALS_DEFAULT = 12
DECIMALS_MAX = 18
_MONEY_DIGITS = 30
_MANTISSA_DIGITS = 18
_WIDE = Context(prec=80)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """An instrument in mantissas; ``base_decimals`` and ``quote_decimals`` count where the asset is new."""

    symbol: str
    base: str
    quote: str
    base_decimals: int
    quote_decimals: int
    price_decimals: int
    qty_decimals: int
    ticks: list[tuple[int, int]]
    lot_size: int
    min_qty: int
    max_qty: int
    min_notional: int
    max_notional: int
    min_price: int
    max_price: int
    allow_negative: bool
    previous_close: int | None
    allocation: str
    fifo_bps: int
    stp: str
    max_slippage_bps: int
    seed: int
    state: str
    add_assets: bool


def define(
    instrument: Instrument, *, state: str, add_assets: bool, asset_decimals: Callable[[str], int | None]
) -> Definition:
    """Return the definition of an instrument.

    Args:
        instrument: what the caller wrote.
        state: the word of the trading state it is put into.
        add_assets: define assets that do not exist.
        asset_decimals: the decimals of an asset that exists, ``None`` for a new one.

    Raises:
        UsageError: a number is finer than the decimals it is kept with, or too large.
    """
    base = instrument.base if instrument.base is not None else instrument.symbol
    bands = instrument.tick_bands()
    price_decimals = _decimals(instrument.price_decimals, [number for band in bands for number in band])
    lot = exact(instrument.lot_size, name="lot_size", symbol=instrument.symbol)
    qty_decimals = _decimals(instrument.qty_decimals, [lot])
    base_decimals = asset_decimals(base)
    quote_decimals = asset_decimals(instrument.quote)
    if base_decimals is None:
        base_decimals = max(DECIMALS_DEFAULT, qty_decimals)
    if quote_decimals is None:
        quote_decimals = min(DECIMALS_MAX, max(DECIMALS_DEFAULT, price_decimals + qty_decimals))

    def whole(value: Exact | Decimal, decimals: int, name: str) -> int:
        return _mantissa(exact(value, name=name, symbol=instrument.symbol), decimals, f"{instrument.symbol}: {name}")

    ticks = [
        (whole(start, price_decimals, "tick_size"), whole(step, price_decimals, "tick_size")) for start, step in bands
    ]
    lot_size = whole(lot, qty_decimals, "lot_size")
    top_tick = ticks[-1][1] if ticks else 1
    max_price = _optional(
        instrument.max_price,
        lambda value: whole(value, price_decimals, "max_price"),
        _largest(quote_decimals, price_decimals, step=top_tick),
    )
    least = -max_price if instrument.allow_negative else _first_price(ticks)
    allocation = instrument.allocation
    kind, share = (allocation, 0) if isinstance(allocation, str) else allocation
    notional_decimals = quote_decimals
    return Definition(
        symbol=instrument.symbol,
        base=base,
        quote=instrument.quote,
        base_decimals=base_decimals,
        quote_decimals=quote_decimals,
        price_decimals=price_decimals,
        qty_decimals=qty_decimals,
        ticks=ticks,
        lot_size=lot_size,
        min_qty=_optional(instrument.min_qty, lambda value: whole(value, qty_decimals, "min_qty"), lot_size),
        max_qty=_optional(
            instrument.max_qty,
            lambda value: whole(value, qty_decimals, "max_qty"),
            _largest(quote_decimals, qty_decimals, step=lot_size),
        ),
        min_notional=whole(instrument.min_notional, notional_decimals, "min_notional"),
        max_notional=_optional(
            instrument.max_notional, lambda value: whole(value, notional_decimals, "max_notional"), 10**_MONEY_DIGITS
        ),
        min_price=_optional(instrument.min_price, lambda value: whole(value, price_decimals, "min_price"), least),
        max_price=max_price,
        allow_negative=instrument.allow_negative,
        previous_close=_optional(
            instrument.previous_close, lambda value: whole(value, price_decimals, "previous_close"), None
        ),
        allocation=kind,
        fifo_bps=share,
        stp=instrument.stp,
        max_slippage_bps=instrument.max_slippage_bps,
        seed=instrument.seed,
        state=state,
        add_assets=add_assets,
    )


def _optional(value: Exact | None, read: Callable[[Exact], int], otherwise: _T) -> int | _T:
    return otherwise if value is None else read(value)


def _decimals(given: int | None, numbers: list[Decimal]) -> int:
    """As many decimals as the numbers need, where none are given."""
    if given is not None:
        return given
    exponents = [number.normalize(_WIDE).as_tuple().exponent for number in numbers]
    return max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))])


def _mantissa(number: Decimal, decimals: int, what: str) -> int:
    scaled = number.scaleb(decimals, _WIDE)
    if scaled != scaled.to_integral_value(context=_WIDE):
        raise UsageError(f"instrument {what}={number} has more decimals than are kept: decimals={decimals}")
    return int(scaled)


def _largest(quote_decimals: int, decimals: int, *, step: int) -> int:
    """The default maximum: half of the digits a balance has beyond the point, within 64 bits, on the grid."""
    digits = min((_MONEY_DIGITS - quote_decimals) // 2 + decimals, _MANTISSA_DIGITS)
    step = max(step, 1)
    largest: int = 10**digits // step * step
    return largest


def _first_price(ticks: list[tuple[int, int]]) -> int:
    """The lowest price above zero on the grid."""
    start, step = next((band for band in reversed(ticks) if band[0] <= 0), ticks[0] if ticks else (0, 1))
    return max(start, step) if start <= 0 else start % step or step
