"""Deposits, withdrawals and wallets in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from fairlead.adapters.stores.access_tables import users
from fairlead.adapters.stores.database import Database, insert_once
from fairlead.adapters.stores.funding_tables import funds_requests, funds_wallets
from fairlead.domain.access.errors import ConflictError
from fairlead.domain.funding.request import OPEN_STATES, Asset, Direction, FundsRequest, State, Wallet

__all__ = ["SqlFunds"]

_CLAIMING = (State.PENDING, State.CONFIRMING, State.DONE)


class SqlFunds:
    """The deposits and withdrawals of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, request: FundsRequest, /, *, open_max: int, wallet: Wallet | None = None) -> None:
        """Keep a request, and its wallet where the user does not have it yet."""
        columns = funds_requests.c
        waiting = select(func.count()).where(columns.user_id == request.user_id, columns.state.in_(OPEN_STATES))
        added = insert(funds_requests).values(request_id=request.request_id, **_changing(request), **_lasting(request))
        try:
            async with self._database.write() as step:
                # Two requests of one user wait for each other here.
                await step.execute(select(users.c.user_id).where(users.c.user_id == request.user_id).with_for_update())
                if (await step.execute(waiting)).scalar_one() >= open_max:
                    raise ConflictError(f"too many requests wait: max={open_max}; cancel one, or wait for an operator")
                if wallet is not None:
                    await step.execute(
                        insert_once(step, funds_wallets).values(
                            wallet_id=wallet.wallet_id,
                            user_id=wallet.user_id,
                            chain=wallet.chain,
                            address=wallet.address,
                        )
                    )
                await step.execute(added)
        except IntegrityError:
            raise ConflictError(
                f"the transaction is named by another deposit: chain={request.chain} "
                f"transactionHash={request.tx_hash}; GET /deposits shows your own"
            ) from None

    async def find(self, request_id: str, /) -> FundsRequest | None:
        """Return the request with this id, if any."""
        asked = select(funds_requests).where(funds_requests.c.request_id == request_id)
        async with self._database.read() as view:
            row = (await view.execute(asked)).one_or_none()
        return None if row is None else _request(row)

    async def page(
        self, direction: Direction, /, *, user_id: str | None, before: str | None, count: int
    ) -> list[FundsRequest]:
        """Return requests, newest first."""
        columns = funds_requests.c
        asked = select(funds_requests).where(columns.direction == direction.value)
        if user_id is not None:
            asked = asked.where(columns.user_id == user_id)
        async with self._database.read() as view:
            if before is not None:
                last = (await view.execute(select(funds_requests).where(columns.request_id == before))).one_or_none()
                if last is None:
                    return []
                older = columns.created_ts_ns < last.created_ts_ns
                same = (columns.created_ts_ns == last.created_ts_ns) & (columns.request_id < last.request_id)
                asked = asked.where(or_(older, same))
            newest = asked.order_by(columns.created_ts_ns.desc(), columns.request_id.desc()).limit(count)
            rows = (await view.execute(newest)).all()
        return [_request(row) for row in rows]

    async def confirming(self) -> list[FundsRequest]:
        """Return every request whose command may have been sent, oldest first."""
        columns = funds_requests.c
        asked = select(funds_requests).where(columns.state == State.CONFIRMING.value)
        async with self._database.read() as view:
            rows = (await view.execute(asked.order_by(columns.after_seq, columns.request_id))).all()
        return [_request(row) for row in rows]

    async def move(self, request: FundsRequest, /, *, was: State) -> bool:
        """Keep the new state of a request where it is still in ``was``."""
        columns = funds_requests.c
        change = update(funds_requests).where(columns.request_id == request.request_id, columns.state == was.value)
        try:
            async with self._database.write() as step:
                return (await step.execute(change.values(**_changing(request)))).rowcount == 1
        except IntegrityError:
            raise ConflictError(f"another request has the record: eventSeq={request.event_seq}") from None

    async def claimed(self, seqs: Sequence[int], /) -> set[int]:
        """Return which of these records are the command of a request that is done."""
        column = funds_requests.c.event_seq
        async with self._database.read() as view:
            return set((await view.execute(select(column).where(column.in_(seqs)))).scalars())

    async def wallet(self, user_id: str, *, chain: str, address: str) -> Wallet | None:
        """Return a wallet of a user, if any."""
        columns = funds_wallets.c
        mine = (columns.user_id == user_id, columns.chain == chain, columns.address == address)
        async with self._database.read() as view:
            row = (await view.execute(select(funds_wallets).where(*mine))).one_or_none()
        return None if row is None else _wallet(row)

    async def wallets(self, *, user_id: str | None) -> list[Wallet]:
        """Return the wallets of a user or of everybody; those that nobody verified first."""
        columns = funds_wallets.c
        asked = select(funds_wallets).order_by(columns.verified_ts_ns.is_not(None), columns.wallet_id)
        if user_id is not None:
            asked = asked.where(columns.user_id == user_id)
        async with self._database.read() as view:
            return [_wallet(row) for row in (await view.execute(asked)).all()]

    async def verify_wallet(self, wallet_id: str, *, by: str, ts_ns: int) -> Wallet | None:
        """Mark a wallet verified; the first time stays."""
        columns = funds_wallets.c
        theirs = (columns.wallet_id == wallet_id, columns.user_id != by)
        first = update(funds_wallets).where(*theirs, columns.verified_by.is_(None))
        async with self._database.write() as step:
            await step.execute(first.values(verified_by=by, verified_ts_ns=ts_ns))
            row = (await step.execute(select(funds_wallets).where(*theirs))).one_or_none()
        return None if row is None else _wallet(row)


def _lasting(request: FundsRequest) -> dict[str, Any]:
    return {
        "direction": request.direction.value,
        "user_id": request.user_id,
        "asset_id": request.asset.asset_id,
        "asset_symbol": request.asset.symbol,
        "asset_decimals": request.asset.decimals,
        "units": str(request.units),
        "chain": request.chain,
        "address": request.address,
        "tx_hash": request.tx_hash,
        "created_ts_ns": request.created_ts_ns,
    }


def _changing(request: FundsRequest) -> dict[str, Any]:
    claims = request.tx_hash is not None and request.state in _CLAIMING
    return {
        "claim": f"{request.chain}:{request.tx_hash}" if claims else None,
        "state": request.state.value,
        "account": request.account,
        "decided_by": request.decided_by,
        "decided_ts_ns": request.decided_ts_ns,
        "after_seq": request.after_seq,
        "event_seq": request.event_seq,
    }


def _request(row: Row[Any]) -> FundsRequest:
    return FundsRequest(
        request_id=row.request_id,
        direction=Direction(row.direction),
        user_id=row.user_id,
        asset=Asset(asset_id=row.asset_id, symbol=row.asset_symbol, decimals=row.asset_decimals),
        units=int(row.units),
        chain=row.chain,
        address=row.address,
        tx_hash=row.tx_hash,
        state=State(row.state),
        created_ts_ns=row.created_ts_ns,
        account=row.account,
        decided_by=row.decided_by,
        decided_ts_ns=row.decided_ts_ns,
        after_seq=row.after_seq,
        event_seq=row.event_seq,
    )


def _wallet(row: Row[Any]) -> Wallet:
    return Wallet(
        wallet_id=row.wallet_id,
        user_id=row.user_id,
        chain=row.chain,
        address=row.address,
        verified_by=row.verified_by,
        verified_ts_ns=row.verified_ts_ns,
    )
