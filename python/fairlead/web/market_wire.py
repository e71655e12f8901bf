"""The answers about markets: prices and quantities are decimal strings, times ISO 8601."""

from collections.abc import Sequence
from decimal import Decimal

from fairlead.domain.market_data.day import Day
from fairlead.domain.market_data.microstructure import Microstructure
from fairlead.model.api_words import word
from fairlead.model.instants import iso
from fairlead.ports.market_feed import BookLevel
from fairlead.services.markets import BookView, CandleRun, MarketView, PublicTrade
from fairlead.services.sessions import CalendarView
from fairlead.web.wire import Answer

__all__ = [
    "Book",
    "Candles",
    "Market",
    "MarketList",
    "Measures",
    "NextChange",
    "Stats",
    "Trades",
    "book_of",
    "candles_in",
    "market_of",
    "measures_of",
    "next_change_of",
    "stats_of",
    "trades_of",
    "word",
]


class TickBand(Answer, frozen=True, kw_only=True):
    """From this price on, prices are multiples of ``tick_size`` above it."""

    from_price: str
    tick_size: str


class NextChange(Answer, frozen=True, kw_only=True):
    """What the calendar of a market does next; ``isHeld``: it leaves that to a person."""

    state: str
    time: str
    is_held: bool


class Market(Answer, frozen=True, kw_only=True):
    """An instrument and its trading state; ``noAsset``: that of an event, and what pays if it does not happen."""

    symbol: str
    base_asset: str
    quote_asset: str
    no_asset: str | None
    state: str
    price_decimals: int
    quantity_decimals: int
    ticks: list[TickBand]
    lot_size: str
    min_quantity: str
    max_quantity: str
    min_notional: str
    max_notional: str
    min_price: str
    max_price: str
    last_price: str | None
    last_trade_at: str | None
    next_change: NextChange | None


class MarketList(Answer, frozen=True, kw_only=True):
    """Every market, by symbol."""

    markets: list[Market]


class Level(Answer, frozen=True, kw_only=True):
    """A price level: what is displayed at it, by how many orders."""

    price: str
    quantity: str
    orders: int


class Book(Answer, frozen=True, kw_only=True):
    """The best levels, best first, as they were after the message ``seq`` of ``epoch``."""

    symbol: str
    state: str
    epoch: int
    seq: int
    bids: list[Level]
    asks: list[Level]


class PrintedTrade(Answer, frozen=True, kw_only=True):
    """A public trade; ``side`` is who came in, ``null`` in an auction."""

    trade_id: str
    time: str
    price: str
    quantity: str
    side: str | None


class Trades(Answer, frozen=True, kw_only=True):
    """The newest trades, newest first."""

    symbol: str
    trades: list[PrintedTrade]


class CandleLine(Answer, frozen=True, kw_only=True):
    """What traded in one interval; ``is_complete``: it is over and no trade of it can be missing."""

    open_time: str
    open: str
    high: str
    low: str
    close: str
    volume: str
    quote_volume: str
    trades: int
    is_complete: bool


class Candles(Answer, frozen=True, kw_only=True):
    """Candles, oldest first. An interval without a trade has none.

    Every trade from ``completeFrom`` to ``completeUntil`` is in them; ``completeFrom`` is ``null`` where that is every
    trade there ever was.
    """

    symbol: str
    interval: str
    complete_from: str | None
    complete_until: str
    candles: list[CandleLine]


class Stats(Answer, frozen=True, kw_only=True):
    """The last 24 hours, to the minute; ``null`` where nothing traded. ``is_complete``: no trade can be missing."""

    symbol: str
    since: str
    is_complete: bool
    open: str | None
    high: str | None
    low: str | None
    last_price: str | None
    change: str | None
    change_percent: str | None
    volume: str
    quote_volume: str
    trades: int


class Measures(Answer, frozen=True, kw_only=True):
    """Measures of the best ``levels`` levels at ``seq`` of ``epoch``; ``null`` where a side is empty."""

    symbol: str
    epoch: int
    seq: int
    levels: int
    spread: str | None
    spread_bps: str | None
    mid: str | None
    microprice: str | None
    imbalance: str | None
    imbalance_signed: str | None
    imbalance_depth: str | None
    bid_depth: str
    ask_depth: str


def market_of(view: MarketView, calendar: CalendarView | None = None) -> Market:
    """Return a market as it is told."""
    number = view.number
    return Market(
        symbol=view.symbol,
        base_asset=str(view.definition.fields["base_symbol"]),
        quote_asset=str(view.definition.fields["quote_symbol"]),
        no_asset=None if view.definition.fields.get("no") is None else str(view.definition.fields["no_symbol"]),
        state=word(view.state),
        price_decimals=number("price_decimals"),
        quantity_decimals=number("qty_decimals"),
        ticks=[
            TickBand(from_price=_text(view.price(_int(band["from"]))), tick_size=_text(view.price(_int(band["tick"]))))
            for band in view.definition.entries
        ],
        lot_size=_text(view.qty(number("lot_size"))),
        min_quantity=_text(view.qty(number("min_qty"))),
        max_quantity=_text(view.qty(number("max_qty"))),
        min_notional=_text(view.money(number("min_notional"))),
        max_notional=_text(view.money(number("max_notional"))),
        min_price=_text(view.price(number("min_price"))),
        max_price=_text(view.price(number("max_price"))),
        last_price=None if view.last is None else _text(view.price(view.last.price)),
        last_trade_at=None if view.last is None else iso(view.last.ts_ns),
        next_change=None if calendar is None else next_change_of(calendar),
    )


def next_change_of(view: CalendarView) -> NextChange | None:
    """Return what a calendar does next as it is told."""
    if view.upcoming is None:
        return None
    held = view.kept.kept.held_since_ns is not None
    return NextChange(state=word(view.upcoming.state), time=iso(view.upcoming.at_ns), is_held=held)


def book_of(view: BookView) -> Book:
    """Return a book as it is told."""
    return Book(
        symbol=view.symbol,
        state=word(view.state),
        epoch=view.epoch,
        seq=view.seq,
        bids=[_level(level) for level in view.bids],
        asks=[_level(level) for level in view.asks],
    )


def trades_of(view: MarketView, trades: Sequence[PublicTrade]) -> Trades:
    """Return trades as they are told."""
    return Trades(
        symbol=view.symbol,
        trades=[
            PrintedTrade(
                trade_id=str(trade.trade_id),
                time=iso(trade.ts_ns),
                price=_text(view.price(trade.price)),
                quantity=_text(view.qty(trade.qty)),
                side=None if trade.aggressor is None else trade.aggressor.upper(),
            )
            for trade in trades
        ],
    )


def candles_in(run: CandleRun, *, interval: str) -> Candles:
    """Return candles as they are told."""
    view = run.market
    return Candles(
        symbol=view.symbol,
        interval=interval,
        complete_from=iso(run.complete_from_ns) if run.complete_from_ns else None,
        complete_until=iso(run.complete_until_ns),
        candles=[
            CandleLine(
                open_time=iso(candle.bar.open_ns),
                open=_text(view.price(candle.bar.open)),
                high=_text(view.price(candle.bar.high)),
                low=_text(view.price(candle.bar.low)),
                close=_text(view.price(candle.bar.close)),
                volume=_text(view.qty(candle.bar.volume)),
                quote_volume=_text(view.value(candle.bar.value)),
                trades=candle.bar.trades,
                is_complete=candle.is_complete,
            )
            for candle in run.candles
        ],
    )


def stats_of(view: MarketView, day: Day) -> Stats:
    """Return the statistics of a day as they are told."""
    bar = day.bar

    def price(mantissa: int | None) -> str | None:
        return None if mantissa is None else _text(view.price(mantissa))

    return Stats(
        symbol=view.symbol,
        since=iso(day.begin_ns),
        is_complete=day.is_complete,
        open=price(None if bar is None else bar.open),
        high=price(None if bar is None else bar.high),
        low=price(None if bar is None else bar.low),
        last_price=price(None if bar is None else bar.close),
        change=price(day.change),
        change_percent=_maybe(day.change_percent),
        volume=_text(view.qty(0 if bar is None else bar.volume)),
        quote_volume=_text(view.value(0 if bar is None else bar.value)),
        trades=0 if bar is None else bar.trades,
    )


def measures_of(view: BookView, measures: Microstructure, *, levels: int) -> Measures:
    """Return measures of a book as they are told."""
    return Measures(
        symbol=view.symbol,
        epoch=view.epoch,
        seq=view.seq,
        levels=levels,
        spread=_maybe(measures.spread),
        spread_bps=_maybe(measures.spread_bps),
        mid=_maybe(measures.mid),
        microprice=_maybe(measures.weighted_mid),
        imbalance=_maybe(measures.imbalance),
        imbalance_signed=_maybe(measures.imbalance_signed),
        imbalance_depth=_maybe(measures.imbalance_depth),
        bid_depth=_text(measures.bid_depth),
        ask_depth=_text(measures.ask_depth),
    )


def _level(level: BookLevel) -> Level:
    return Level(price=_text(level.price), quantity=_text(level.qty), orders=level.orders)


def _maybe(value: Decimal | None) -> str | None:
    return None if value is None else _text(value)


def _text(value: Decimal) -> str:
    """Never with an exponent."""
    return f"{value:f}"


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
