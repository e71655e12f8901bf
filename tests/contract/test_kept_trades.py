"""The newest trades of an instrument as they are kept: those of the reports, in whole numbers."""

from decimal import Decimal

from tests.contract.stores import with_store
from tests.contract.told import LISTINGS, told

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlKeptBars, SqlProjections

_SIDES = {"Removed": "Buy", "Added": "Sell"}


def test_the_newest_trades_are_told_oldest_first(store_url: str) -> None:
    reports = told(7, 400)
    traded = [
        (it.trade_id, it.ts_ns, it.last_px, it.last_qty, _SIDES.get(str(it.fields.get("liquidity"))))
        for it in reports
        if it.exec_type == "Trade" and it.symbol == "BTC-USD" and it.position is not None and it.position.leg == 1
    ]
    assert len(traded) > 20, "the story has trades"

    async def story(database: Database) -> None:
        tables, kept = SqlProjections(database), SqlKeptBars(database)
        await tables.begin("log")
        assert await kept.trades("BTC-USD", count_max=5) == []
        await tables.apply(reports, LISTINGS)
        for count in (1, 20, len(traded) + 1):
            found = [
                (it.trade_id, it.ts_ns, Decimal(it.price).scaleb(-2), Decimal(it.qty).scaleb(-4), it.aggressor)
                for it in await kept.trades("BTC-USD", count_max=count)
            ]
            assert found == traded[-count:]
        assert await kept.trades("NOT-USD", count_max=5) == []

    with_store(store_url, story)
