"""An exchange that moves money and writes a log, and that loses what a test wants lost."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.access.houses import House

from fairlead.adapters.stores import SqlFunds
from fairlead.adapters.wallets import ChainAddresses
from fairlead.domain.funding.request import Asset, Direction, Move
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.ports.funding import AccountMaker
from fairlead.services.funding import FundsDesk, Teller

ASSETS = [Asset(asset_id=0, symbol="BTC", decimals=8), Asset(asset_id=1, symbol="USD", decimals=2)]


class FakeBank:
    """Session, log and assets of an exchange in one.

    Attributes:
        balances: what each account has of each asset, in the smallest unit.
        log: the commands that reached it, with whether each was done.
        loses: ``before``: a command does not reach the log, ``after``: its answer is lost; ``None``: nothing is.
        has_history: whether log and outcomes can be read.
        refusal: what the gateway answers instead of passing a command on.
    """

    def __init__(self) -> None:
        self.balances: Counter[tuple[int, int]] = Counter()
        self.log: list[tuple[Move, bool]] = []
        self.loses: str | None = None
        self.has_history = True
        self.is_connected = True
        self.refusal: str | None = None

    async def command(self, kind: str, fields: Mapping[str, Any], entries: tuple[Any, ...] = ()) -> Report:
        assert not entries
        if self.loses == "before":
            raise UnavailableError("no answer in time")
        if self.refusal is not None:
            return Report(kind="Reject", fields={}, is_rejected=True, reason=self.refusal)
        move = self.put(kind, fields)
        was_done = self.log[-1][1]
        if self.loses == "after":
            raise UnavailableError("no answer in time")
        place = Position(move.seq, 0, 0)
        if was_done:
            event = {"Deposit": "Deposited", "Withdraw": "Withdrawn"}[kind]
            return Report(kind="CommandReport", fields=fields, position=place, exec_type=event)
        return Report(
            kind="CommandReport",
            fields=fields,
            position=place,
            exec_type="Refused",
            is_rejected=True,
            reason="INSUFFICIENT_FUNDS",
            value=move.units,
            limit=self.balances[move.account, move.asset_id],
        )

    def put(self, kind: str, fields: Mapping[str, Any]) -> Move:
        """Write a command to the log and do it."""
        direction, units = Direction(kind), int(fields["amount"])
        move = Move(
            seq=101 + len(self.log),
            direction=direction,
            account=int(fields["account"]),
            asset_id=int(fields["asset"]),
            units=units,
        )
        place = (move.account, move.asset_id)
        change = units if direction is Direction.DEPOSIT else -units
        can = self.balances[place] + change >= 0
        self.balances[place] += change if can else 0
        self.log.append((move, can))
        return move

    def reached(self) -> int:
        return 100 + len(self.log)

    async def moves(self, after_seq: int, /) -> list[Move] | None:
        return [move for move, _ in self.log if move.seq > after_seq] if self.has_history else None

    async def was_done(self, seq: int, /) -> bool | None:
        return {move.seq: done for move, done in self.log}[seq] if self.has_history else None

    async def assets(self) -> list[Asset]:
        return ASSETS


def funds_desk_over(bank: FakeBank, house: House) -> FundsDesk:
    """Return the desk of a house."""
    return FundsDesk(
        SqlFunds(house.database),
        assets=bank,
        rules=ChainAddresses(),
        clock=house.clock,
        secrets=house.needs.secrets,
    )


def teller_over(bank: FakeBank, house: House, *, accounts: AccountMaker) -> Teller:
    """Return a teller, as a process that has just started has one."""
    return Teller(
        SqlFunds(house.database),
        front=bank,  # type: ignore[arg-type]
        log=bank,
        users=house.needs.users,
        accounts=accounts,
        clock=house.clock,
    )
