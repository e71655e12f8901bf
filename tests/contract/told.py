"""What an exchange tells: a small market made up from a seed, as the reports that a front end hears of it."""

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from fairlead.model.listing import Asset, Listing
from fairlead.model.report import Position, Report

USD = Asset(id=0, symbol="USD", decimals=6)
BTC = Asset(id=1, symbol="BTC", decimals=8)
ETH = Asset(id=2, symbol="ETH", decimals=8)
LISTINGS = {
    0: Listing(id=0, symbol="BTC-USD", price_decimals=2, qty_decimals=4, base=BTC, quote=USD),
    1: Listing(id=1, symbol="ETH-USD", price_decimals=2, qty_decimals=4, base=ETH, quote=USD),
}
ACCOUNTS = (1_001, 1_002, 1_003)
START_NS = 1_700_000_000_000_000_000
_CENT, _LOT = Decimal("0.01"), Decimal("0.0001")


@dataclass(slots=True)
class _Order:
    order_id: int
    account: int
    instrument: int
    side: str
    cl_ord_id: str
    price: Decimal
    order_qty: Decimal
    leaves_qty: Decimal
    cum_qty: Decimal = Decimal("0.0000")


@dataclass(slots=True)
class Told:
    """The reports so far."""

    rng: random.Random
    reports: list[Report] = field(default_factory=list)
    open: dict[int, _Order] = field(default_factory=dict)
    seq: int = 0
    ts_ns: int = START_NS
    orders: int = 0
    trades: int = 0

    def step(self) -> None:
        """Let something happen."""
        self.seq += 1
        self.ts_ns += self.rng.choice([1_000, 400_000_000, 3_000_000_000, 20_000_000_000_000])
        acts = [self.enter, self.enter, self.trade, self.trade, self.trade, self.cancel, self.amend, self.put_in]
        acts += [self.refuse, self.repeat, self.trip]
        self.rng.choice(acts)()

    def enter(self) -> None:
        self.orders += 1
        account = self.rng.choice(ACCOUNTS)
        qty = self.rng.randint(1, 90_000) * _LOT
        order = _Order(
            order_id=self.orders,
            account=account,
            instrument=self.rng.choice(list(LISTINGS)),
            side=self.rng.choice(["buy", "sell"]),
            cl_ord_id=f"c{self.orders}",
            price=self.rng.randint(1, 900_000) * _CENT,
            order_qty=qty,
            leaves_qty=qty,
        )
        self.open[order.order_id] = order
        waits = self.rng.random() < 0.2
        trigger = {"trigger_price": order.price} if waits else {}
        self._of(order, "New", "New")
        if waits:
            self._of(order, "Suspended", "Suspended", sub=1, **trigger)

    def trade(self) -> None:
        buys = [it for it in self.open.values() if it.side == "buy"]
        sells = [it for it in self.open.values() if it.side == "sell"]
        pairs = [(buy, sell) for buy in buys for sell in sells if buy.instrument == sell.instrument]
        if not pairs:
            return self.enter()
        buy, sell = self.rng.choice(pairs)
        self.trades += 1
        most = min(buy.leaves_qty, sell.leaves_qty)
        qty = self.rng.choice([most, max(_LOT, (most / 3).quantize(_LOT))])
        aggressor = self.rng.choice(["buy", "sell", None])
        for leg, order in ((1, buy), (2, sell)):
            order.leaves_qty -= qty
            order.cum_qty += qty
            part = "Auction" if aggressor is None else "Removed" if aggressor == order.side else "Added"
            is_done = order.leaves_qty == 0
            fee = self.rng.randint(-5, 90) * Decimal("0.000001")
            self._of(
                order,
                "Trade",
                "Filled" if is_done else "PartiallyFilled",
                leg=leg,
                last_qty=qty,
                last_px=sell.price,
                fee=fee,
                trade_id=self.trades,
                told={"liquidity": part},
            )
            if is_done:
                del self.open[order.order_id]
        return None

    def cancel(self) -> None:
        if self.open:
            order = self.open.pop(self.rng.choice(list(self.open)))
            order.leaves_qty = Decimal("0.0000")
            self._of(order, "Canceled", "Canceled", reason="USER")

    def amend(self) -> None:
        if self.open:
            order = self.rng.choice(list(self.open.values()))
            order.cl_ord_id = f"a{self.seq}"
            order.price += _CENT
            self._of(order, "Replaced", "PartiallyFilled" if order.cum_qty else "New", told={"priority_kept": True})

    def put_in(self) -> None:
        account, asset = self.rng.choice(ACCOUNTS), self.rng.choice([0, 1, 2])
        amount = self.rng.randint(1, 10**14)
        event = self.rng.choice(["Deposited", "Deposited", "Withdrawn"])
        for leg in (1, 2):
            self._command(event, leg=leg, id=asset, value=amount, told={"account": account})

    def refuse(self) -> None:
        account = self.rng.choice(ACCOUNTS)
        self.reports.append(
            Report(
                kind="ExecutionReport",
                fields={"account": account, "instrument": 0, "cause": "Command"},
                position=Position(self.seq, 0, 0),
                is_rejected=True,
                exec_type="Rejected",
                ord_status="Rejected",
                symbol=LISTINGS[0].symbol,
                cl_ord_id=f"r{self.seq}",
                side="buy",
                ord_type="limit",
                time_in_force="gtc",
                price=self.rng.randint(1, 900_000) * _CENT,
                order_qty=9 * _LOT,
                reason="MAX_VALUE",
                value=10**30,
                limit=7,
                ts_ns=self.ts_ns,
            )
        )

    def repeat(self) -> None:
        if self.open:
            self._of(self.rng.choice(list(self.open.values())), "OrderStatus", "New", repeated=True)

    def trip(self) -> None:
        instrument = self.rng.choice(list(LISTINGS))
        event = self.rng.choice(["BreakerTripped", "StateChanged", "StateChanged", "MassCanceled"])
        told = {} if event == "MassCanceled" else {"instrument": instrument, "other": self.rng.choice([3, 6])}
        self._command(event, id=self.rng.randint(1, 6), value=self.ts_ns + 10**9, told=told)

    def _of(self, order: _Order, exec_type: str, ord_status: str, **said: Any) -> None:
        told = {"account": order.account, "instrument": order.instrument, "cause": "Command"} | said.pop("told", {})
        position = Position(self.seq, said.pop("sub", 0), said.pop("leg", 0))
        self.reports.append(
            Report(
                kind="ExecutionReport",
                fields=told,
                position=position,
                exec_type=exec_type,
                ord_status=ord_status,
                symbol=LISTINGS[order.instrument].symbol,
                cl_ord_id=order.cl_ord_id,
                order_id=order.order_id,
                side=order.side,
                ord_type="limit",
                time_in_force="gtc",
                price=order.price,
                order_qty=order.order_qty,
                leaves_qty=order.leaves_qty,
                cum_qty=order.cum_qty,
                ts_ns=self.ts_ns,
                **said,
            )
        )

    def _command(self, event: str, *, leg: int = 0, told: dict[str, Any], **said: Any) -> None:
        self.reports.append(
            Report(
                kind="CommandReport",
                fields={"event": event} | told,
                position=Position(self.seq, 0, leg),
                exec_type=event,
                ts_ns=self.ts_ns,
                **said,
            )
        )


def told(seed: int, steps: int) -> list[Report]:
    """Return what is told of so many steps of the market of a seed."""
    market = Told(random.Random(seed))
    for _ in range(steps):
        market.step()
    return market.reports


def as_resent(report: Report) -> Report:
    """Return a report as another connection, after a restart of the exchange, tells it."""
    return replace(report, resent=True, avg_px=None, fields=dict(report.fields) | {"resent": True, "ref_seq": 0})
