"""A session to the exchange that keeps what was sent and answers what a test plants; accounts it makes by itself."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Unpack

from tests.access.houses import House

from fairlead.adapters.stores import SqlAccountNumbers
from fairlead.domain.trading.refused import Scales
from fairlead.errors import NotFoundError, UnavailableError
from fairlead.model.report import Position, Report
from fairlead.model.request import Exact, OrderWords
from fairlead.model.triggers import Trigger
from fairlead.services.trading import AdvancedDesk, EngineAccounts, Floor, OrderDesk, RecentOrders, Symbols, Trading

# The second names what has its own symbol.
ALIASES = {"BTC": "BTC-USD", "ETH-USD": "BTC-USD"}
SCALES = {
    "BTC-USD": Scales(price=2, quantity=3, base=8, quote=5),
    "ETH-USD": Scales(price=2, quantity=3, base=8, quote=5),
    "RAIN": Scales(price=2, quantity=0, base=0, quote=6, is_event=True),
}

# What was sent: the name of the call and what it was given.
Sent = tuple[str, dict[str, Any]]


def accepted(sent: Sent, *, order_id: int, event_seq: int) -> Report:
    """Return the report of an order that is taken, changed or cancelled, as the exchange says it."""
    call, given = sent
    if call in {"mass_cancel", "cancel_all_after"}:
        return Report(kind="CommandReport", fields={}, count=2, position=Position(event_seq, 0, 0))
    if call == "submit_group":
        return Report(kind="CommandReport", fields={"other": 70}, id=5, position=Position(event_seq, 0, 0))
    kinds = {"amend": ("Replaced", "New"), "cancel": ("Canceled", "Canceled"), "cancel_group": ("Canceled", "Canceled")}
    exec_type, status = kinds.get(call, ("New", "New"))
    left = Decimal(0) if exec_type == "Canceled" else given.get("order_qty")
    return Report(
        kind="ExecutionReport",
        fields={"account": given["account"]},
        position=Position(event_seq, 0, 0),
        exec_type=exec_type,
        ord_status=status,
        symbol="BTC-USD",
        cl_ord_id=given.get("cl_ord_id"),
        order_id=given.get("order_id") or order_id,
        side=given.get("side", "buy"),
        ord_type=given.get("ord_type", "limit"),
        time_in_force=given.get("time_in_force") or "gtc",
        price=given.get("price"),
        order_qty=given.get("order_qty"),
        leaves_qty=left,
        cum_qty=Decimal(0),
        reason="USER" if exec_type == "Canceled" else None,
        ts_ns=1_700_000_000_000_000_000,
    )


class FakeFront:
    """The session of the service, as far as orders and accounts go.

    Attributes:
        sent: every call but those that make accounts.
        answer: what the next calls are answered with; an order is accepted where a test plants nothing.
        last_account: the number of the account that was made last.
        is_silent: whether nothing is answered.
    """

    def __init__(self) -> None:
        self.is_connected = True
        self.sent: list[Sent] = []
        self.answer: Callable[[Sent], Report] = self._accept
        self._orders = 69
        self.last_account = 1_000
        self.is_silent = False

    def refuse(self, reason: str, *, kind: str = "ExecutionReport", **fields: Any) -> None:
        """Answer everything with a refusal from now on."""
        refusal = Report(kind=kind, fields={}, is_rejected=True, exec_type="Rejected", reason=reason, **fields)
        self.answer = lambda _: refusal

    def _take(self, call: str, **given: Any) -> Report:
        self.sent.append((call, given))
        if self.is_silent:
            raise UnavailableError("no answer in time, the outcome is in doubt")
        if given.get("symbol") not in {None, *SCALES}:
            raise NotFoundError(f"no such instrument: symbol={given['symbol']}")
        return self.answer((call, given))

    def _accept(self, sent: Sent) -> Report:
        """Take, change or cancel an order: the first one is number 70, and each answer is newer than the last."""
        if sent[0] in {"submit", "submit_stop"}:
            self._orders += 1
        return accepted(sent, order_id=self._orders, event_seq=9 + len(self.sent))

    async def submit(self, **order: Unpack[OrderWords]) -> Report:
        return self._take("submit", **order)

    async def submit_stop(self, trigger: Trigger, **order: Unpack[OrderWords]) -> Report:
        return self._take("submit_stop", trigger=trigger, **order)

    async def submit_group(
        self,
        kind: str,
        legs: Sequence[tuple[OrderWords, Trigger | None]],
        *,
        mode: str = "reduce",
        activation: str = "partial",
    ) -> Report:
        return self._take("submit_group", kind=kind, legs=legs, mode=mode, activation=activation)

    async def amend(
        self,
        *,
        symbol: str,
        orig_cl_ord_id: str | None = None,
        order_id: int | None = None,
        cl_ord_id: str | None = None,
        order_qty: Exact | None = None,
        price: Exact | None = None,
        account: int = 0,
    ) -> Report:
        assert orig_cl_ord_id is None
        numbers = {"order_qty": order_qty, "price": price}
        return self._take("amend", symbol=symbol, order_id=order_id, cl_ord_id=cl_ord_id, account=account, **numbers)

    async def cancel(self, cl_ord_id: str | None = None, *, order_id: int | None = None, account: int = 0) -> Report:
        return self._take("cancel", cl_ord_id=cl_ord_id, order_id=order_id, account=account)

    async def cancel_group(self, group_id: int, *, account: int = 0) -> Report:
        return self._take("cancel_group", group_id=group_id, account=account)

    async def mass_cancel(self, *, symbol: str | None = None, side: str | None = None, account: int = 0) -> Report:
        return self._take("mass_cancel", symbol=symbol, side=side, account=account)

    async def cancel_all_after(self, timeout_ms: int, *, account: int = 0) -> Report:
        return self._take("cancel_all_after", timeout_ms=timeout_ms, account=account)

    async def command(
        self, kind: str, fields: Mapping[str, Any], entries: tuple[Mapping[str, Any], ...] = ()
    ) -> Report:
        if kind != "AddAccount" or self.is_silent:
            return self._take("command", kind=kind, fields=fields, entries=entries)
        self.last_account += 1
        return Report(kind="CommandReport", fields={"account": self.last_account}, exec_type="AccountAdded")


class FakeScales:
    """The instruments that the exchange told of."""

    def __init__(self) -> None:
        self.asked = 0

    def scales(self, symbol: str, /) -> Scales | None:
        return SCALES.get(symbol)

    async def refresh(self) -> None:
        self.asked += 1


def trading_over(front: FakeFront, house: House, *, batch_orders_max: int = 3) -> Trading:
    """Return the desks over a session that a test speaks for."""
    secrets = house.needs.secrets
    recent = RecentOrders()
    instruments = FakeScales()
    symbols = Symbols(instruments, aliases=ALIASES)
    floor = Floor(front=front, reads=recent, instruments=instruments, symbols=symbols, secrets=secrets)
    return Trading(
        orders=OrderDesk(floor),
        advanced=AdvancedDesk(floor),
        accounts=EngineAccounts(front, SqlAccountNumbers(house.database), secrets=secrets),
        recent=recent,
        symbols=symbols,
        batch_orders_max=batch_orders_max,
    )
