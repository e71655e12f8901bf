"""Deposits and withdrawals: asked for by their owner, decided by an operator, moved once by the exchange."""

from fairlead.services.funding.desk import FundsDesk
from fairlead.services.funding.teller import Teller

__all__ = ["FundsDesk", "Teller"]
