"""Orders that depend on each other: two exits, or an entry with two exits, entered and cancelled as one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from fairlead.domain.trading.group_request import ExitsRequest, Group, group_field, group_of
from fairlead.domain.trading.order_view import OrderView, after
from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.ports.advanced_orders import GroupReads
from fairlead.services.trading.floor import Floor, check_account

__all__ = ["AdvancedDesk", "PlacedGroup"]

_ID_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedGroup:
    """A group that the exchange has.

    Attributes:
        group_id: its number; ``None`` of a repeat that cannot be read yet.
        client_order_ids: of its orders, entry first.
        orders: those that can be read already.
        is_repeat: it was entered before under the same client id.
    """

    group_id: int | None
    client_order_ids: Sequence[str]
    orders: Sequence[OrderView]
    is_repeat: bool = False


class AdvancedDesk:
    """Takes groups to the exchange.

    Args:
        floor: the exchange, and what is known of it.
        groups: with which group an order came.
    """

    def __init__(self, floor: Floor, *, groups: GroupReads | None = None) -> None:
        self._floor, self._groups = floor, groups

    async def place(self, account: int, request: ExitsRequest) -> PlacedGroup:
        """Enter two exits, or an entry with its exits; once however often they are sent under one client id.

        Raises:
            RequestError: they cannot be meant.
            RefusedError: the exchange says no; none of the orders came to be.
            InDoubtError: no answer came in time.
        """
        floor = self._floor
        request = msgspec.structs.replace(request, symbol=floor.symbols.canonical(request.symbol))
        first = floor.client_id(request.client_order_id)
        group = group_of(msgspec.structs.replace(request, client_order_id=first), account=check_account(account))
        ids = _name(group, first)

        async def send() -> Report:
            return await floor.front.submit_group(group.kind, group.legs)

        report = await floor.ask(
            send,
            what=f"{group.kind} clientOrderId={first} symbol={request.symbol:.40} quantity={request.quantity}",
            in_doubt=f"GET /orders?clientOrderId={first} tells; sending it again with the same clientOrderId is safe",
            symbol=request.symbol,
            is_sale=request.side == "SELL",
            named=partial(group_field, request),
        )
        return PlacedGroup(
            client_order_ids=ids,
            # First: it waits until what was answered can be read.
            orders=await self._readable(account, report, ids),
            group_id=await self._group_of(account, report) if report.repeated else report.id,
            is_repeat=report.repeated,
        )

    async def cancel(self, account: int, group_id: int) -> None:
        """Cancel every order that is left of a group.

        Raises:
            RefusedError: the account has no such group, or it has ended.
            InDoubtError: no answer came in time.
        """
        floor = self._floor

        async def send() -> Report:
            return await floor.front.cancel_group(group_id, account=check_account(account))

        what = f"cancel of group groupId={group_id}"
        await floor.ask(send, what=what, in_doubt="sending it again is safe: a cancel names its group")

    async def _group_of(self, account: int, report: Report) -> int | None:
        """Return the group of a repeat: its answer is about the first order alone."""
        if self._groups is None:
            return None
        try:
            return await self._groups.group_of(account, report.order_id)
        except UnavailableError:
            return None

    async def _readable(self, account: int, report: Report, ids: Sequence[str]) -> list[OrderView]:
        reads = self._floor.reads
        try:
            if report.position is not None:
                await reads.reached(report.position)
            found = [await reads.by_client_id(account, one) for one in ids]
        except UnavailableError:
            # The group is there; that its orders cannot be read makes no failure of it.
            found = [None]
        if report.repeated and found[0] is None:
            found[0] = after(None, msgspec.structs.replace(report, repeated=False))
        return [view for view in found if view is not None]


def _name(group: Group, first: str) -> list[str]:
    """Name the orders behind the first one: the same each time, so that a repeat is the same request."""
    ids = [first]
    for place, (order, _) in enumerate(group.legs[1:], 1):
        named = hashlib.sha256(f"{first}/{place}".encode()).hexdigest()[:_ID_LENGTH]
        order["cl_ord_id"] = named
        ids.append(named)
    return ids
