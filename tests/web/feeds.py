"""A feed that a test speaks for: instruments, snapshots and messages of channels, taken by the real book."""

from collections.abc import Callable
from typing import Any

from fairlead.client.book import Book
from fairlead.client.instruments import Instruments
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.wire import Message

# Price and quantity mantissas of a level.
Pair = tuple[int, int]


def definition(symbol: str, instrument: int, **fields: Any) -> Message:
    """Return the definition of an instrument with two decimals of price and three of quantity."""
    base, _, quote = symbol.partition("-")
    given: dict[str, Any] = {
        "request_id": 0,
        "remaining": 0,
        "instrument": instrument,
        "symbol": symbol,
        "base": 0,
        "base_symbol": base,
        "base_decimals": 8,
        "quote": 1,
        "quote_symbol": quote or "USD",
        "quote_decimals": 5,
        "price_decimals": 2,
        "qty_decimals": 3,
        "lot_size": 1,
        "min_qty": 1,
        "max_qty": 1_000_000,
        "min_notional": 100_000,
        "max_notional": 10**12,
        "min_price": 1,
        "max_price": 10_000_000,
        "allow_negative": False,
        "state": "Continuous",
    }
    return Message(kind="SecurityDefinition", fields=given | fields, entries=({"from": 0, "tick": 1},))


class FakeFeed:
    """What the session of the service is to the markets."""

    def __init__(self) -> None:
        self.is_connected = True
        self.traded = 0
        self.instruments = Instruments()
        self.unlisted: list[Message] = []
        self.asked = 0
        self.subscribed: list[str] = []
        self.books: dict[str, Book] = {}
        self._ids: dict[str, int] = {}
        self._heard: list[Callable[[Message], None]] = []
        self._reported: list[Callable[[Report], None]] = []

    @property
    def unread(self) -> int:
        return 0

    async def refresh_instruments(self) -> Instruments:
        self.asked += 1
        for message in self.unlisted:
            self.instruments.add(message)
        return self.instruments

    async def subscribe(self, symbol: str, depth: str = "L2") -> Book:
        assert depth == "L2"
        self.instruments.by_symbol(symbol)
        self.subscribed.append(symbol)
        if (book := self.books.get(symbol)) is None or not book.is_ready:
            raise UnavailableError(f"not in time: book of {symbol}")
        return book

    def listen(self, hear: Callable[[Message], None]) -> None:
        self._heard.append(hear)

    def listen_reports(self, hear: Callable[[Report], None]) -> None:
        self._reported.append(hear)

    def listen_places(self, note: Callable[[Position, int], None]) -> None:
        def hear(report: Report) -> None:
            if report.position is not None:
                note(report.position, report.ts_ns)

        self._reported.append(hear)

    def report(self, report: Report) -> None:
        for hear in self._reported:
            hear(report)

    def open(self, symbol: str, **fields: Any) -> None:
        """List an instrument; its channel begins with a snapshot when the test gives one."""
        self._ids[symbol] = len(self._ids)
        self.instruments.add(definition(symbol, self._ids[symbol], **fields))
        self.books[symbol] = Book(self.instruments.by_symbol(symbol), "L2")

    def snapshot(
        self,
        symbol: str,
        *,
        bids: list[Pair],
        asks: list[Pair],
        ts_ns: int = 0,
        epoch: int = 1,
        seq: int | None = None,
        state: str = "Continuous",
    ) -> None:
        """Say what the book is; without a number that of the message before."""
        sides = [("Buy", price, qty) for price, qty in bids] + [("Sell", price, qty) for price, qty in asks]
        entries = [
            {"public_id": 0, "side": side, "price": price, "qty": qty, "orders": 1} for side, price, qty in sides
        ]
        number = self.books[symbol].seq if seq is None else seq
        fields = {"part": 0, "parts": 1, "state": state, "request_id": 0}
        self._say(symbol, "OrderBookSnapshot", fields, ts_ns=ts_ns, epoch=epoch, seq=number, entries=tuple(entries))

    def trade(self, symbol: str, *, price: int, qty: int, ts_ns: int, aggressor: str | None = "Buy") -> None:
        """Say that two orders traded."""
        self.traded += 1
        fields = {"trade_id": self.traded, "price": price, "qty": qty, "aggressor": aggressor, "maker": 0}
        self._say(symbol, "Trade", fields, ts_ns=ts_ns)

    def delta(self, symbol: str, side: str, price: int, qty: int, *, ts_ns: int = 0, skipped: int = 0) -> None:
        """Say that a level changed, after ``skipped`` messages that nobody heard."""
        fields = {"side": side, "level.price": price, "level.qty": qty, "level.orders": 1}
        self._say(symbol, "BookDelta", fields, ts_ns=ts_ns, skipped=skipped)

    def state(self, symbol: str, state: str, *, ts_ns: int = 0) -> None:
        """Say that the trading state is another."""
        self._say(symbol, "InstrumentStatus", {"state": state}, ts_ns=ts_ns)

    def _say(
        self,
        symbol: str,
        kind: str,
        fields: dict[str, Any],
        *,
        ts_ns: int,
        epoch: int | None = None,
        seq: int | None = None,
        skipped: int = 0,
        entries: tuple[Any, ...] = (),
    ) -> None:
        book = self.books[symbol]
        before = book.seq + skipped
        channel: dict[str, Any] = {
            "channel.instrument": self._ids[symbol],
            "channel.depth": "L2",
            "channel.epoch": book.epoch if epoch is None else epoch,
            "channel.prev_seq": before,
            "channel.ts_ns": ts_ns,
        }
        message = Message(kind=kind, seq=before + 1 if seq is None else seq, fields=channel | fields, entries=entries)
        if not book.apply(message):
            book.lose()
        for hear in self._heard:
            hear(message)


class FakeVenue:
    """Takes commands of operators; a test says what is refused and reads what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = []
        self.refuses: dict[str, str] = {}
        self.is_silent = False
        self.has_account: Callable[[int], bool] = lambda _: True

    async def command(self, kind: str, fields: Any, entries: tuple[Any, ...] = ()) -> Report:
        if self.is_silent:
            raise UnavailableError(f"no answer in time, the outcome is in doubt: kind={kind}")
        self.asked.append((kind, dict(fields), entries))
        account = fields["scope_id"] if fields.get("scope") == "Account" else fields.get("account")
        reason = self.refuses.get(kind)
        if account is not None and not self.has_account(account):
            reason = "UNKNOWN_ACCOUNT"
        return Report(
            kind="CommandReport",
            fields={},
            position=Position(len(self.asked), 0, 0),
            is_rejected=reason is not None,
            reason=reason,
            value=3,
            limit=4,
            count=5 if kind == "KillSwitch" else 0,
            id=40 + len(self.asked),
            ts_ns=1_700_000_000 * 10**9,
        )
