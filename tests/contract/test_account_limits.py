"""What every store does with the limits of accounts."""

from decimal import Decimal

from tests.contract.stores import NOW_NS, with_store

from fairlead.adapters.stores import Database, SqlAccountLimits
from fairlead.domain.limits.standing import AccountLimits, MarketLimits
from fairlead.ports.account_limits import KeptLimits

ANN, BOB = 1_001, 2**32 - 1
ALL = AccountLimits(orders_per_s=5, orders_burst=7, cancels_per_s=10, open_orders_max=2**32 - 1, duplicate_ms=1)
IN_ONE = MarketLimits(max_quantity=Decimal("0.00000001"), max_value=Decimal("9" * 20), collar_bps=0, is_restricted=True)


def _kept(
    account: int, limits: AccountLimits | MarketLimits, *, symbol: str | None = None, later_ns: int = 0
) -> KeptLimits:
    return KeptLimits(account=account, symbol=symbol, limits=limits, set_by="usr_1", set_ts_ns=NOW_NS + later_ns)


def test_limits_come_back_as_they_were_set_those_over_all_markets_first(store_url: str) -> None:
    async def story(database: Database) -> None:
        book = SqlAccountLimits(database)
        mine = [_kept(ANN, ALL), _kept(ANN, IN_ONE, symbol="AAA"), _kept(ANN, MarketLimits(), symbol="BBB")]
        for one in (mine[2], mine[0], mine[1], _kept(BOB, AccountLimits())):
            await book.keep(one)
        assert await book.of(ANN) == mine
        assert await book.of(BOB) == [_kept(BOB, AccountLimits())]
        assert await book.of(7) == []

    with_store(store_url, story)


def test_the_later_command_stays_whichever_is_kept_last(store_url: str) -> None:
    async def story(database: Database) -> None:
        book = SqlAccountLimits(database)
        newer = _kept(ANN, AccountLimits(orders_per_s=9), later_ns=2)
        await book.keep(_kept(ANN, ALL))
        await book.keep(newer)
        await book.keep(_kept(ANN, ALL, later_ns=1))
        assert await book.of(ANN) == [newer]
        await book.keep(newer)
        assert await book.of(ANN) == [newer]

    with_store(store_url, story)
