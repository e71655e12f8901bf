"""The compiled core as a Python package, so that the import rules can name and protect it."""

from fairlead._core._native import (
    BreakerWatch,
    CommandReport,
    DemoMarket,
    EngineServer,
    Exchange,
    ExecutionReport,
    GroupReport,
    Handle,
    L3Book,
    __version__,
    journal_cut,
    journal_records,
    journal_report,
    verify_matching,
)

__all__ = [
    "BreakerWatch",
    "CommandReport",
    "DemoMarket",
    "EngineServer",
    "Exchange",
    "ExecutionReport",
    "GroupReport",
    "Handle",
    "L3Book",
    "__version__",
    "journal_cut",
    "journal_records",
    "journal_report",
    "verify_matching",
]
