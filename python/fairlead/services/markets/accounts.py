"""What the exchange says of an account that it does not have."""

from fairlead.errors import UnknownAccountError
from fairlead.model.report import Report

__all__ = ["demand_account"]


def demand_account(report: Report, account: int | None) -> Report:
    """Return the answer to a command about an account, where there is such an account.

    Raises:
        UnknownAccountError: there is none.
    """
    if account is not None and report.is_rejected and report.reason == "UNKNOWN_ACCOUNT":
        raise UnknownAccountError(account)
    return report
