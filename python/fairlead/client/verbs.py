"""What a session may ask of the exchange, each as one request and its answer."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Unpack

from fairlead.client.instruments import Instruments, Number
from fairlead.client.requests import (
    amend_fields,
    cancel_fields,
    group_fields,
    leg_fields,
    mass_cancel_fields,
    order_fields,
)
from fairlead.errors import UsageError
from fairlead.model.report import Report
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger
from fairlead.wire.codec import Value

__all__ = ["Verbs"]


def _id(order: OrderWords) -> str:
    return order.get("cl_ord_id") or uuid.uuid4().hex


class Verbs(ABC):
    """Orders, groups, cancels and commands; ``Client`` sends them and waits for the answers."""

    instruments: Instruments

    async def submit(self, **order: Unpack[OrderWords]) -> Report:
        """Enter an order and return the first answer: accepted or refused. Fills come as events.

        Args:
            order: as ``OrderWords`` says; without a ``cl_ord_id`` it is given one.

        Raises:
            UnavailableError: no answer within ``timeout_s``: the order is in doubt until its report comes. Calling
                again with the same ``cl_ord_id`` is safe.
        """
        cl_ord_id, account = _id(order), order.get("account", 0)
        fields = order_fields(self.instruments.by_symbol(order["symbol"]), cl_ord_id, order)
        return await self._ask("NewOrder", fields, cl_ord_id=cl_ord_id, account=account)

    async def submit_stop(self, trigger: Trigger, **order: Unpack[OrderWords]) -> Report:
        """Enter an order that waits for its trigger; as ``submit``."""
        cl_ord_id, account = _id(order), order.get("account", 0)
        fields = leg_fields(self.instruments.by_symbol(order["symbol"]), cl_ord_id, order, trigger)
        return await self._ask("NewStop", fields, cl_ord_id=cl_ord_id, account=account)

    async def submit_group(
        self,
        kind: str,
        legs: Sequence[tuple[OrderWords, Trigger | None]],
        *,
        mode: str = "reduce",
        activation: str = "partial",
    ) -> Report:
        """Enter orders that depend on each other, as one command; ``id`` of the answer is the group's.

        Args:
            kind: ``oco``, ``oto`` or ``otoco``, as of ``Exchange.submit_group``.
            legs: each order with its trigger, entry first. The first one's ``cl_ord_id`` makes sending again safe.
            mode: what a fill or a trigger of one exit does to the other.
            activation: when the entry releases the others.
        """
        if not legs:
            raise UsageError(f"a group has two or three legs: kind={kind} legs=0")
        ids = [_id(order) for order, _ in legs]
        entries = tuple(
            leg_fields(self.instruments.by_symbol(order["symbol"]), cl_ord_id, order, trigger)
            for cl_ord_id, (order, trigger) in zip(ids, legs, strict=True)
        )
        fields, account = group_fields(kind, mode, activation), legs[0][0].get("account", 0)
        return await self._ask("NewGroup", fields, entries=entries, cl_ord_id=ids[0], account=account)

    async def amend(
        self,
        *,
        symbol: str,
        orig_cl_ord_id: str | None = None,
        order_id: int | None = None,
        cl_ord_id: str | None = None,
        order_qty: Number | None = None,
        price: Number | None = None,
        account: int = 0,
    ) -> Report:
        """Change an order in place; ``order_qty`` is its new total, what is filled included."""
        fields = amend_fields(
            self.instruments.by_symbol(symbol),
            cl_ord_id=cl_ord_id or uuid.uuid4().hex,
            target=cancel_fields(orig_cl_ord_id, order_id),
            order_qty=order_qty,
            price=price,
            account=account,
        )
        return await self._ask("ModifyOrder", fields, cl_ord_id=str(fields["cl_ord_id"]), account=account)

    async def cancel(self, cl_ord_id: str | None = None, *, order_id: int | None = None, account: int = 0) -> Report:
        """Cancel an order by its client id or by the exchange's."""
        fields = {"account": account, "unlink": False, **cancel_fields(cl_ord_id, order_id)}
        return await self._ask("CancelOrder", fields)

    async def cancel_group(self, group_id: int, *, account: int = 0) -> Report:
        """Cancel every order that is left of a group; the answer is about the first of them."""
        return await self._ask("CancelGroup", {"account": account, "group": group_id})

    async def mass_cancel(self, *, symbol: str | None = None, side: str | None = None, account: int = 0) -> Report:
        """Cancel every order of the account that passes the filters; ``count`` says how many."""
        instrument = None if symbol is None else self.instruments.by_symbol(symbol)
        return await self._ask("MassCancel", mass_cancel_fields(instrument, side, account))

    async def cancel_all_after(self, timeout_ms: int, *, account: int = 0) -> Report:
        """Arm or renew the account's dead-man timer; 0 disarms."""
        return await self._ask("CancelAllAfter", {"account": account, "timeout_ns": timeout_ms * 1_000_000})

    async def command(
        self, kind: str, fields: Mapping[str, Value], entries: tuple[Mapping[str, Value], ...] = ()
    ) -> Report:
        """Send any command of the page of layouts, as an operator does. It is not sent again by itself."""
        return await self._ask(kind, fields, entries=entries, is_safe=False)

    @abstractmethod
    async def _ask(
        self,
        kind: str,
        fields: Mapping[str, Value],
        *,
        cl_ord_id: str | None = None,
        account: int = 0,
        entries: tuple[Mapping[str, Value], ...] = (),
        is_safe: bool = True,
    ) -> Report:
        """Send a request and return its answer."""
