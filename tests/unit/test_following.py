"""Markets are followed from the beginning, and those that are listed later from when the exchange says so."""

import asyncio
from collections.abc import Callable

import pytest
from tests.web.feeds import FakeFeed, definition

from fairlead.client.book import Book
from fairlead.client.instruments import Instruments
from fairlead.domain.market_data.bars import Bar
from fairlead.domain.market_data.public_trade import PublicTrade
from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.ports.minute_bars import KeptSpan
from fairlead.services.markets import Coverage, Following, Recall, Tape, follow


class _Clock:
    def now_ns(self) -> int:
        return 0


async def _at_once(_: object) -> bool:
    return True


class _Nothing:
    """A store that keeps nothing."""

    async def span(self) -> KeptSpan:
        return KeptSpan(begin_ns=0, end_ns=0)

    async def bars(self, _: str, /, **_wanted: object) -> list[Bar]:
        return []

    async def trades(self, _: str, /, *, count_max: int) -> list[PublicTrade]:
        del count_max
        return []


class _Deciding(FakeFeed):
    """A feed of one market, which somebody else makes that of an event."""

    def __init__(self) -> None:
        super().__init__()
        _opened(self, "RAIN-USD")
        self.at_ask: list[Callable[[], None]] = []

    def decide(self) -> None:
        self.unlisted.append(definition("RAIN-USD", 0, no=2, no_symbol="NO-RAIN"))
        self.report(Report(kind="CommandReport", fields={}, exec_type="OutcomeSet"))

    async def refresh_instruments(self) -> Instruments:
        answered = list(self.unlisted)
        for happen in self.at_ask[:1]:
            del self.at_ask[0]
            happen()
        self.unlisted, later = answered, self.unlisted[len(answered) :]
        found = await super().refresh_instruments()
        self.unlisted += later
        return found


def _away() -> None:
    raise UnavailableError("not in time: list of instruments")


def _following(feed: FakeFeed) -> Following:
    clock = _Clock()
    tape = Tape(clock=clock)
    coverage = Coverage(feed, reached=_at_once, clock=clock)
    return Following(feed, tape=tape, recall=Recall(feed, tape=tape, kept=_Nothing(), coverage=coverage, clock=clock))


def _opened(feed: FakeFeed, symbol: str) -> None:
    feed.open(symbol)
    feed.snapshot(symbol, bids=[], asks=[])


def test_what_is_listed_later_is_followed_when_it_is_reported() -> None:
    async def story() -> None:
        feed = FakeFeed()
        _opened(feed, "ABC-USD")
        followed = asyncio.create_task(_following(feed).run())
        while feed.subscribed != ["ABC-USD"]:
            await asyncio.sleep(0)
        feed.unlisted.append(definition("NEW-USD", 1))
        feed.instruments.add(feed.unlisted[0])
        feed.books["NEW-USD"] = Book(feed.instruments.by_symbol("NEW-USD"), "L2")
        feed.report(Report(kind="CommandReport", fields={}, exec_type="InstrumentListed"))
        while "NEW-USD" not in feed.subscribed:
            await asyncio.sleep(0)
        assert feed.asked == 1
        followed.cancel()
        await asyncio.wait({followed})

    asyncio.run(asyncio.wait_for(story(), 30))


@pytest.mark.parametrize("while_asking", [False, True])
def test_what_another_process_changed_of_an_instrument_is_asked_for(*, while_asking: bool) -> None:
    async def story() -> None:
        feed = _Deciding()
        feed.at_ask = [feed.decide] if while_asking else []
        followed = asyncio.create_task(_following(feed).run())
        while feed.subscribed != ["RAIN-USD"]:
            await asyncio.sleep(0)
        if while_asking:
            feed.report(Report(kind="CommandReport", fields={}, exec_type="InstrumentListed"))
        else:
            feed.decide()
        while feed.instruments.listing("RAIN-USD").no is None:
            await asyncio.sleep(0)
        assert feed.asked == 1 + while_asking
        followed.cancel()
        await asyncio.wait({followed})

    asyncio.run(asyncio.wait_for(story(), 30))


def test_a_list_of_instruments_that_does_not_come_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_LOOK_S", 0)

    async def story() -> None:
        feed = _Deciding()
        feed.at_ask = [_away, _away]
        followed = asyncio.create_task(_following(feed).run())
        feed.decide()
        while feed.instruments.listing("RAIN-USD").no is None:
            await asyncio.sleep(0)
        followed.cancel()
        await asyncio.wait({followed})

    asyncio.run(asyncio.wait_for(story(), 30))


def test_what_changes_no_instrument_makes_nobody_ask() -> None:
    async def story() -> None:
        feed = FakeFeed()
        _opened(feed, "ABC-USD")
        followed = asyncio.create_task(_following(feed).run())
        while feed.subscribed != ["ABC-USD"]:
            await asyncio.sleep(0)
        feed.report(Report(kind="ExecutionReport", fields={}, exec_type="Trade"))
        feed.report(Report(kind="CommandReport", fields={}, exec_type="StateChanged"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert feed.asked == 0
        followed.cancel()
        await asyncio.wait({followed})

    asyncio.run(asyncio.wait_for(story(), 30))


def test_what_could_not_be_subscribed_to_is_tried_again() -> None:
    feed = FakeFeed()
    _opened(feed, "ABC-USD")
    feed.books["ABC-USD"].lose()
    following = _following(feed)
    with pytest.raises(UnavailableError):
        asyncio.run(following.step())
    feed.snapshot("ABC-USD", bids=[], asks=[])
    asyncio.run(following.step())
    asyncio.run(following.step())
    assert feed.subscribed == ["ABC-USD", "ABC-USD"]


def test_no_more_markets_are_followed_than_a_session_may_subscribe_to() -> None:
    feed = FakeFeed()
    for number in range(258):
        _opened(feed, f"M{number:03}-USD")
    asyncio.run(_following(feed).step())
    assert len(feed.subscribed) == 256
