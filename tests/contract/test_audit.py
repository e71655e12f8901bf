"""The audit is searched in every store alike: each filter, page by page, and never further than so many reports."""

from collections.abc import Sequence

from tests.contract.stores import with_store
from tests.contract.told import LISTINGS, START_NS

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlAuditHistory, SqlProjections
from fairlead.model.report import Position, Report
from fairlead.ports.audit import AuditFilter, AuditPage

ANN, BOB = 1_001, 1_002
SECOND = 1_000_000_000


def _said(
    seq: int, what: str, *, account: int = 0, instrument: int | None = None, kind: str = "CommandReport"
) -> Report:
    fields = {"account": account or None, "instrument": instrument}
    return Report(
        kind=kind,
        fields={name: value for name, value in fields.items() if value is not None},
        position=Position(seq, 0, 0),
        exec_type=what or None,
        ts_ns=START_NS + seq * SECOND,
    )


# At places with holes between them: not every command has a report.
REPORTS = (
    _said(3, "Deposited", account=ANN),
    _said(5, "HaltOrdered", instrument=0),
    _said(9, "HaltOrdered", instrument=1),
    _said(10, "Deposited", account=BOB),
    _said(14, "LimitsSet", account=ANN, instrument=1),
    _said(15, "", account=ANN, kind="CancelReject"),
    _said(20, "KillSwitchSet", account=ANN),
)


async def _kept(database: Database) -> None:
    tables = SqlProjections(database)
    await tables.begin("log")
    await tables.apply(REPORTS, LISTINGS)


def _seqs(pages: Sequence[AuditPage]) -> list[int]:
    return [it.position.event_seq for page in pages for it in page.reports if it.position is not None]


async def _all(history: SqlAuditHistory, wanted: AuditFilter, *, count_max: int = 100) -> list[AuditPage]:
    pages = [await history.page(wanted, before=None, count_max=count_max)]
    while (before := pages[-1].following) is not None:
        assert len(pages) < 50
        pages.append(await history.page(wanted, before=before, count_max=count_max))
    return pages


def test_each_filter_finds_what_it_names_and_nothing_else(store_url: str) -> None:
    def since(seq: int) -> int:
        return START_NS + seq * SECOND

    async def story(database: Database) -> None:
        await _kept(database)
        history = SqlAuditHistory(database)
        for wanted, seqs in (
            (AuditFilter(), [20, 15, 14, 10, 9, 5, 3]),
            (AuditFilter(account=ANN), [20, 15, 14, 3]),
            (AuditFilter(account=0), [9, 5]),
            (AuditFilter(account=77), []),
            (AuditFilter(action="Deposited"), [10, 3]),
            (AuditFilter(action="CancelReject"), [15]),
            (AuditFilter(symbol="BTC-USD"), [5]),
            (AuditFilter(symbol="ETH-USD"), [14, 9]),
            (AuditFilter(symbol="ETH-USD", account=ANN, action="LimitsSet"), [14]),
            (AuditFilter(symbol="eth-usd"), []),
            (AuditFilter(symbol="%"), []),
            (AuditFilter(from_ns=since(9)), [20, 15, 14, 10, 9]),
            (AuditFilter(from_ns=since(9) + 1), [20, 15, 14, 10]),
            (AuditFilter(to_ns=since(9)), [9, 5, 3]),
            (AuditFilter(to_ns=since(9) - 1), [5, 3]),
            (AuditFilter(from_ns=since(4), to_ns=since(11)), [10, 9, 5]),
            (AuditFilter(from_ns=since(21)), []),
            (AuditFilter(to_ns=since(2)), []),
            (AuditFilter(from_ns=since(4), account=ANN), [20, 15, 14]),
        ):
            assert _seqs(await _all(history, wanted)) == seqs, wanted

    with_store(store_url, story)


def test_pages_follow_each_other_without_a_hole(store_url: str) -> None:
    async def story(database: Database) -> None:
        await _kept(database)
        for count_max in (1, 2, 3, 7, 8):
            pages = await _all(SqlAuditHistory(database), AuditFilter(), count_max=count_max)
            assert _seqs(pages) == [20, 15, 14, 10, 9, 5, 3]
            assert all(len(page.reports) <= count_max for page in pages)

    with_store(store_url, story)


def test_a_search_looks_at_so_many_reports_and_goes_on_where_it_stopped(store_url: str) -> None:
    async def story(database: Database) -> None:
        await _kept(database)
        history = SqlAuditHistory(database, scanned_max=2)
        pages = await _all(history, AuditFilter(action="Deposited"))
        assert [_seqs([page]) for page in pages] == [[], [10], [], [3]]
        assert pages[0].following == Position(15, 0, 0)
        by_symbol = await _all(history, AuditFilter(symbol="BTC-USD"), count_max=1)
        assert _seqs(by_symbol) == [5]

    with_store(store_url, story)


def test_a_store_without_reports_has_an_empty_page(store_url: str) -> None:
    async def story(database: Database) -> None:
        await SqlProjections(database).begin("log")
        for wanted in (AuditFilter(), AuditFilter(from_ns=START_NS), AuditFilter(symbol="BTC-USD")):
            page = await SqlAuditHistory(database).page(wanted, before=None, count_max=5)
            assert (page.reports, page.following) == ([], None)

    with_store(store_url, story)
