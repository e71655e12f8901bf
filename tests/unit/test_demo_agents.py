"""What the agents of the demo decide: the same for the same seed, on the grid, and never across their own middle."""

import asyncio
from decimal import Decimal
from typing import Any, Unpack

import pytest
from msgspec.structs import replace
from tests.web.feeds import FakeFeed

from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.model.request import OrderWords
from fairlead.services.demo_market import SHAPES, Agents, DemoRun, open_market
from fairlead.services.demo_market.agents import Quote, Take

AAPL = SHAPES[0]


def _decisions(seed: int, count: int = 200) -> list[Quote | Take]:
    agents = Agents(SHAPES, seed=seed)
    return [agents.next(agents.pick(), bid=Decimal(100), ask=Decimal(101)) for _ in range(count)]


def test_the_same_seed_decides_the_same_and_another_one_otherwise() -> None:
    assert _decisions(7) == _decisions(7)
    assert _decisions(7) != _decisions(8)


def test_every_price_and_quantity_lies_on_the_grid() -> None:
    shapes = {shape.symbol: shape for shape in SHAPES}
    seen = set()
    for wish in [*_decisions(7, 2_000), *Agents(SHAPES, seed=1).opening()]:
        shape = shapes[wish.symbol]
        seen.add(wish.symbol)
        assert wish.price % shape.price(1) == 0
        assert wish.qty % shape.qty(1) == 0
        assert wish.qty > 0
    assert seen == set(shapes)


def test_prices_of_an_event_stay_between_0_and_1_however_long_they_wander() -> None:
    agents, (rain,) = Agents(SHAPES, seed=3), [shape for shape in SHAPES if shape.no is not None]
    wishes = [agents.next(rain.symbol, bid=Decimal("0.98"), ask=Decimal("0.99")) for _ in range(20_000)]
    prices = {wish.price for wish in wishes if isinstance(wish, Quote)}
    assert Decimal(0) < min(prices) < Decimal("0.36") < Decimal("0.48") < max(prices) < 1
    assert all(0 < wish.price < 1 for wish in wishes)


def test_the_opening_quotes_every_slot_on_both_sides_of_the_fair_price() -> None:
    quotes = [quote for quote in Agents(SHAPES, seed=7).opening() if quote.symbol == "AAPL"]
    bids = [quote.price for quote in quotes if quote.side == "buy"]
    asks = [quote.price for quote in quotes if quote.side == "sell"]
    assert len(bids) == len(asks) == 24
    assert max(bids) < AAPL.price(AAPL.anchor_ticks) < min(asks)


def test_quotes_go_on_around_the_prices_of_a_book_that_is_there() -> None:
    agents = Agents(SHAPES, seed=7)
    agents.meet("AAPL", bid=Decimal("250.00"), ask=Decimal("250.10"))
    prices = {quote.price for quote in agents.opening() if quote.symbol == "AAPL"}
    assert Decimal("249.80") < min(prices) < max(prices) < Decimal("250.30")


@pytest.mark.parametrize(
    ("bid", "ask", "side", "touch"),
    [
        # Cheaper than fair on offer, dearer than fair in demand, and one side only.
        ("100.00", "100.10", "buy", "100.10"),
        ("300.00", "300.10", "sell", "300.00"),
        (None, "189.50", "buy", "189.50"),
        ("189.50", None, "sell", "189.50"),
    ],
)
def test_a_taker_takes_what_is_out_of_place(bid: str | None, ask: str | None, side: str, touch: str) -> None:
    agents = Agents(SHAPES, seed=7)
    best = {"bid": bid and Decimal(bid), "ask": ask and Decimal(ask)}
    takes = [wish for _ in range(400) if isinstance(wish := agents.next("AAPL", **best), Take)]  # type: ignore[arg-type]
    assert takes
    assert {take.side for take in takes} == {side}
    assert all((take.price >= Decimal(touch)) if side == "buy" else (take.price <= Decimal(touch)) for take in takes)


def test_nobody_takes_from_an_empty_book() -> None:
    agents = Agents(SHAPES, seed=7)
    assert all(isinstance(agents.next("AAPL", bid=None, ask=None), Quote) for _ in range(200))


class _Exchange:
    """Takes every command, remembers it, and refuses what the test names."""

    def __init__(self, *, refuses: dict[str, str] | None = None, account: int = 1) -> None:
        self.is_connected = True
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._refuses, self._account = refuses or {}, account

    async def command(self, kind: str, fields: Any, entries: Any = ()) -> Report:  # noqa: ARG002
        self.asked.append((kind, dict(fields)))
        report = Report(kind="CommandReport", fields={})
        if kind in self._refuses:
            return replace(report, is_rejected=True, reason=self._refuses[kind])
        if kind == "AddAccount":
            self._account += 1
            return replace(report, fields={"account": self._account - 1})
        return report

    async def submit(self, **order: Unpack[OrderWords]) -> Report:
        self.asked.append(("submit", dict(order)))
        return Report(kind="ExecutionReport", fields={}, cl_ord_id=f"c{len(self.asked)}")

    async def cancel(self, cl_ord_id: str | None = None, **_: Any) -> Report:
        self.asked.append(("cancel", {"cl_ord_id": cl_ord_id}))
        return Report(kind="CancelReject", fields={}, is_rejected=True)

    async def mass_cancel(self, **_: Any) -> Report:
        self.asked.append(("mass_cancel", {}))
        return Report(kind="CommandReport", fields={})

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.asked]


def _feed(*, state: str = "Continuous") -> FakeFeed:
    feed = FakeFeed()
    for shape in SHAPES:
        feed.open(shape.symbol, state="PreListed")
        feed.snapshot(shape.symbol, bids=[(10_000, 5)], asks=[(10_010, 5)], state=state)
    return feed


def test_the_market_is_listed_and_opened_where_it_is_not() -> None:
    exchange: Any = _Exchange()
    asyncio.run(open_market(exchange, _feed(), accounts=["a", "b"], seed=7))
    # It is listed already and only has to be opened.
    assert exchange.kinds() == ["AddAsset"] * 8 + ["AddAccount"] * 2 + ["SetOutcome"] + ["SetTradingState"] * 6


def test_what_an_earlier_start_did_is_no_fault() -> None:
    exchange: Any = _Exchange(refuses={"AddAsset": "DUPLICATE_NAME", "AddAccount": "DUPLICATE_NAME"})
    asyncio.run(open_market(exchange, _feed(), accounts=["a"], seed=7))
    assert exchange.kinds()[-1] == "SetTradingState"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"account": 5}, "account=5 expected=1 name=a"),
        ({"refuses": {"SetTradingState": "STATE_TRANSITION"}}, "reason=STATE_TRANSITION"),
    ],
)
def test_a_directory_that_is_not_the_demos_own_is_refused(options: dict[str, Any], says: str) -> None:
    exchange: Any = _Exchange(**options)
    with pytest.raises(UnavailableError, match=says):
        asyncio.run(open_market(exchange, _feed(), accounts=["a"], seed=7))


def _begun(feed: FakeFeed) -> list[_Exchange]:
    traders = [_Exchange() for _ in range(4)]
    given: Any = traders
    run = DemoRun(feed, makers=given[:3], taker=given[3], agents=Agents(SHAPES, seed=7), per_s=50)
    asyncio.run(run.begin())
    return traders


def test_agents_withdraw_what_they_left_and_quote_again_around_the_book() -> None:
    *makers, taker = _begun(_feed())
    assert [trader.kinds()[0] for trader in (*makers, taker)] == ["mass_cancel"] * 4
    assert taker.kinds() == ["mass_cancel"]
    for maker in makers:
        orders = [order for kind, order in maker.asked if kind == "submit"]
        # Six instruments, eight slots, two sides.
        assert len(orders) == 96
        assert all(order["post_only"] for order in orders)
        aapl = [order["price"] for order in orders if order["symbol"] == "AAPL"]
        assert Decimal(99) < min(aapl) < max(aapl) < Decimal(101)


def test_agents_do_nothing_in_a_market_that_is_halted() -> None:
    traders = _begun(_feed(state="Halted"))
    assert [trader.kinds() for trader in traders] == [["mass_cancel"]] * 4
