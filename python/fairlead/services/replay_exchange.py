"""Bind the replay's matching port to ``fairlead.Exchange``: one instrument, one credit account, no self-trade rule.

Every command goes in as a batch record, a single one as a batch of one, so single steps and whole batches take the same
way and end in the same state. The recorded order id is the client id; the exchange's own ids are mapped back.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from fairlead.domain.market_replay.errors import FoldError
from fairlead.domain.market_replay.records import CancelOrder, Fill, Grid, Inbound, NewLimit, OpenMarket, Side
from fairlead.engine import Exchange
from fairlead.model.batch import COMMAND_STRUCT, EVENT_KINDS, EVENT_STRUCT, OPS, TIFS
from fairlead.model.instrument import Instrument

ACCOUNT = "market"

_COMMAND = Struct(COMMAND_STRUCT)
_EVENT = Struct(EVENT_STRUCT)
_KIND = {name: code for code, name in enumerate(EVENT_KINDS)}
_ACCEPTED, _TRADE, _CANCELED = _KIND["order_accepted"], _KIND["trade"], _KIND["order_canceled"]
_REFUSED = {_KIND[name] for name in ("order_rejected", "cancel_rejected", "command_rejected", "repeated")}
_SIDE_CODES: dict[Side, int] = {"buy": 0, "sell": 1}
_AGGRESSORS: dict[int, Side | None] = {0: "buy", 1: "sell", 255: None}
_LIMIT, _CANCEL, _GTC = OPS["limit"], OPS["cancel"], TIFS["gtc"]
_BY_CLIENT_ID = 1


class CoreEngine:
    """The exchange of the Rust core with one listed instrument, in its opening call at first."""

    def __init__(self, grid: Grid) -> None:
        self._now_ns = 0
        self._exchange = Exchange(clock=self._clock, history_max=0)
        instrument = Instrument(
            grid.symbol, quote=grid.quote, tick_size=grid.tick_size, lot_size=grid.lot_size, stp="none"
        )
        self._exchange.list(instrument, state="opening_auction")
        self._exchange.add_account(ACCOUNT, kind="credit")
        self._symbol = grid.symbol
        self._account = self._exchange.account_id(ACCOUNT)
        self._instrument = self._exchange.instrument_id(grid.symbol)
        self._handle = self._exchange.handle(grid.symbol)
        # The exchange numbers its orders from 1; place n holds the recorded id of order n.
        self._recorded_ids = [0]
        self._canceled_lots = 0
        self.events = 0

    def apply(self, inbound: Inbound) -> Sequence[Fill]:
        """Apply one command and return its trades in the order they printed.

        Raises:
            FoldError: the exchange refuses the command.
        """
        if isinstance(inbound, OpenMarket):
            self.open_market(inbound)
            return [self._fill(row) for row in self._handle.fills()]
        self._canceled_lots = 0
        return self._read(self._exchange.run(self._record(inbound)), inbound=inbound)

    def encode(self, inbound: Sequence[NewLimit | CancelOrder]) -> bytes:
        """Return the records of many commands, for ``run``."""
        return b"".join(map(self._record, inbound))

    def run(self, records: bytes) -> int:
        """Apply encoded commands at once and return the number of events; refusals are events as well."""
        events: bytes = self._exchange.run(records)
        return len(events) // _EVENT.size

    def open_market(self, inbound: OpenMarket) -> None:
        """Uncross and open, without reading the trades back.

        Raises:
            FoldError: the exchange refuses it.
        """
        self._now_ns = inbound.ts_ns
        report = self._exchange.set_state(self._symbol, "continuous")
        if report.status == "rejected":
            raise FoldError(f"the exchange does not open: {report.text}")
        self.events += len(report.events)

    def canceled_lots(self) -> int:
        """Return what the last cancel took off the book, in lots; 0 where it was refused."""
        return self._canceled_lots

    def levels(self, side: Side, *, depth: int) -> Sequence[tuple[int, int]]:
        """Return up to ``depth`` levels ``(price_ticks, qty_lots)``, best first."""
        return [(price, lots) for price, lots, _ in self._handle.levels(side, depth)]

    def state_hash(self) -> str:
        """Return the hash of the whole exchange, client ids included."""
        return self._exchange.state_hash()

    def _clock(self) -> int:
        return self._now_ns

    def _record(self, inbound: NewLimit | CancelOrder) -> bytes:
        is_order = isinstance(inbound, NewLimit)
        return _COMMAND.pack(
            _LIMIT if is_order else _CANCEL,
            _SIDE_CODES[inbound.side],
            _GTC,
            0,
            _BY_CLIENT_ID,
            0,
            0,
            self._account,
            self._instrument,
            inbound.order_id if is_order else 0,
            0 if is_order else inbound.order_id,
            inbound.price_ticks if isinstance(inbound, NewLimit) else 0,
            inbound.order_qty if isinstance(inbound, NewLimit) else 0,
            0,
            inbound.ts_ns,
        )

    def _fill(self, row: tuple[int, int, int, int, int]) -> Fill:
        """Return an auction's fill, in which maker and taker stand for buyer and seller."""
        buy, sell, price_ticks, qty_lots, _ = row
        return Fill(
            buy_order_id=self._recorded_ids[buy],
            sell_order_id=self._recorded_ids[sell],
            price_ticks=price_ticks,
            qty_lots=qty_lots,
            aggressor=None,
        )

    def _read(self, events: bytes, *, inbound: NewLimit | CancelOrder) -> Sequence[Fill]:
        fills: list[Fill] = []
        for event in _EVENT.iter_unpack(events):
            self.events += 1
            kind = event[3]
            if kind == _TRADE:
                fills.append(
                    Fill(
                        buy_order_id=self._recorded_ids[event[12]],
                        sell_order_id=self._recorded_ids[event[13]],
                        price_ticks=event[15],
                        qty_lots=event[16],
                        aggressor=_AGGRESSORS[event[9]],
                    )
                )
            elif kind == _ACCEPTED:
                self._recorded_ids.append(inbound.order_id)
            elif kind == _CANCELED:
                self._canceled_lots = event[16]
            elif kind in _REFUSED:
                raise FoldError(
                    f"the exchange refuses what the market took: order_id={inbound.order_id} "
                    f"{EVENT_KINDS[kind]} reason {event[5]}"
                )
        return fills


def make_engine(grid: Grid) -> CoreEngine:
    """Return an exchange with one instrument on ``grid``, in its opening call."""
    return CoreEngine(grid)
