"""What the fee schedules ask for, and which account pays by which."""

from fairlead.adapters.stores.projection_tables import account_fees, fee_rates
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Told, is_copy
from fairlead.adapters.stores.step import Step

__all__ = ["follow_fees"]


def follow_fees(step: Step, told: Told, _: Memory) -> None:
    """Keep the rates of each schedule, and the schedule of each account that was moved to one."""
    rates: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    moved: dict[int, tuple[int, int]] = {}
    for position, report, _side in told.reports:
        if report.kind != "CommandReport" or is_copy(report):
            continue
        if report.exec_type == "FeesSet":
            base = report.fields["other"]
            assert isinstance(base, int), f"it says of what: position={position}"
            rates[report.id, base] = (report.id, base, report.value, report.limit)
        elif report.exec_type == "AccountFeesSet":
            account = report.fields["account"]
            assert isinstance(account, int), f"it says which account: position={position}"
            moved[account] = (account, report.id)
    step.put(fee_rates, list(rates.values()))
    step.put(account_fees, list(moved.values()))
