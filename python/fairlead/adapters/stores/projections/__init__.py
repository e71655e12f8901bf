"""Tables that follow the reports of the exchange, and what is read from them."""

from fairlead.adapters.stores.projections.advanced_rows import SqlAdvancedOrders
from fairlead.adapters.stores.projections.audit_reads import SqlAuditHistory
from fairlead.adapters.stores.projections.kept_bars import SqlKeptBars
from fairlead.adapters.stores.projections.money_reads import SqlMoneyHistory
from fairlead.adapters.stores.projections.order_reads import SqlOrderHistory
from fairlead.adapters.stores.projections.outcome_reads import SqlOutcomeHistory
from fairlead.adapters.stores.projections.projections import SqlProjections
from fairlead.adapters.stores.projections.report_pages import SqlReportPages
from fairlead.adapters.stores.projections.standing_reads import SqlTradeHistory
from fairlead.adapters.stores.projections.stop_reads import SqlStopHistory
from fairlead.adapters.stores.projections.trace_reads import SqlOrderTraces
from fairlead.adapters.stores.projections.trade_tape import SqlTradeTape
from fairlead.adapters.stores.projections.upkeep import SqlUpkeep

__all__ = [
    "SqlAdvancedOrders",
    "SqlAuditHistory",
    "SqlKeptBars",
    "SqlMoneyHistory",
    "SqlOrderHistory",
    "SqlOrderTraces",
    "SqlOutcomeHistory",
    "SqlProjections",
    "SqlReportPages",
    "SqlStopHistory",
    "SqlTradeHistory",
    "SqlTradeTape",
    "SqlUpkeep",
]
