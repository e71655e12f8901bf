"""Why an order is where it is: its story as its owner may read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.domain.explain import Line, tell
from fairlead.domain.trading.order_view import OrderView
from fairlead.domain.trading.refused import Scales, measured
from fairlead.model.listing import Listing
from fairlead.model.report import Report
from fairlead.ports.order_reads import OrderReads
from fairlead.ports.order_traces import OrderTraces

__all__ = ["OrderStories", "OrderStory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStory:
    """The story of an order.

    Attributes:
        order_id: which.
        view: how it stands; ``None`` of one that was refused at the door.
        lines: what happened, oldest first.
        is_whole: whether older lines were left out for being too many.
    """

    order_id: int
    view: OrderView | None
    lines: Sequence[Line]
    is_whole: bool


class OrderStories:
    """Tells stories of orders.

    Args:
        orders: the orders.
        traces: what is kept of them.
    """

    def __init__(self, *, orders: OrderReads, traces: OrderTraces) -> None:
        self._orders, self._traces = orders, traces

    async def of(self, account: int, order_id: int) -> OrderStory | None:
        """Return the story of an order; ``None`` where the account has none of that number.

        Raises:
            UnavailableError: the store does not answer.
        """
        facts = await self._traces.facts(account, order_id)
        if facts is None:
            return None
        return OrderStory(
            order_id=order_id,
            view=await self._orders.find(account, order_id),
            lines=tell(facts, account=account, measure=_measured),
            is_whole=facts.is_whole,
        )


def _measured(report: Report, listing: Listing | None, is_sale: bool) -> tuple[str, str] | None:  # noqa: FBT001
    return measured(report, scales=None if listing is None else Scales.of(listing), is_sale=is_sale)
