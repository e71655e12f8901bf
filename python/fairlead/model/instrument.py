"""The definition of an instrument, as text and exact decimals."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from typing import Literal

from fairlead.errors import UsageError, WrongTypeError

Exact = str | Decimal | int
"""A number of a definition: never a float, because there is no grid yet that it could lie on."""

TickSize = Exact | Sequence[tuple[Exact, Exact]]
Allocation = Literal["fifo", "pro_rata"] | tuple[Literal["fifo_pro_rata"], int]


@dataclass(frozen=True, slots=True)
class Instrument:
    """What can be traded, and on which grid.

    Args:
        symbol: its name, 1 to 36 printable ASCII characters (FIX 55).
        quote: asset it is paid in; fees too.
        tick_size: the step of prices, or ``[(from_price, step), ...]`` ascending, in quote units.
        lot_size: every quantity is a multiple of it, in base units.
        base: asset that is bought and sold; the symbol itself by default.
        min_qty: smallest order quantity; one lot by default.
        max_qty: largest order quantity, at most 10^12 lots.
        min_price: lowest order price; one step by default.
        max_price: highest order price.
        min_notional: smallest ``price * qty`` of an order; 0 by default.
        max_notional: largest ``price * qty`` of an order.
        price_decimals: decimals prices are kept with; by default as many as the steps need.
        qty_decimals: decimals quantities are kept with; by default as many as the lot needs.
        allow_negative: prices of zero and below are allowed, to credit accounts only.
        previous_close: the price auctions refer to before the first trade.
        allocation: how an incoming order is shared at one price: ``"fifo"``, ``"pro_rata"``, or
            ``("fifo_pro_rata", share_bps)``, the share by time in basis points.
        stp: self-trade prevention of orders that name none.
        max_slippage_bps: how far a market order without a protection price may go, 0 to 10,000 basis points.
        seed: seeds the variance of iceberg refills.

    The default maxima are as large as the quote asset's decimals let a balance hold: ``10 ** ((30 - decimals) // 2)``
    units each for price and quantity, a billion with the default of 12 decimals.
    """

    symbol: str
    _: KW_ONLY
    quote: str
    tick_size: TickSize
    lot_size: Exact = "1"
    base: str | None = None
    min_qty: Exact | None = None
    max_qty: Exact | None = None
    min_price: Exact | None = None
    max_price: Exact | None = None
    min_notional: Exact = "0"
    max_notional: Exact | None = None
    price_decimals: int | None = None
    qty_decimals: int | None = None
    allow_negative: bool = False
    previous_close: Exact | None = None
    allocation: Allocation = "fifo"
    stp: str = "none"
    max_slippage_bps: int = 1_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("symbol", "quote"):
            if not isinstance(getattr(self, name), str):
                raise WrongTypeError(f"instrument {self.symbol!r}: {name}={getattr(self, name)!r} is no str")
        for name in (
            "lot_size",
            "min_qty",
            "max_qty",
            "min_price",
            "max_price",
            "min_notional",
            "max_notional",
            "previous_close",
        ):
            if (value := getattr(self, name)) is not None:
                exact(value, name=name, symbol=self.symbol)
        self.tick_bands()

    def tick_bands(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return the steps as ``((from_price, step), ...)``; one step starts at 0."""
        return tick_bands(self.tick_size, symbol=self.symbol)

    def __repr__(self) -> str:
        return (
            f"Instrument({self.symbol!r}, quote={self.quote!r}, tick_size={self.tick_size!r}, "
            f"lot_size={self.lot_size!r})"
        )


def exact(value: object, *, name: str, symbol: str) -> Decimal:
    """Return a finite ``Decimal`` for a number of a definition.

    Args:
        value: ``str``, ``Decimal`` or ``int``.
        name: the argument, for the message.
        symbol: the instrument, for the message.

    Raises:
        WrongTypeError: it is a float or no number at all.
        UsageError: the text is no finite number of at most 40 digits.
    """
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        raise WrongTypeError(f'instrument {symbol}: {name}={value!r} is a {type(value).__name__}; give text: "0.01"')
    try:
        number = Decimal(value)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or len(number.as_tuple().digits) > 40 or abs(number.adjusted()) > 40:
        raise UsageError(f'instrument {symbol}: {name}={value!r} is no plain number; give digits and a point: "0.01"')
    return number


def tick_bands(tick_size: TickSize, *, symbol: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the steps of a grid as ``((from_price, step), ...)``; one step starts at 0."""
    if isinstance(tick_size, str | Decimal | int | float):
        return ((Decimal(0), exact(tick_size, name="tick_size", symbol=symbol)),)
    if not isinstance(tick_size, Sequence):
        raise WrongTypeError(f"instrument {symbol}: tick_size={tick_size!r} is no number and no sequence")
    bands = []
    rows: Sequence[object] = tick_size
    for row in rows:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 2:
            raise UsageError(f"instrument {symbol}: tick_size row {row!r} is no pair (from_price, step)")
        start, step = (exact(value, name="tick_size", symbol=symbol) for value in row)
        bands.append((start, step))
    return tuple(bands)
