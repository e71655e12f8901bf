"""``/deposits`` and ``/withdrawals``: asked for by their owner, decided by an operator."""

from collections.abc import Awaitable
from typing import Annotated, Final, TypeVar

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter, QueryParameter

from fairlead.domain.access.roles import Permission
from fairlead.domain.funding.errors import FundsInDoubtError, FundsRefusedError
from fairlead.domain.funding.request import Direction, FundsRequest
from fairlead.web.funding_wire import (
    AssetPage,
    Deposits,
    DepositWish,
    FundsLine,
    WalletLine,
    WalletPage,
    Withdrawals,
    WithdrawalWish,
    asset_line,
    funds_line,
    wallet_line,
)
from fairlead.web.identity import needs
from fairlead.web.numbers import decimal_of
from fairlead.web.paging import Limit, count_of
from fairlead.web.problems import ProblemError
from fairlead.web.services import Asker, Given

__all__ = ["ROUTES"]

T = TypeVar("T")
_IN: Final = Direction.DEPOSIT
_OUT: Final = Direction.WITHDRAWAL
_READ: Final = needs(Permission.READ_OWN)
_ASK: Final = needs(Permission.ASK_FUNDS)
_DECIDE: Final = needs(Permission.APPROVE_FUNDS)

Id = Annotated[str, PathParameter(max_length=64)]
Cursor = Annotated[str | None, QueryParameter(max_length=64, description="`nextCursor` of the page before.")]


@get("/assets", opt=_READ, summary="The assets that can be moved")
async def list_assets(services: Given) -> AssetPage:
    """An asset is known from the first instrument on that uses it."""
    return AssetPage(assets=[asset_line(asset) for asset in await services.funds.assets()])


@post("/deposits", status_code=201, opt=_ASK, summary="Say that money came in")
async def ask_deposit(data: JSONBody[DepositWish], caller: Asker, services: Given) -> FundsLine:
    """An operator looks at the transaction and confirms it; each transaction of a chain counts once."""
    request = await services.funds.deposit(
        caller,
        asset=data.asset,
        amount=decimal_of(data.amount, "amount"),
        chain=data.chain,
        address=data.address,
        tx_hash=data.transaction_hash,
    )
    return funds_line(request)


@post("/withdrawals", status_code=201, opt=_ASK, summary="Ask for money to go out")
async def ask_withdrawal(data: JSONBody[WithdrawalWish], caller: Asker, services: Given) -> FundsLine:
    """The money stays in the account until an operator confirms; it is refused then where it is gone."""
    request = await services.funds.withdraw(
        caller,
        asset=data.asset,
        amount=decimal_of(data.amount, "amount"),
        chain=data.chain,
        address=data.address,
    )
    return funds_line(request)


@get("/deposits", opt=_READ, summary="One's own deposits; everybody's for who may see all")
async def list_deposits(caller: Asker, services: Given, cursor: Cursor = None, limit: Limit = None) -> Deposits:
    """Newest first."""
    count = count_of(limit, services.pages)
    found = await services.funds.page(_IN, caller, before=cursor, count=count)
    return Deposits(deposits=[funds_line(one) for one in found], next_cursor=_next(found, count))


@get("/withdrawals", opt=_READ, summary="One's own withdrawals; everybody's for who may see all")
async def list_withdrawals(caller: Asker, services: Given, cursor: Cursor = None, limit: Limit = None) -> Withdrawals:
    """Newest first."""
    count = count_of(limit, services.pages)
    found = await services.funds.page(_OUT, caller, before=cursor, count=count)
    return Withdrawals(withdrawals=[funds_line(one) for one in found], next_cursor=_next(found, count))


@post("/deposits/{request_id:str}/confirm", status_code=200, opt=_DECIDE, summary="Let a deposit in")
async def confirm_deposit(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """Once: the account has the money when this is answered. Nobody confirms their own."""
    return funds_line(await _told(services.teller.confirm(_IN, caller, request_id)))


@post("/withdrawals/{request_id:str}/confirm", status_code=200, opt=_DECIDE, summary="Let a withdrawal out")
async def confirm_withdrawal(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """Once: the account has the money no more when this is answered; send it on its chain then, not before."""
    return funds_line(await _told(services.teller.confirm(_OUT, caller, request_id)))


@post("/deposits/{request_id:str}/reject", status_code=200, opt=_DECIDE, summary="Turn a deposit down")
async def reject_deposit(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """Its transaction can be named again."""
    return funds_line(await services.funds.reject(_IN, caller, request_id))


@post("/withdrawals/{request_id:str}/reject", status_code=200, opt=_DECIDE, summary="Turn a withdrawal down")
async def reject_withdrawal(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """Nothing moves."""
    return funds_line(await services.funds.reject(_OUT, caller, request_id))


@post("/deposits/{request_id:str}/cancel", status_code=200, opt=_ASK, summary="Take one's own deposit back")
async def cancel_deposit(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """While nobody confirms it."""
    return funds_line(await services.funds.cancel(_IN, caller, request_id))


@post("/withdrawals/{request_id:str}/cancel", status_code=200, opt=_ASK, summary="Take one's own withdrawal back")
async def cancel_withdrawal(request_id: Id, caller: Asker, services: Given) -> FundsLine:
    """While nobody confirms it."""
    return funds_line(await services.funds.cancel(_OUT, caller, request_id))


@get("/withdrawal-addresses", opt=_READ, summary="Where withdrawals go to")
async def list_wallets(caller: Asker, services: Given) -> WalletPage:
    """One's own; everybody's for who may see all."""
    return WalletPage(addresses=[wallet_line(one) for one in await services.funds.wallets(caller)])


@post("/withdrawal-addresses/{wallet_id:str}/verify", status_code=200, opt=_DECIDE, summary="Trust an address")
async def verify_wallet(wallet_id: Id, caller: Asker, services: Given) -> WalletLine:
    """Once, before the first withdrawal to it, when it is known to be the user's."""
    return wallet_line(await services.funds.verify_wallet(caller, wallet_id))


def _next(found: list[FundsRequest], limit: int) -> str | None:
    return found[-1].request_id if len(found) == limit else None


async def _told(work: Awaitable[T]) -> T:
    """Return what becomes of it; what the exchange says of money is told with its reason."""
    try:
        return await work
    except FundsRefusedError as error:
        raise ProblemError(
            422,
            error.reason,
            f"the exchange refused: id={error.request_id} value={error.value} limit={error.limit}",
            value=error.value,
            limit=error.limit,
            fix="the request waits as before: confirm again when the reason is gone, or reject it",
        ) from None
    except FundsInDoubtError as error:
        raise ProblemError(
            503,
            "OUTCOME_IN_DOUBT",
            f"the money moved or not: id={error.request_id}; the request stays CONFIRMING, nothing is sent again",
            fix="confirm again: it looks in the log first; a restart of the service always decides it",
            headers={"Retry-After": "1"},
        ) from None


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    list_assets,
    ask_deposit,
    list_deposits,
    confirm_deposit,
    reject_deposit,
    cancel_deposit,
    ask_withdrawal,
    list_withdrawals,
    confirm_withdrawal,
    reject_withdrawal,
    cancel_withdrawal,
    list_wallets,
    verify_wallet,
)
