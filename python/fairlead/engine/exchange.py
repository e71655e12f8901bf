"""``Exchange``: the whole exchange as one Python object, on the compiled core."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Self, overload

from fairlead import _core
from fairlead.engine.batches import as_records, events_like
from fairlead.engine.listing import define
from fairlead.errors import WrongTypeError
from fairlead.model.breaker import DynamicCircuitBreaker, Luld, MarketWide, RuleState
from fairlead.model.instrument import Instrument, TickSize, tick_bands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typing_extensions import Buffer

    from fairlead.engine.batches import Array
    from fairlead.model.event import Event
    from fairlead.model.events import Trade
    from fairlead.model.market import Balance, Book, TradeStatistics
    from fairlead.model.orders import ExecutionQuality, Order
    from fairlead.model.triggers import Leg


_Number = str | Decimal | int | float


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


class Exchange(_core.Exchange):
    """One exchange with its own sequence: same commands, same times, same events and same ``state_hash``.

    Commands return a report; a refusal is a report with ``status == "rejected"``, a ``reason`` and a sentence in
    ``text``. Exceptions mean misuse (``fairlead.errors``). Prices, quantities and amounts are given as ``str``,
    ``Decimal`` or ``int``, as ``float`` only where it is exactly a value of the grid, and come back as ``Decimal``.

    Args:
        clock: gives the time of each command, nanoseconds since the Unix epoch; the system's clock by default. A
            command's time is at least one nanosecond after the one before, so a constant clock is a clock too.
        history_max: how many events are remembered, and how many orders and trades per instrument, >= 0: the oldest
            are forgotten first (about 0.5 kB each). 0 remembers open orders only, which is fastest: ``events``,
            ``trades`` and finished orders cannot be asked for then, and an average price only covers one command.
        client_ids_max: how many client order ids are remembered, > 0.
        client_id_retention_ns: how long the ids of a finished order are remembered, >= 0; 48 hours by default.
        trades_max: how many trades one command may cause, > 0; what an order has left beyond it is canceled.
        triggers_max: how many waiting orders one command may trigger, > 0; beyond it the instrument goes to an auction.
        directory: as in ``open``; without one everything is in memory.
        durability: as in ``open``.
        snapshot_every: as in ``open``.

    Invariants, each named by a test: INV-12 stamps are strictly increasing in sequence number and in time.

    >>> import fairlead
    >>> ex = fairlead.Exchange()
    >>> ex.list(fairlead.Instrument("AAPL", quote="USD", tick_size="0.01"))
    CommandReport(instrument AAPL accepted)
    >>> ex.add_account("alice", kind="credit")
    CommandReport(account alice accepted)
    >>> ex.submit(account="alice", cl_ord_id="a1", symbol="AAPL", side="buy", order_qty="10", price="189.50")
    ExecutionReport(a1 #1 new order_qty=10 cum_qty=0 leaves_qty=10)
    >>> ex.book("AAPL")
    Book(AAPL continuous bid 10 @ 189.50 (1) ask -, 1 x 0 levels)
    """

    __slots__ = ()

    @classmethod
    def open(
        cls,
        directory: "Path | str",
        *,
        durability: str = "group",
        snapshot_every: int = 1_000_000,
        clock: "Callable[[], int] | None" = None,
        history_max: int = 100_000,
        client_ids_max: int = 10_000_000,
        client_id_retention_ns: int = 172_800_000_000_000,
        trades_max: int = 65_536,
        triggers_max: int = 10_000,
    ) -> Self:
        """Open the exchange of a data directory, or make one there: every command is in its log before it takes effect.

        A report that is returned survives the end of the process. What was there before is back: accounts, books,
        waiting orders, the history since the last snapshot, the same ``state_hash``. ``with`` closes it at the end.

        Args:
            directory: the data directory; it is made where it does not exist. One process at a time may have it open.
            durability: ``group`` syncs once a command, or once for up to 256 commands of a batch; ``always`` syncs
                every command; ``os`` leaves it to the system: a power cut may take the last commands then.
            snapshot_every: commands between two snapshots, a multiple of 10,000; 0 for none. An opening replays those
                after the last one. They are made by a second exchange on a thread of its own, which needs as much
                memory again.
            clock: as in the constructor.
            history_max: as in the constructor.
            client_ids_max: as in the constructor; a directory that exists keeps what it was made with.
            client_id_retention_ns: likewise.
            trades_max: likewise.
            triggers_max: likewise.

        Raises:
            DataError: bytes that were acknowledged are damaged or missing; the message names file, offset and sequence
                number. Nothing is repaired or skipped.
            LockedError: another process has the directory open.
            UnavailableError: a newer version wrote it, or the disk fails.
            UsageError: an option is out of its range.
        """
        return cls(
            clock=clock,
            history_max=history_max,
            client_ids_max=client_ids_max,
            client_id_retention_ns=client_id_retention_ns,
            trades_max=trades_max,
            triggers_max=triggers_max,
            directory=directory,
            durability=durability,
            snapshot_every=snapshot_every,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def list(
        self, instrument: Instrument, *, state: str = "continuous", add_assets: bool = True
    ) -> _core.CommandReport:
        """Define an instrument and put it into a trading state.

        Args:
            instrument: its definition.
            state: the trading state it is put into.
            add_assets: define its assets where they are new, with 12 decimals or as many as it needs; otherwise a
                missing asset is a refusal.
        """
        if not isinstance(instrument, Instrument):
            raise WrongTypeError(f"instrument={instrument!r} is no fairlead.Instrument")
        return self._list(define(instrument, state=state, add_assets=add_assets, asset_decimals=self._asset_decimals))

    def submit_group(
        self, kind: str, legs: "Sequence[Leg]", *, mode: str = "reduce", activation: str = "partial"
    ) -> _core.GroupReport:
        """Enter orders that depend on each other, as one command.

        Args:
            kind: ``oco``, two exits; ``oto``, an entry and what its fills release; ``otoco``, a bracket: an entry and
                the two exits its fills release.
            legs: the orders, entry first: two, of a bracket three, of one account in one instrument.
            mode: what a fill or a trigger of one exit does to the other: ``reduce`` takes the filled quantity off it,
                ``cancel_on_first_fill`` cancels it, ``cancel_on_trigger`` cancels it even where the triggered order is
                then refused.
            activation: when the entry releases the others: ``partial``, with each fill by its quantity; ``full``, when
                it has ended, by all it has filled.
        """
        return self._submit_group(kind, legs, mode=mode, activation=activation)

    def set_outcome(self, symbol: str, *, no: str) -> _core.CommandReport:
        """Make an instrument that is not open yet the market of an event.

        Args:
            symbol: the instrument; its base asset is YES: it pays 1 of the quote asset if the event happens.
            no: the asset that pays 1 if it does not happen.
        """
        return self._outcome(("set", symbol, no), None)

    def mint(self, account: str, symbol: str, qty: _Number) -> _core.CommandReport:
        """Pay 1 of the quote asset for each of ``qty`` pairs of one YES and one NO."""
        return self._outcome(("mint", symbol, account), qty)

    def merge(self, account: str, symbol: str, qty: _Number) -> _core.CommandReport:
        """Give ``qty`` pairs of one YES and one NO back, for 1 of the quote asset each."""
        return self._outcome(("merge", symbol, account), qty)

    def resolve(self, symbol: str, weight: _Number | None) -> _core.CommandReport:
        """End the market of an event: orders are cancelled and every account is paid.

        Args:
            symbol: the instrument.
            weight: what one YES pays, from 0 to 1; NO pays the rest. ``None``: void, every fill is undone and every fee
                given back.
        """
        return self._outcome(("resolve", symbol, ""), weight)

    def bust(self, trade_id: int) -> _core.CommandReport:
        """Take a trade back: money, assets and fees are as if it had never been, its orders stay what they are.

        Args:
            trade_id: one of the remembered trades (``history_max``).
        """
        return _core.amend_trade(self, trade_id, bust=True)

    def correct(
        self, trade_id: int, *, price: _Number | None = None, qty: _Number | None = None
    ) -> _core.CommandReport:
        """Let a trade stand at another price or for less; its fees follow the notional.

        Args:
            trade_id: one of the remembered trades (``history_max``).
            price: its price from now on, on the grid; as it is by default.
            qty: its quantity from now on, at most what it is; as it is by default.
        """
        return _core.amend_trade(self, trade_id, bust=False, price=price, qty=qty)

    def set_ticks(self, symbol: str, tick_size: TickSize) -> _core.CommandReport:
        """Give an instrument another price grid; orders with prices off it are cancelled (``TICK_CHANGE``).

        Args:
            symbol: the instrument.
            tick_size: as of ``Instrument``: the step of prices, or ``[(from_price, step), ...]`` ascending.
        """
        return _core.set_ticks(self, symbol, list(tick_bands(tick_size, symbol=symbol)))

    def attach_rules(self, symbol: str, rules: "Luld | MarketWide | DynamicCircuitBreaker") -> _core.CommandReport:
        """Let a rule set watch an instrument from now on; its commands join the sequence, with numbers of their own.

        What is due by the time of a command comes before it, what it brings about comes after it. Reports and the
        handle tell the caller's own command only; ``events`` has all of them. As everything the exchange does by
        itself, a pause begins with the next command or ``tick`` (``rules_due_ns`` says when). The report's events are
        those of what the rule set did first; bands that the exchange refuses are one of them, and the rule set stays.

        Args:
            symbol: the instrument; of a ``MarketWide`` the one whose index price (``set_reference``) is watched.
            rules: the configuration. One rule set with bands per instrument.

        Raises:
            UsageError: a field is out of its range, or another rule set publishes bands of the instrument.
        """
        if not isinstance(rules, Luld | MarketWide | DynamicCircuitBreaker):
            raise WrongTypeError(f"rules={rules!r} are no Luld, MarketWide or DynamicCircuitBreaker")
        return self._attach_rules(symbol, rules)

    def rule_states(self) -> "Sequence[RuleState]":
        """Return what the attached rule sets see, in the order in which they were attached."""
        return [
            RuleState(kind=kind, symbol=symbol, state=state, ts_ns=ts_ns, low=_decimal(low), high=_decimal(high))
            for kind, symbol, state, ts_ns, low, high in self._rule_states()
        ]

    def book(self, symbol: str, *, levels: int = 10) -> "Book":
        """Return the displayed book, best first, at most ``levels`` >= 0 per side.

        Raises:
            NotFoundError: there is no such instrument.
        """
        book: Book = self._book(symbol, levels)
        return book

    def open_orders(self, *, account: str) -> "Sequence[Order]":
        """Return the account's open orders, oldest first.

        Raises:
            NotFoundError: there is no such account.
        """
        orders: Sequence[Order] = self._open_orders(account)
        return orders

    def order(
        self, *, account: str | None = None, cl_ord_id: str | None = None, order_id: int | None = None
    ) -> "Order":
        """Return an order, open or finished, by account and any client id of its chain, or by its id.

        Raises:
            NotFoundError: it was never accepted, or is no longer remembered.
            UsageError: it is named in neither way, or in both.
        """
        order: Order = self._order(account, cl_ord_id, order_id)
        return order

    def execution_quality(
        self, *, account: str | None = None, cl_ord_id: str | None = None, order_id: int | None = None
    ) -> "ExecutionQuality":
        """Return fill ratio, VWAP and TWAP of an order's fills; the order is named as in ``order``.

        Raises:
            NotFoundError: it was never accepted, or is no longer remembered.
            UsageError: it is named in neither way, or in both.
        """
        quality: ExecutionQuality = self._execution_quality(account, cl_ord_id, order_id)
        return quality

    def trades(self, symbol: str) -> "Sequence[Trade]":
        """Return the remembered trades of an instrument, oldest first.

        Raises:
            NotFoundError: there is no such instrument.
        """
        trades: Sequence[Trade] = self._trades(symbol)
        return trades

    def statistics(self, symbol: str) -> "TradeStatistics":
        """Return the figures of all trades of an instrument since the beginning.

        Raises:
            NotFoundError: there is no such instrument.
        """
        statistics: TradeStatistics = self._statistics(symbol)
        return statistics

    def balances(self, account: str) -> "dict[str, Balance]":
        """Return what an account has, by asset; ``"venue"`` is what the exchange has earned.

        Raises:
            NotFoundError: there is no such account.
        """
        balances: Sequence[Balance] = self._balances(account)
        return {balance.asset: balance for balance in balances}

    def events(self, *, since: int = 0) -> "Sequence[Event]":
        """Return the events of the commands after sequence number ``since``, oldest first.

        Raises:
            NotFoundError: some of them are no longer remembered.
        """
        events: Sequence[Event] = self._events(since)
        return events

    @overload
    def run(self, commands: "Array") -> "Array": ...
    @overload
    def run(self, commands: "Buffer") -> bytes: ...
    def run(self, commands: "Buffer | Array") -> "bytes | Array":
        """Apply a batch of command records and return the records of their events. The GIL is released meanwhile.

        Args:
            commands: a structured NumPy array of dtype ``COMMAND_FIELDS``, or any buffer of whole records
                (``fairlead.model.batch`` has the layout).

        Returns:
            A NumPy array of dtype ``EVENT_FIELDS`` for an array, ``bytes`` for any other buffer.

        Raises:
            DataError: a record cannot be read; none of the batch has been applied.
            WrongTypeError: ``commands`` is no buffer, or an array of another dtype.
        """
        return events_like(commands, self._run(as_records(commands)))
