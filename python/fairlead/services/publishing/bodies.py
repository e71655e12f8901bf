"""Reports as others are told them: what a report does not say of its order is looked up."""

from collections.abc import Awaitable, Callable

from fairlead.domain.trading.order_view import OrderView
from fairlead.domain.trading.refused import Scales
from fairlead.domain.trading.report_body import ReportBody, report_body
from fairlead.model.report import Report

__all__ = ["Bodies"]


class Bodies:
    """Makes of reports what others are told, as ``docs/reference/events.schema.json`` says.

    Args:
        find: returns an order of an account by its id; ``None``: there is none.
        scales: returns the decimals of an instrument; ``None``: it is not known.
    """

    def __init__(
        self,
        *,
        find: Callable[[int, int], Awaitable[OrderView | None]],
        scales: Callable[[str], Awaitable[Scales | None]],
    ) -> None:
        self._find, self._scales = find, scales

    async def of(self, report: Report) -> ReportBody:
        """Return what is told of a report that has a place in the log.

        Raises:
            UnavailableError: the order that it is about cannot be read.
        """
        order, scales = None, None
        account = report.fields.get("account")
        if report.kind == "CancelReject" and report.order_id and isinstance(account, int):
            order = await self._find(account, report.order_id)
        symbol = report.symbol if order is None else order.symbol
        if report.is_rejected and symbol is not None:
            scales = await self._scales(symbol)
        return report_body(report, order=order, scales=scales)
