"""From the request that entered an order to each of its fills: who asked for it, remembered by its client id."""

import logging
from typing import Final

from fairlead.model.report import Report
from fairlead.ports.trace import correlation

__all__ = ["Trail"]

# Orders whose request is remembered: of more the older half is told without it.
_ORDERS_MAX: Final = 65_536
_log = logging.getLogger("fairlead.orders")


class Trail:
    """Writes a line for each report of an order, with the request that entered the order.

    Args:
        orders_max: how many are remembered; when they are so many, the older half goes at once.
    """

    def __init__(self, *, orders_max: int = _ORDERS_MAX) -> None:
        self._half = orders_max // 2
        self._newer: dict[tuple[int, str], str] = {}
        self._older: dict[tuple[int, str], str] = {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def enters(self, *, account: int, cl_ord_id: str) -> None:
        """Remember that the request at hand enters an order; where none is at hand or no line is written, nothing."""
        asked_by = correlation.get()
        if asked_by is None or not _log.isEnabledFor(logging.INFO):
            return
        if len(self._newer) >= self._half:
            self._older, self._newer = self._newer, {}
        self._newer[account, cl_ord_id] = asked_by

    def heard(self, report: Report) -> None:
        """Write what a report says of an order."""
        if report.kind != "ExecutionReport" or not _log.isEnabledFor(logging.INFO):
            return
        account = report.fields.get("account")
        said = {
            "exec_type": report.exec_type,
            "account": account,
            "symbol": report.symbol,
            "order_id": report.order_id,
            "cl_ord_id": report.cl_ord_id,
            "trade_id": report.trade_id or None,
            "reason": report.reason,
            "correlation_id": self._request_of(account, report.cl_ord_id),
        }
        _log.info("order_told", extra={name: value for name, value in said.items() if value is not None})

    def _request_of(self, account: object, cl_ord_id: str | None) -> str | None:
        if not isinstance(account, int) or cl_ord_id is None:
            return None
        key = (account, cl_ord_id)
        return self._newer.get(key) or self._older.get(key)
