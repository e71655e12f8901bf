"""From an ``Instrument`` in decimals to its definition in integers, defaults filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal

from fairlead.errors import UsageError
from fairlead.model.instrument import Exact, Instrument, exact

DECIMALS_DEFAULT = 12
DECIMALS_MAX = 18
_MONEY_DIGITS = 30
_MANTISSA_DIGITS = 18
_LOTS_MAX = 10**12
_WIDE = Context(prec=80)


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
    lot = exact(instrument.lot_size, name="lot_size", symbol=instrument.symbol)
    prices = _Grid(
        instrument.symbol, _decimals(instrument.price_decimals, [number for band in bands for number in band])
    )
    lots = _Grid(instrument.symbol, _decimals(instrument.qty_decimals, [lot]))
    base_decimals = asset_decimals(base)
    quote_decimals = asset_decimals(instrument.quote)
    if base_decimals is None:
        base_decimals = max(DECIMALS_DEFAULT, lots.decimals)
    if quote_decimals is None:
        quote_decimals = min(DECIMALS_MAX, max(DECIMALS_DEFAULT, prices.decimals + lots.decimals))
    money = _Grid(instrument.symbol, quote_decimals, bits=127)
    ticks = [(prices.read(start, "tick_size"), prices.read(step, "tick_size")) for start, step in bands]
    lot_size = lots.read(lot, "lot_size")
    highest = _largest(quote_decimals, prices.decimals, step=ticks[-1][1] if ticks else 1)
    max_price = prices.read_or(instrument.max_price, "max_price", highest)
    lowest = -max_price if instrument.allow_negative else _first_price(ticks)
    kind, share = (instrument.allocation, 0) if isinstance(instrument.allocation, str) else instrument.allocation
    most = min(_largest(quote_decimals, lots.decimals, step=lot_size), _LOTS_MAX * lot_size)
    close = instrument.previous_close
    return Definition(
        symbol=instrument.symbol,
        base=base,
        quote=instrument.quote,
        base_decimals=base_decimals,
        quote_decimals=quote_decimals,
        price_decimals=prices.decimals,
        qty_decimals=lots.decimals,
        ticks=ticks,
        lot_size=lot_size,
        min_qty=lots.read_or(instrument.min_qty, "min_qty", lot_size),
        max_qty=lots.read_or(instrument.max_qty, "max_qty", most),
        min_notional=money.read(instrument.min_notional, "min_notional"),
        max_notional=money.read_or(instrument.max_notional, "max_notional", 10**_MONEY_DIGITS),
        min_price=prices.read_or(instrument.min_price, "min_price", lowest),
        max_price=max_price,
        allow_negative=instrument.allow_negative,
        previous_close=None if close is None else prices.read(close, "previous_close"),
        allocation=kind,
        fifo_bps=_bounded(share, "share_bps", 2**16, symbol=instrument.symbol),
        stp=instrument.stp,
        max_slippage_bps=_bounded(instrument.max_slippage_bps, "max_slippage_bps", 2**16, symbol=instrument.symbol),
        seed=_bounded(instrument.seed, "seed", 2**64, symbol=instrument.symbol),
        state=state,
        add_assets=add_assets,
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Numbers of one kind: how many decimals they are kept with, and how many bits they fit."""

    symbol: str
    decimals: int
    bits: int = 63

    def __post_init__(self) -> None:
        _bounded(self.decimals, "decimals", DECIMALS_MAX + 1, symbol=self.symbol)

    def read(self, value: Exact, name: str) -> int:
        """Return the mantissa of a number."""
        number = exact(value, name=name, symbol=self.symbol)
        scaled = number.scaleb(self.decimals, _WIDE)
        what = f"instrument {self.symbol}: {name}={number}"
        if scaled != scaled.to_integral_value(context=_WIDE):
            raise UsageError(f"{what} has more decimals than are kept: decimals={self.decimals}")
        if abs(scaled) >= 2**self.bits:
            raise UsageError(f"{what} is too large: with {self.decimals} decimals it needs more than {self.bits} bits")
        return int(scaled)

    def read_or(self, value: Exact | None, name: str, otherwise: int) -> int:
        """Return the mantissa of a number, or of the default."""
        return otherwise if value is None else self.read(value, name)


def _bounded(value: int, name: str, end: int, *, symbol: str) -> int:
    if not 0 <= value < end:
        raise UsageError(f"instrument {symbol}: {name}={value} is out of range: min=0 max={end - 1}")
    return value


def _decimals(given: int | None, numbers: list[Decimal]) -> int:
    """As many decimals as the numbers need, where none are given."""
    if given is not None:
        return given
    exponents = [number.normalize(_WIDE).as_tuple().exponent for number in numbers]
    return max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))])


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
