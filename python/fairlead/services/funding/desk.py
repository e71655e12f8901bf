"""Asking for money to come in or go out, and everything about it that moves none."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from fairlead.domain.access.errors import AuthorizationError, ConflictError
from fairlead.domain.access.roles import Permission, Principal, may
from fairlead.domain.funding.chains import chain_of, parse_tx_hash
from fairlead.domain.funding.request import Asset, Direction, FundsRequest, State, Wallet
from fairlead.errors import NotFoundError
from fairlead.ports.clock import Clock
from fairlead.ports.funding import AddressRules, AssetList, FundsStore
from fairlead.ports.secrets import Secrets

__all__ = ["FundsDesk"]

_ID_BYTES: Final = 16
_OPEN_MAX: Final = 50
_PREFIX: Final = {Direction.DEPOSIT: "dep", Direction.WITHDRAWAL: "wdr"}


class FundsDesk:
    """Takes requests and turns them down.

    Args:
        store: where they are kept.
        assets: what can be moved.
        rules: how addresses are written.
        clock: the time.
        secrets: where ids come from.
        with_tests: whether test networks are taken.
    """

    def __init__(
        self,
        store: FundsStore,
        *,
        assets: AssetList,
        rules: AddressRules,
        clock: Clock,
        secrets: Secrets,
        with_tests: bool = False,
    ) -> None:
        self._store, self._assets, self._rules = store, assets, rules
        self._clock, self._secrets, self._with_tests = clock, secrets, with_tests

    async def assets(self) -> list[Asset]:
        """Return what can be moved, by name."""
        return await self._assets.assets()

    async def deposit(
        self, caller: Principal, *, asset: str, amount: Decimal, chain: str, address: str, tx_hash: str
    ) -> FundsRequest:
        """Keep a deposit that an operator has to confirm.

        Raises:
            FundsValueError: a field cannot be meant.
            NotFoundError: there is no such asset.
            ConflictError: the transaction is named already, or too many requests wait.
        """
        known = chain_of(chain, with_tests=self._with_tests)
        request = await self._request(
            Direction.DEPOSIT,
            caller,
            asset=asset,
            amount=amount,
            chain=chain,
            address=self._rules.parse(address, chain=known),
            tx_hash=parse_tx_hash(tx_hash, chain=known),
        )
        await self._store.add(request, open_max=_OPEN_MAX)
        return request

    async def withdraw(
        self, caller: Principal, *, asset: str, amount: Decimal, chain: str, address: str
    ) -> FundsRequest:
        """Keep a withdrawal that an operator has to confirm. The money stays in the account until then.

        Raises:
            FundsValueError: a field cannot be meant.
            NotFoundError: there is no such asset.
            ConflictError: too many requests wait.
        """
        known = chain_of(chain, with_tests=self._with_tests)
        form = self._rules.parse(address, chain=known)
        request = await self._request(
            Direction.WITHDRAWAL, caller, asset=asset, amount=amount, chain=chain, address=form, tx_hash=None
        )
        wallet = Wallet(wallet_id=self._new_id("wal"), user_id=caller.user_id, chain=chain, address=form)
        await self._store.add(request, open_max=_OPEN_MAX, wallet=wallet)
        return request

    async def page(
        self, direction: Direction, caller: Principal, *, before: str | None, count: int
    ) -> list[FundsRequest]:
        """Return requests of who asks, of everybody where they may see all; newest first."""
        return await self._store.page(direction, user_id=_whose(caller), before=before, count=count)

    async def cancel(self, direction: Direction, caller: Principal, request_id: str) -> FundsRequest:
        """Take one's own request back, while nobody confirms it.

        Raises:
            NotFoundError: who asks has none with this id.
            ConflictError: it was decided before.
        """
        request = await self._store.find(request_id)
        if request is None or (request.direction, request.user_id) != (direction, caller.user_id):
            raise unknown(direction, request_id)
        return await self._turn_down(request, caller, State.CANCELLED)

    async def reject(self, direction: Direction, caller: Principal, request_id: str) -> FundsRequest:
        """Turn a request of somebody else down.

        Raises:
            NotFoundError: there is none with this id.
            AuthorizationError: it is one's own.
            ConflictError: it was decided before.
        """
        request = await self._store.find(request_id)
        if request is None or request.direction is not direction:
            raise unknown(direction, request_id)
        if request.user_id == caller.user_id:
            raise AuthorizationError(f"not allowed: the request is one's own: id={request_id}; cancel it")
        return await self._turn_down(request, caller, State.REJECTED)

    async def wallets(self, caller: Principal) -> list[Wallet]:
        """Return the wallets of who asks, of everybody where they may see all."""
        return await self._store.wallets(user_id=_whose(caller))

    async def verify_wallet(self, caller: Principal, wallet_id: str) -> Wallet:
        """Say that a wallet is its user's own; the first withdrawal to it waits for that.

        Raises:
            NotFoundError: there is none with this id, or it is one's own.
        """
        found = await self._store.verify_wallet(wallet_id, by=caller.user_id, ts_ns=self._clock.now_ns())
        if found is None:
            raise NotFoundError(f"no such withdrawal address of somebody else: id={wallet_id}")
        return found

    async def _turn_down(self, request: FundsRequest, caller: Principal, state: State) -> FundsRequest:
        ended = replace(
            request, state=state, decided_by=caller.user_id, decided_ts_ns=self._clock.now_ns(), after_seq=None
        )
        if not await self._store.move(ended, was=State.PENDING):
            raise await decided(self._store, request.request_id)
        return ended

    async def _request(
        self,
        direction: Direction,
        caller: Principal,
        *,
        asset: str,
        amount: Decimal,
        chain: str,
        address: str,
        tx_hash: str | None,
    ) -> FundsRequest:
        known = {one.symbol: one for one in await self._assets.assets()}
        if asset not in known:
            raise NotFoundError(f"no such asset: asset={asset[:64]} known={', '.join(known)}")
        return FundsRequest(
            request_id=self._new_id(_PREFIX[direction]),
            direction=direction,
            user_id=caller.user_id,
            asset=known[asset],
            units=known[asset].units(amount),
            chain=chain,
            address=address,
            tx_hash=tx_hash,
            state=State.PENDING,
            created_ts_ns=self._clock.now_ns(),
        )

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{self._secrets.token_bytes(_ID_BYTES).hex()}"


def unknown(direction: Direction, request_id: str) -> NotFoundError:
    """Return the error of a request that who asks does not have."""
    what = "deposit" if direction is Direction.DEPOSIT else "withdrawal"
    return NotFoundError(f"no such {what}: id={request_id[:64]}")


async def decided(store: FundsStore, request_id: str) -> ConflictError:
    """Return the error of a request that is not ``PENDING`` any more."""
    now = await store.find(request_id)
    state = "unknown" if now is None else now.state.value
    return ConflictError(f"the request was decided before: id={request_id} state={state}")


def _whose(caller: Principal) -> str | None:
    return None if may(caller, Permission.READ_ALL) else caller.user_id
