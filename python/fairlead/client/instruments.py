"""The instruments of a venue: symbols to ids, decimals to whole numbers and back. Nothing is ever rounded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache

from fairlead.errors import MisfitError, UnknownSymbolError, UsageError, WrongTypeError
from fairlead.model.listing import Asset, Listing
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["ClientInstrument", "Instruments", "Number"]

Number = Decimal | str | int

# Prices and quantities are 64 bits on the wire, amounts 128; more digits than these no value has.
_NUMBER_MAX = 2**63 - 1
_DIGITS_MAX = 38
# What is remembered of them: an order is told of with the same few, again and again.
_DECIMALS_MAX = 4_096
# Wide enough that shifting the point never rounds.
_EXACT = Context(prec=2 * _DIGITS_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientInstrument:
    """What a client needs to know of an instrument."""

    id: int
    symbol: str
    price_decimals: int
    qty_decimals: int
    quote_decimals: int

    def price(self, value: Number | float | None, *, name: str = "price") -> int | None:
        """Return a price as a mantissa."""
        return None if value is None else self._number(value, self.price_decimals, name=name)

    def qty(self, value: Number | float | None, *, name: str = "order_qty") -> int | None:
        """Return a quantity as a mantissa."""
        return None if value is None else self._number(value, self.qty_decimals, name=name)

    def money(self, value: Number | float | None, *, name: str) -> int | None:
        """Return an amount of the quote asset as a mantissa."""
        return None if value is None else _mantissa(value, self.quote_decimals, name=name, symbol=self.symbol)

    def _number(self, value: Number | float, decimals: int, *, name: str) -> int:
        mantissa = _mantissa(value, decimals, name=name, symbol=self.symbol)
        if abs(mantissa) > _NUMBER_MAX:
            largest = Decimal(_NUMBER_MAX).scaleb(-decimals)
            raise MisfitError(
                "NUMBER_TOO_LARGE",
                field=name,
                value=f"{Decimal(value):f}",
                symbol=self.symbol,
                limit=f"{largest:f}",
                fix="give a smaller number",
            )
        return mantissa

    def to_price(self, mantissa: Value) -> Decimal | None:
        """Return a price of the wire as a decimal."""
        return _decimal(mantissa, self.price_decimals)

    def to_qty(self, mantissa: Value) -> Decimal | None:
        """Return a quantity of the wire as a decimal."""
        return _decimal(mantissa, self.qty_decimals)

    def to_money(self, mantissa: Value) -> Decimal | None:
        """Return an amount of the wire as a decimal."""
        return _decimal(mantissa, self.quote_decimals)


# Of a report that names no instrument: its numbers are whole.
_NONE = ClientInstrument(id=-1, symbol="", price_decimals=0, qty_decimals=0, quote_decimals=0)


class Instruments:
    """The instruments that the gateway told of."""

    def __init__(self) -> None:
        self._by_id: dict[int, ClientInstrument] = {}
        self._listings: dict[int, Listing] = {}
        self._by_symbol: dict[str, ClientInstrument] = {}
        self._definitions: dict[str, Message] = {}

    def add(self, definition: Message) -> None:
        """Take a ``SecurityDefinition``."""
        fields = definition.fields
        numbers = ("instrument", "price_decimals", "qty_decimals", "quote_decimals")
        id_, price, qty, quote = (int(str(fields[name])) for name in numbers)
        symbol = str(fields["symbol"])
        instrument = ClientInstrument(
            id=id_, symbol=symbol, price_decimals=price, qty_decimals=qty, quote_decimals=quote
        )
        self._by_id[id_] = self._by_symbol[symbol] = instrument
        self._definitions[symbol] = definition
        base = _asset(fields, "base")
        self._listings[id_] = Listing(
            id=id_,
            symbol=symbol,
            price_decimals=price,
            qty_decimals=qty,
            base=base,
            quote=_asset(fields, "quote"),
            no=_no_asset(fields, decimals=base.decimals),
        )

    @property
    def listings(self) -> Mapping[int, Listing]:
        """What was told of, by the number that reports name it with."""
        return self._listings

    def knows_id(self, number: Value) -> bool:
        """Whether an instrument of the wire was told of."""
        return number in self._by_id

    def knows_event(self, number: Value) -> bool:
        """Whether an instrument of the wire was told of as the market of an event."""
        listing = self._listings.get(number) if isinstance(number, int) else None
        return listing is not None and listing.no is not None

    def by_id(self, number: Value) -> ClientInstrument:
        """Return an instrument of the wire; a nameless one of whole numbers where it is not known."""
        return self._by_id.get(number, _NONE) if isinstance(number, int) else _NONE

    def knows(self, symbol: str) -> bool:
        """Whether it was told of."""
        return symbol in self._by_symbol

    def by_symbol(self, symbol: str) -> ClientInstrument:
        """Return an instrument by its name.

        Raises:
            UnknownSymbolError: the gateway told of none.
        """
        if (found := self._by_symbol.get(symbol)) is None:
            known = ", ".join(sorted(self._by_symbol))
            raise UnknownSymbolError(f"no such instrument: symbol={symbol} known={known}", symbol=symbol)
        return found

    def listing(self, symbol: str) -> Listing:
        """Return what a reader of its reports must know of an instrument.

        Raises:
            UnknownSymbolError: the gateway told of none.
        """
        return self._listings[self.by_symbol(symbol).id]

    def definition(self, symbol: str) -> Message:
        """Return the ``SecurityDefinition`` of an instrument as it was last told.

        Raises:
            UnknownSymbolError: the gateway told of none.
        """
        return self._definitions[self.by_symbol(symbol).symbol]

    def symbols(self) -> Iterable[str]:
        """Return all names."""
        return tuple(self._by_symbol)


def _mantissa(value: Number | float, decimals: int, *, name: str, symbol: str) -> int:
    if isinstance(value, bool | float):
        raise WrongTypeError(f"{name} must be Decimal, str or int: {name}={value!r} symbol={symbol}")
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise UsageError(f"{name} is not a number: {name}={value!r} symbol={symbol}") from None
    if not number.is_finite():
        raise UsageError(f"{name} is not a number: {name}={value!r} symbol={symbol}")
    _, digits, exponent = number.as_tuple()
    exponent = int(exponent)
    if len(digits) > _DIGITS_MAX or not -_DIGITS_MAX <= exponent <= _DIGITS_MAX - len(digits):
        raise MisfitError(
            "TOO_MANY_DIGITS",
            field=name,
            value=f"{value!s:.60}",
            symbol=symbol,
            limit=str(_DIGITS_MAX),
            fix="give fewer digits",
        )
    scaled = number.scaleb(decimals, context=_EXACT)
    if exponent + decimals < 0 and scaled != scaled.to_integral_value():
        raise MisfitError(
            "TOO_MANY_DECIMALS",
            field=name,
            value=f"{number:f}",
            symbol=symbol,
            limit=f"{decimals} decimals",
            fix=f"give a multiple of {Decimal(1).scaleb(-decimals):f}",
        )
    return int(scaled)


def _asset(fields: Mapping[str, Value], name: str) -> Asset:
    id_, decimals = int(str(fields[name])), int(str(fields[f"{name}_decimals"]))
    return Asset(id=id_, symbol=str(fields[f"{name}_symbol"]), decimals=decimals)


def _no_asset(fields: Mapping[str, Value], *, decimals: int) -> Asset | None:
    number = fields.get("no")
    return None if number is None else Asset(id=int(str(number)), symbol=str(fields["no_symbol"]), decimals=decimals)


def _decimal(mantissa: Value, decimals: int) -> Decimal | None:
    return _shifted(mantissa, decimals) if isinstance(mantissa, int) else None


@lru_cache(maxsize=_DECIMALS_MAX)
def _shifted(mantissa: int, decimals: int) -> Decimal:
    return Decimal(mantissa).scaleb(-decimals, context=_EXACT)
