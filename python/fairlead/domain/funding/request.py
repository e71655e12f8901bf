"""A deposit or a withdrawal, from the wish of its owner to the fact in the log."""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from typing import Final

from fairlead.domain.funding.errors import FundsValueError

__all__ = ["OPEN_STATES", "Asset", "Direction", "FundsRequest", "Move", "State", "Wallet"]

_EXACT: Final = Context(prec=80, traps=[Inexact])
# The most that one account can hold of an asset, in its smallest unit (`MONEY_MAX` of the engine).
_UNITS_MAX: Final = 10**30


class Direction(StrEnum):
    """Which way the money goes; the value is the engine's word for the command."""

    DEPOSIT = "Deposit"
    WITHDRAWAL = "Withdraw"


class State(StrEnum):
    """How a request stands. Only ``DONE`` moved money."""

    PENDING = "PENDING"
    CONFIRMING = "CONFIRMING"
    DONE = "DONE"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


OPEN_STATES: Final = (State.PENDING, State.CONFIRMING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Money or goods: ``amount = units / 10**decimals``."""

    asset_id: int
    symbol: str
    decimals: int

    def units(self, amount: Decimal) -> int:
        """Return an amount in the smallest unit.

        Raises:
            FundsValueError: it is not above 0, has more decimals than the asset, or is more than an account can hold.
        """
        shown = f"{amount:f}"
        if amount <= 0:
            raise FundsValueError("amount is not above 0", field="amount", value=shown, limit="0")
        exponent = amount.normalize(_EXACT).as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            what = f"amount has more decimals than {self.symbol}"
            raise FundsValueError(what, field="amount", value=shown, limit=str(self.decimals))
        units = int(amount.scaleb(self.decimals, _EXACT))
        if units > _UNITS_MAX:
            raise FundsValueError("amount is too large", field="amount", value=shown, limit=self.text(_UNITS_MAX))
        return units

    def text(self, units: int) -> str:
        """Return an amount as a decimal number."""
        return f"{Decimal(units).scaleb(-self.decimals, _EXACT):f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundsRequest:
    """A deposit or a withdrawal.

    Attributes:
        request_id: ``dep_`` or ``wdr_`` and 32 hex digits.
        direction: which way.
        user_id: whose.
        asset: of what.
        units: how much, in the smallest unit of the asset.
        chain: the blockchain.
        address: where it came from, or where it goes to, in the one form of its chain.
        tx_hash: the transaction of a deposit, in lower case; ``None`` of a withdrawal.
        state: how it stands.
        created_ts_ns: when it was asked for, nanoseconds UTC.
        account: the engine's account the command names, from ``CONFIRMING`` on.
        decided_by: who confirmed, rejected or cancelled.
        decided_ts_ns: when.
        after_seq: a record of the log that was there before the command.
        event_seq: the record that is the command, once that is known.
    """

    request_id: str
    direction: Direction
    user_id: str
    asset: Asset
    units: int
    chain: str
    address: str
    tx_hash: str | None
    state: State
    created_ts_ns: int
    account: int | None = None
    decided_by: str | None = None
    decided_ts_ns: int | None = None
    after_seq: int | None = None
    event_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A command of the log that moves money.

    Attributes:
        seq: its record.
        direction: which way.
        account: whose.
        asset_id: of what.
        units: how much.
    """

    seq: int
    direction: Direction
    account: int
    asset_id: int
    units: int

    def is_of(self, request: FundsRequest) -> bool:
        """Whether this may be the command of a request that is being confirmed.

        The log does not say who sent a command: one of an operator that is equal counts too, as money moves once.
        """
        return (
            request.after_seq is not None
            and self.seq > request.after_seq
            and (self.direction, self.account, self.asset_id, self.units)
            == (request.direction, request.account, request.asset.asset_id, request.units)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """An address that a user withdraws to. An operator verifies it once, before the first withdrawal.

    Attributes:
        wallet_id: ``wal_`` and 32 hex digits.
        user_id: whose.
        chain: the blockchain.
        address: in the one form of its chain.
        verified_by: the operator; ``None``: nobody yet.
        verified_ts_ns: when.
    """

    wallet_id: str
    user_id: str
    chain: str
    address: str
    verified_by: str | None = None
    verified_ts_ns: int | None = None
