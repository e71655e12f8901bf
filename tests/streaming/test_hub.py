"""What the markets tell: once written for all, in order, at once where there is room, and candles that end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from tests.access.houses import TestClock
from tests.web.feeds import FakeFeed
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.uri import parse_uri

from fairlead.domain.market_data.bars import MINUTE_NS
from fairlead.domain.streaming.outbox import Channel, Renew
from fairlead.domain.streaming.text_frame import text_frame
from fairlead.model.report import Position, Report
from fairlead.services.markets import Tape
from fairlead.services.streaming import Hub, LiveCandles
from fairlead.services.streaming.listener import Listener

_BOOK = Channel("book", "ABC-USD", "L2")
_TRADES = Channel("trades", "ABC-USD")
_CANDLES = Channel("candles", "ABC-USD", interval="1m")
_MEASURES = Channel("microstructure", "ABC-USD")
_NOON_NS = 1_700_000_040 * 10**9
_NOON_NS -= _NOON_NS % MINUTE_NS


class _Pipe:
    """Takes frames while it has room."""

    def __init__(self) -> None:
        self.has_room = True
        self.frames: list[bytes] = []

    def write_now(self, frame: bytes) -> bool:
        if self.has_room:
            self.frames.append(frame)
        return self.has_room

    async def write(self, _: bytes) -> None:
        raise AssertionError

    async def close(self, *_: object) -> None:
        raise AssertionError

    def said(self) -> list[dict[str, Any]]:
        return [_read(frame) for frame in self.frames]


def _read(frame: bytes) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(frame[frame.index(b"{") :])
    return said


class _Market:
    """A hub over a market with a book, and a clock that a test moves."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.clock.ns = _NOON_NS - 1
        self.feed, self.pipe = FakeFeed(), _Pipe()
        tape = Tape(clock=self.clock)
        self.feed.listen(tape.hear)
        self.hub = Hub(self.feed, candles=LiveCandles(tape, clock=self.clock))
        self.feed.open("ABC-USD")
        self.feed.snapshot("ABC-USD", bids=[(100, 5_000)], asks=[(101, 5_000)], ts_ns=_NOON_NS - 1)
        self.clock.ns = _NOON_NS
        self.listener = Listener(self.pipe, bytes_max=2_000)

    async def begin(self, *channels: Channel) -> None:
        """Subscribe, and take how things are."""
        for channel in channels:
            await self.hub.subscribe(self.listener, channel)
        while (entry := self.listener.outbox.take()) is not None:
            assert isinstance(entry, Renew)
            if (frame := self.hub.state(entry.channel)) is not None:
                self.pipe.write_now(frame)

    def trade(self, price: int, qty: int, *, after_s: int) -> None:
        self.feed.trade("ABC-USD", price=price, qty=qty, ts_ns=_NOON_NS + after_s * 10**9)


def _with_market(story: Callable[[_Market], Awaitable[None]]) -> None:
    async def run() -> None:
        await story(_Market())

    asyncio.run(run())


def test_one_frame_is_the_same_object_for_everybody() -> None:
    async def story(market: _Market) -> None:
        other = Listener(_Pipe(), bytes_max=2_000)
        await market.begin(_TRADES)
        await market.hub.subscribe(other, _TRADES)
        market.trade(100, 2_000, after_s=1)
        pipe = other._pipe
        assert isinstance(pipe, _Pipe)
        assert market.pipe.frames[-1] is pipe.frames[-1]
        assert market.pipe.said()[-1]["price"] == "1.00"

    _with_market(story)


def test_nothing_overtakes_what_waits() -> None:
    async def story(market: _Market) -> None:
        await market.begin(_BOOK)
        (snapshot,) = market.pipe.said()
        market.pipe.has_room = False
        market.feed.delta("ABC-USD", "Buy", 99, 1_000)
        market.pipe.has_room = True
        # There is room again, and one waits.
        market.feed.delta("ABC-USD", "Buy", 98, 1_000)
        outbox = market.listener.outbox
        first, second = outbox.take(), outbox.take()
        # Nothing waits any more, and the last is still on its way.
        market.listener.is_sending = True
        market.feed.delta("ABC-USD", "Buy", 97, 1_000)
        waiting = [it for it in (first, second, outbox.take()) if isinstance(it, bytes)]
        market.listener.is_sending = False
        assert [_read(it)["seq"] - snapshot["seq"] for it in waiting] == [1, 2, 3]
        assert len(market.pipe.frames) == 1
        market.feed.delta("ABC-USD", "Buy", 96, 1_000)
        assert market.pipe.said()[-1]["seq"] - snapshot["seq"] == 4

    _with_market(story)


def test_a_candle_grows_and_ends_when_its_time_is_over() -> None:
    async def story(market: _Market) -> None:
        market.trade(100, 2_000, after_s=1)
        await market.begin(_CANDLES)
        market.trade(103, 1_000, after_s=30)
        market.clock.pass_s(60)
        market.hub.tick()
        still = len(market.pipe.frames)
        market.clock.pass_s(1)
        market.hub.tick()
        market.hub.tick()
        said = [(it["close"], it["volume"], it["trades"], it["isClosed"]) for it in market.pipe.said()]
        assert still == 2
        assert said == [("1.00", "2.000", 1, False), ("1.03", "3.000", 2, False), ("1.03", "3.000", 2, True)]
        assert market.pipe.said()[-1]["quoteVolume"] == "3.03000"
        assert [it["isComplete"] for it in market.pipe.said()] == [False, False, True]

    _with_market(story)


def test_a_candle_names_the_message_of_the_market_it_stands_at() -> None:
    async def story(market: _Market) -> None:
        book = market.feed.books["ABC-USD"]
        market.trade(100, 2_000, after_s=1)
        await market.begin(_CANDLES)
        places = [book.seq]
        market.trade(103, 1_000, after_s=30)
        places.append(book.seq)
        market.feed.delta("ABC-USD", "Buy", 100, 2_000)
        market.clock.pass_s(61)
        market.hub.tick()
        places.append(book.seq)
        market.trade(104, 1_000, after_s=61)
        places.append(book.seq)
        assert [it["seq"] for it in market.pipe.said()] == places
        assert len(set(places)) == 4
        assert {it["epoch"] for it in market.pipe.said()} == {book.epoch}
        # The market begins anew: a larger epoch, and its numbers from the start.
        market.feed.snapshot("ABC-USD", bids=[(100, 5_000)], asks=[], ts_ns=_NOON_NS, epoch=book.epoch + 1, seq=1)
        market.trade(105, 1_000, after_s=62)
        last = market.pipe.said()[-1]
        assert (last["close"], last["epoch"], last["seq"]) == ("1.05", book.epoch, 2)

    _with_market(story)


def test_what_was_left_out_names_the_message_after_which_all_is_told_again() -> None:
    async def story(market: _Market) -> None:
        await market.begin(_TRADES)
        market.pipe.has_room = False
        for _ in range(40):
            market.trade(100, 1_000, after_s=1)
        entry = market.listener.outbox.take()
        assert entry == Renew(_TRADES)
        frame = market.hub.state(_TRADES)
        assert frame is not None
        missed = _read(frame)
        assert (missed["type"], missed["seq"]) == ("MISSED", market.feed.books["ABC-USD"].seq)
        market.pipe.has_room = True
        market.trade(101, 1_000, after_s=2)
        assert market.pipe.said()[-1]["seq"] == missed["seq"] + 1

    _with_market(story)


def test_a_trade_of_the_next_minute_ends_a_candle_and_a_late_one_corrects_it() -> None:
    async def story(market: _Market) -> None:
        await market.begin(_CANDLES)
        market.trade(100, 1_000, after_s=59)
        market.clock.pass_s(62)
        market.hub.tick()
        market.trade(90, 1_000, after_s=59)
        market.trade(110, 1_000, after_s=61)
        said = [(it["openTime"], it["low"], it["isClosed"]) for it in market.pipe.said()]
        first, second = str(_NOON_NS), str(_NOON_NS + MINUTE_NS)
        assert said == [
            (first, "1.00", False),
            (first, "1.00", True),
            (first, "0.90", True),
            (second, "1.10", False),
        ]

    _with_market(story)


def test_a_candle_of_a_second_begins_with_what_traded_in_it() -> None:
    async def story(market: _Market) -> None:
        market.trade(90, 1_000, after_s=0)
        market.trade(100, 2_000, after_s=1)
        market.clock.pass_s(1)
        await market.begin(Channel("candles", "ABC-USD", interval="1s"))
        market.trade(103, 1_000, after_s=1)
        said = [(it["open"], it["close"], it["volume"], it["trades"]) for it in market.pipe.said()]
        assert said == [("1.00", "1.00", "2.000", 1), ("1.00", "1.03", "3.000", 2)]

    _with_market(story)


def test_measures_come_once_a_tick_however_often_the_book_moves() -> None:
    async def story(market: _Market) -> None:
        await market.begin(_MEASURES)
        for qty in (1_000, 2_000, 15_000):
            market.feed.delta("ABC-USD", "Buy", 100, qty)
        market.hub.tick()
        market.hub.tick()
        first, last = market.pipe.said()
        assert (first["imbalance"], last["imbalance"]) == ("0.5000000000", "0.7500000000")
        assert last["seq"] == market.feed.books["ABC-USD"].seq

    _with_market(story)


def test_subscriptions_end() -> None:
    async def story(market: _Market) -> None:
        await market.begin(_BOOK, _CANDLES, _TRADES)
        for channel in (_BOOK, _CANDLES, _TRADES):
            market.hub.unsubscribe(market.listener, channel)
        before = len(market.pipe.frames)
        market.trade(100, 1_000, after_s=1)
        assert len(market.pipe.frames) == before

    _with_market(story)


def test_who_does_not_keep_up_with_single_orders_is_lost_and_gets_no_snapshot() -> None:
    outbox, orders = Listener(_Pipe(), bytes_max=10).outbox, Channel("book", "ABC-USD", "L3")
    outbox.put(orders, b"12345")
    outbox.put(orders, b"1234567")
    outbox.put(_BOOK, b"1")
    assert outbox.lost == orders
    assert (outbox.take(), outbox.take()) == (b"12345", None)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_read_by_any_client_as_the_text_it_was_made_of(length: int) -> None:
    reader = ClientProtocol(parse_uri("ws://x/"), state=State.OPEN)
    reader.receive_data(text_frame(b"x" * length))
    (frame,) = reader.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, frame.fin, frame.data) == (1, True, b"x" * length)


def test_another_price_grid_is_told_to_who_listens_to_the_system() -> None:
    async def story(market: _Market) -> None:
        system = Channel("system", "ABC-USD")
        await market.begin(system)

        def change(instrument: int, *, kind: str = "TicksSet") -> None:
            fields: dict[str, int | str | bool | bytes | None] = {"instrument": instrument}
            at = Position(7, 0, 0)
            market.feed.report(Report(kind="CommandReport", exec_type=kind, fields=fields, position=at))

        change(0, kind="OutcomeSet")
        change(1)
        change(0)

        told = [said for said in market.pipe.said() if said["type"] != "MISSED"]
        assert told == [{"type": "GRID_CHANGED", "channel": "system", "symbol": "ABC-USD", "seq": 7}]

    _with_market(story)
