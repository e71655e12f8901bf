"""What limits were set to stands in the audit of every store: new, old, and who asked."""

from collections.abc import Mapping

from tests.contract.dump import dump
from tests.contract.stores import with_store
from tests.contract.told import LISTINGS, START_NS

from fairlead.adapters.stores import Database, SqlAccountLimits
from fairlead.adapters.stores.projections import SqlAdvancedOrders, SqlAuditHistory, SqlProjections
from fairlead.domain.limits.set_limits import SetLimits
from fairlead.domain.limits.standing import AccountLimits, MarketLimits
from fairlead.model.report import Position, Report
from fairlead.ports.account_limits import KeptLimits
from fairlead.ports.audit import AuditFilter, LimitsTold

ANN, BOB = 1_001, 1_002


def _set(seq: int, account: int, instrument: int | None = None) -> Report:
    fields = {"account": account} if instrument is None else {"account": account, "instrument": instrument}
    position, ts_ns = Position(seq, 0, 0), START_NS + seq
    return Report(kind="CommandReport", fields=fields, position=position, exec_type="LimitsSet", ts_ns=ts_ns)


def _refused(seq: int) -> Report:
    position, ts_ns = Position(seq, 0, 0), START_NS + seq
    fields = {"account": ANN}
    return Report(
        kind="CommandReport", fields=fields, position=position, exec_type="Refused", ts_ns=ts_ns, is_rejected=True
    )


def _asked(seq: int, account: int, symbol: str | None = None, **values: str | None) -> SetLimits:
    return SetLimits(seq=seq, account=account, symbol=symbol, values=values)


REPORTS = [_set(2, ANN), _refused(3), _set(4, ANN, 0), _set(5, BOB), _set(6, ANN, 1), _set(7, ANN), _set(8, ANN, 0)]
COMMANDS = [
    _asked(2, ANN, ordersPerS="5", openOrdersMax=None),
    _asked(3, ANN, ordersPerS="6", openOrdersMax=None),
    _asked(4, ANN, "BTC-USD", maxValue="10.5", restricted="true"),
    _asked(5, BOB, ordersPerS="7", openOrdersMax=None),
    _asked(6, ANN, "ETH-USD", maxValue=None, restricted=None),
    _asked(7, ANN, ordersPerS=None, openOrdersMax="9"),
    _asked(8, ANN, "BTC-USD", maxValue="11", restricted=None),
]
# By their places: field, old and new.
TOLD = {
    2: [("ordersPerS", None, "5")],
    4: [("maxValue", None, "10.5"), ("restricted", None, "true")],
    5: [("ordersPerS", None, "7")],
    6: [],
    7: [("ordersPerS", "5", None), ("openOrdersMax", None, "9")],
    8: [("maxValue", "10.5", "11"), ("restricted", "true", None)],
}


async def _tables(database: Database) -> SqlAdvancedOrders:
    tables = SqlProjections(database)
    await tables.begin("log")
    await tables.apply(REPORTS, LISTINGS)
    return SqlAdvancedOrders(database)


async def _limits(database: Database) -> Mapping[int, LimitsTold]:
    return (await SqlAuditHistory(database).page(AuditFilter(), before=None, count_max=50)).limits


def _shown(limits: Mapping[int, LimitsTold]) -> dict[int, list[tuple[str, str | None, str | None]]]:
    return {seq: [(it.field, it.old, it.new) for it in told.changes] for seq, told in limits.items()}


def test_each_is_told_with_what_was_there_before_in_the_same_place(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _tables(database)
        assert await table.add(COMMANDS, last_seq=8, reports_seq=8) == 8
        assert _shown(await _limits(database)) == TOLD
        # A page that has but the newest knows what was before it.
        page = await SqlAuditHistory(database).page(AuditFilter(), before=None, count_max=1)
        assert _shown(page.limits) == {8: TOLD[8]}

    with_store(store_url, story)


def test_what_is_read_of_the_log_later_is_told_later_and_once_more_is_the_same(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _tables(database)
        assert await _limits(database) == {}
        assert await table.add(COMMANDS[:3], last_seq=4, reports_seq=8) == 4
        assert set(await _limits(database)) == {2, 4}
        await table.add(COMMANDS[3:], last_seq=8, reports_seq=8)
        rows = (await dump(database))["limit_changes"]
        table = await _tables(database)
        assert (await dump(database))["limit_changes"] == []
        await table.add(COMMANDS, last_seq=8, reports_seq=8)
        assert (await dump(database))["limit_changes"] == rows

    with_store(store_url, story)


def test_who_asked_over_http_is_told_of_that_time_alone(store_url: str) -> None:
    async def story(database: Database) -> None:
        table, book = await _tables(database), SqlAccountLimits(database)
        await table.add(COMMANDS, last_seq=8, reports_seq=8)
        for seq, account, symbol, by in (
            (2, ANN, None, "usr_1"),
            (8, ANN, "BTC-USD", "usr_2"),
            (8, ANN, "BTC-USD", "usr_2"),
            # Those of no report: another account, another market, another time.
            (5, ANN, None, "usr_3"),
            (4, ANN, "ETH-USD", "usr_3"),
            (9, ANN, None, "usr_3"),
        ):
            limits = AccountLimits() if symbol is None else MarketLimits()
            await book.keep(
                KeptLimits(account=account, symbol=symbol, limits=limits, set_by=by, set_ts_ns=START_NS + seq)
            )
        setters = {seq: told.set_by for seq, told in (await _limits(database)).items()}
        assert setters == {2: "usr_1", 4: None, 5: None, 6: None, 7: None, 8: "usr_2"}

    with_store(store_url, story)
