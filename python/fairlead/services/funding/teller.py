"""Moving the money of a request: one command of the exchange, once, although store and log are two places.

INV-1  The store says ``CONFIRMING``, durably, before the command is sent; only who wrote that sends it.
INV-2  A command that may have reached the log is never sent again before the log was read.
INV-3  A record of the log is the command of one request at most.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Final

from fairlead.domain.access.errors import AuthorizationError, ConflictError
from fairlead.domain.access.roles import Principal
from fairlead.domain.funding.errors import FundsInDoubtError, FundsRefusedError
from fairlead.domain.funding.request import Direction, FundsRequest, State
from fairlead.errors import FairleadError, UnavailableError
from fairlead.model.report import Report
from fairlead.ports.clock import Clock
from fairlead.ports.front import Front
from fairlead.ports.funding import AccountMaker, FundsStore, MoneyLog
from fairlead.ports.users import Users
from fairlead.services.funding.desk import decided, unknown

__all__ = ["Teller"]

_log = logging.getLogger("fairlead.funding")
_DONE: Final = {Direction.DEPOSIT: "Deposited", Direction.WITHDRAWAL: "Withdrawn"}


class Teller:
    """Confirms deposits and withdrawals.

    Args:
        store: where requests are kept.
        front: the session to the exchange.
        log: its log.
        users: whose requests they are.
        accounts: makes their accounts in the exchange.
        clock: the time.
    """

    def __init__(
        self, store: FundsStore, *, front: Front, log: MoneyLog, users: Users, accounts: AccountMaker, clock: Clock
    ) -> None:
        self._store, self._front, self._log = store, front, log
        self._users, self._accounts, self._clock = users, accounts, clock
        self._running: set[asyncio.Task[FundsRequest]] = set()
        self._sending: set[str] = set()

    async def confirm(self, direction: Direction, caller: Principal, request_id: str) -> FundsRequest:
        """Move the money of a request.

        What was begun is finished although who asked does not wait for it.

        Raises:
            NotFoundError: there is no such request.
            AuthorizationError: it is one's own.
            ConflictError: it was decided before, or its address is not verified.
            FundsRefusedError: the exchange said no; the request is ``PENDING`` again.
            FundsInDoubtError: the money moved or not; the request stays ``CONFIRMING``.
            UnavailableError: exchange or store do not answer; nothing was sent.
        """
        request = await self._store.find(request_id)
        if request is None or request.direction is not direction:
            raise unknown(direction, request_id)
        if request.user_id == caller.user_id:
            raise AuthorizationError(f"not allowed: nobody confirms their own: id={request_id}")
        if request_id in self._sending:
            raise ConflictError(f"the request is being confirmed: id={request_id}")
        if request.state is State.CONFIRMING:
            work = self._look(request)
        elif request.state is State.PENDING:
            await self._check_wallet(request)
            work = self._move(request, caller)
        else:
            raise await decided(self._store, request_id)
        task = asyncio.create_task(work, name=f"fairlead-confirm-{request_id}")
        self._running.add(task)
        self._sending.add(request_id)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._sending.discard(request_id))
        return await asyncio.shield(task)

    async def recover(self) -> list[FundsRequest]:
        """Decide what a crash left ``CONFIRMING``; return what stays in doubt.

        Call it when no earlier process can send any more and before this one sends: what the log does not have then was
        never done, and waits for an operator again.
        """
        doubtful = []
        for request in await self._store.confirming():
            try:
                settled = await self._settle(request)
            except FairleadError as error:
                _log.error("a request stays in doubt: id=%s why=%s", request.request_id, error)
                settled = None
            if settled is None:
                doubtful.append(request)
            else:
                _log.warning("a request was decided from the log: id=%s state=%s", request.request_id, settled.state)
        return doubtful

    async def finish(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _check_wallet(self, request: FundsRequest) -> None:
        if request.direction is Direction.DEPOSIT:
            return
        wallet = await self._store.wallet(request.user_id, chain=request.chain, address=request.address)
        if wallet is None or wallet.verified_by is None:
            wallet_id = "none" if wallet is None else wallet.wallet_id
            raise ConflictError(
                f"the address is not verified: id={request.request_id} withdrawalAddressId={wallet_id}; "
                "POST /withdrawal-addresses/{id}/verify once it is known to be the user's"
            )

    async def _move(self, request: FundsRequest, caller: Principal) -> FundsRequest:
        user = await self._users.by_id(request.user_id)
        if user is None or not self._front.is_connected:
            raise UnavailableError(f"nothing was sent: id={request.request_id} user={request.user_id}")
        account = await self._accounts.ensure(user.user_id, user.account)
        sending = replace(
            request,
            state=State.CONFIRMING,
            account=account,
            decided_by=caller.user_id,
            decided_ts_ns=self._clock.now_ns(),
            after_seq=self._log.reached(),
        )
        if not await self._store.move(sending, was=State.PENDING):
            raise await decided(self._store, request.request_id)
        fields = {"account": account, "asset": request.asset.asset_id, "amount": request.units}
        try:
            report = await self._front.command(request.direction.value, fields)
        except UnavailableError as error:
            _log.error("in doubt: id=%s why=%s", request.request_id, error)
            raise FundsInDoubtError(request.request_id) from None
        except FairleadError:
            # It could not be sent.
            await self._back(sending)
            raise
        return await self._take(sending, report)

    async def _take(self, sending: FundsRequest, report: Report) -> FundsRequest:
        if report.is_rejected:
            await self._back(sending)
            if report.kind == "Reject":
                # The gateway's no: the command never was in the log.
                raise UnavailableError(f"nothing was done: id={sending.request_id} reason={report.reason}")
            text = sending.asset.text
            raise FundsRefusedError(
                sending.request_id,
                reason=report.reason or "REFUSED",
                value=text(report.value),
                limit=text(report.limit),
            )
        position = report.position
        if position is None or report.exec_type != _DONE[sending.direction]:
            _log.error("an answer of another kind: id=%s event=%s", sending.request_id, report.exec_type)
            raise FundsInDoubtError(sending.request_id)
        return await self._done(sending, position.event_seq)

    async def _look(self, request: FundsRequest) -> FundsRequest:
        """Decide a request that is in doubt, where the log already has its command."""
        settled = await self._settle(request, is_still_sent=True)
        if settled is None:
            raise FundsInDoubtError(request.request_id)
        return settled

    async def _settle(self, request: FundsRequest, *, is_still_sent: bool = False) -> FundsRequest | None:
        """Return a request as the log says it is; ``None``: the log does not tell.

        Args:
            request: one that is ``CONFIRMING``.
            is_still_sent: its command may still be on its way, so that a log without it proves nothing.
        """
        assert request.after_seq is not None, "a request is CONFIRMING with its place in the log"
        moves = await self._log.moves(request.after_seq)
        if moves is None:
            return None
        alike = [move.seq for move in moves if move.is_of(request)]
        claimed = await self._store.claimed(alike)
        for seq in alike:
            if seq in claimed:
                continue
            was_done = await self._log.was_done(seq)
            if was_done is None:
                return None
            if was_done:
                return await self._done(request, seq)
            # Refused: the money did not move, whichever request asked for it.
        return None if is_still_sent else await self._back(request)

    async def _done(self, request: FundsRequest, seq: int) -> FundsRequest:
        done = replace(request, state=State.DONE, event_seq=seq)
        if not await self._store.move(done, was=State.CONFIRMING):
            raise await decided(self._store, request.request_id)
        return done

    async def _back(self, request: FundsRequest) -> FundsRequest:
        waiting = replace(
            request,
            state=State.PENDING,
            account=None,
            decided_by=None,
            decided_ts_ns=None,
            after_seq=None,
        )
        if not await self._store.move(waiting, was=State.CONFIRMING):
            raise await decided(self._store, request.request_id)
        return waiting
