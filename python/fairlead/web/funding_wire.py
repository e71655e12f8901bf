"""The bodies of deposits and withdrawals, and what is answered about them."""

from typing import Annotated

from msgspec import Meta

from fairlead.domain.funding.request import Asset, FundsRequest, Wallet
from fairlead.model.instants import iso
from fairlead.web.order_wire import Number
from fairlead.web.wire import Answer, Body

__all__ = [
    "AssetLine",
    "AssetPage",
    "DepositWish",
    "Deposits",
    "FundsLine",
    "WalletLine",
    "WalletPage",
    "WithdrawalWish",
    "Withdrawals",
    "asset_line",
    "funds_line",
    "wallet_line",
]

Word = Annotated[str, Meta(min_length=1, max_length=128)]


class WithdrawalWish(Body, frozen=True, kw_only=True):
    """``POST /withdrawals``: what goes out, and where to."""

    asset: Word
    amount: Number
    chain: Word
    address: Word


class DepositWish(WithdrawalWish, frozen=True, kw_only=True):
    """``POST /deposits``: what came in, from where, and the transaction that shows it."""

    transaction_hash: Word


class FundsLine(Answer, frozen=True, kw_only=True):
    """A deposit or a withdrawal. Only ``DONE`` moved money: ``eventSeq`` is its command in the log."""

    id: str
    user_id: str
    asset: str
    amount: str
    chain: str
    address: str
    transaction_hash: str | None
    state: str
    created_at: str
    account: int | None
    decided_by: str | None
    decided_at: str | None
    event_seq: int | None


class Deposits(Answer, frozen=True, kw_only=True):
    """A page of deposits, newest first; ``nextCursor`` is for the page after it."""

    deposits: list[FundsLine]
    next_cursor: str | None


class Withdrawals(Answer, frozen=True, kw_only=True):
    """A page of withdrawals, newest first; ``nextCursor`` is for the page after it."""

    withdrawals: list[FundsLine]
    next_cursor: str | None


class WalletLine(Answer, frozen=True, kw_only=True):
    """An address that somebody withdraws to."""

    id: str
    user_id: str
    chain: str
    address: str
    is_verified: bool
    verified_by: str | None
    verified_at: str | None


class WalletPage(Answer, frozen=True, kw_only=True):
    """The addresses that withdrawals go to; those that nobody verified come first."""

    addresses: list[WalletLine]


class AssetLine(Answer, frozen=True, kw_only=True):
    """An asset that instruments use."""

    asset: str
    decimals: int


class AssetPage(Answer, frozen=True, kw_only=True):
    """The assets of the venue, by name."""

    assets: list[AssetLine]


def funds_line(request: FundsRequest) -> FundsLine:
    """Return a request as it is answered."""
    return FundsLine(
        id=request.request_id,
        user_id=request.user_id,
        asset=request.asset.symbol,
        amount=request.asset.text(request.units),
        chain=request.chain,
        address=request.address,
        transaction_hash=request.tx_hash,
        state=request.state.value,
        created_at=iso(request.created_ts_ns),
        account=request.account,
        decided_by=request.decided_by,
        decided_at=None if request.decided_ts_ns is None else iso(request.decided_ts_ns),
        event_seq=request.event_seq,
    )


def wallet_line(wallet: Wallet) -> WalletLine:
    """Return a wallet as it is answered."""
    return WalletLine(
        id=wallet.wallet_id,
        user_id=wallet.user_id,
        chain=wallet.chain,
        address=wallet.address,
        is_verified=wallet.verified_by is not None,
        verified_by=wallet.verified_by,
        verified_at=None if wallet.verified_ts_ns is None else iso(wallet.verified_ts_ns),
    )


def asset_line(asset: Asset) -> AssetLine:
    """Return an asset as it is answered."""
    return AssetLine(asset=asset.symbol, decimals=asset.decimals)
