"""The session by which the service speaks to the exchange: for every account, answered once it is durable."""

from collections.abc import Mapping, Sequence
from typing import Protocol, Unpack

from fairlead.model.report import Report
from fairlead.model.request import Exact, OrderWords
from fairlead.model.triggers import Trigger
from fairlead.wire.codec import Value

__all__ = ["Front"]


class Front(Protocol):
    """What ``fairlead.aio.Client`` with the role ``front_end`` does for the services.

    A refusal of the exchange is a report whose ``is_rejected`` is true, not an exception. Each call may raise

    - ``UsageError`` or ``WireError``: the request cannot be sent; nothing happened.
    - ``NotFoundError``: there is no such instrument.
    - ``UnavailableError``: no answer in time; the outcome is in doubt. Asking again with the same client id is safe.
    """

    @property
    def is_connected(self) -> bool:
        """Whether a session is there now."""
        ...

    async def submit(self, **order: Unpack[OrderWords]) -> Report:
        """Enter an order and return its first answer."""
        ...

    async def submit_stop(self, trigger: Trigger, **order: Unpack[OrderWords]) -> Report:
        """Enter an order that waits for its trigger."""
        ...

    async def submit_group(
        self,
        kind: str,
        legs: Sequence[tuple[OrderWords, Trigger | None]],
        *,
        mode: str = "reduce",
        activation: str = "partial",
    ) -> Report:
        """Enter orders that depend on each other as one command."""
        ...

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
        """Change an order in place."""
        ...

    async def cancel(self, cl_ord_id: str | None = None, *, order_id: int | None = None, account: int = 0) -> Report:
        """Cancel an order by its client id or by the exchange's."""
        ...

    async def cancel_group(self, group_id: int, *, account: int = 0) -> Report:
        """Cancel every order that is left of a group; the answer is about the first of them."""
        ...

    async def mass_cancel(self, *, symbol: str | None = None, side: str | None = None, account: int = 0) -> Report:
        """Cancel every order of the account that passes the filters."""
        ...

    async def cancel_all_after(self, timeout_ms: int, *, account: int = 0) -> Report:
        """Arm or renew the account's dead-man timer; 0 disarms."""
        ...

    async def command(
        self, kind: str, fields: Mapping[str, Value], entries: tuple[Mapping[str, Value], ...] = ()
    ) -> Report:
        """Send any command of the page of layouts, as an operator does. It is not sent again by itself."""
        ...
