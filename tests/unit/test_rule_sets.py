"""Rule sets attached to an exchange: what they publish, what they stop, what they refuse."""

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import DynamicCircuitBreaker, Exchange, Luld, MarketWide, UsageError, WrongTypeError
from fairlead.model.breaker import MINUTE, SECOND, RuleState

NOON = 720 * MINUTE


class _Clock:
    """The time of the local day."""

    def __init__(self) -> None:
        self.now_ns = NOON

    def __call__(self) -> int:
        return self.now_ns

    def at(self, now_ns: int) -> None:
        self.now_ns = now_ns


def _market() -> tuple[Exchange, _Clock]:
    clock = _Clock()
    return open_market(kind="credit", clock=clock), clock


def _order(ex: Exchange, account: str, side: str, price: str, qty: int = 1) -> Any:
    return ex.submit(account=account, symbol="AAPL", side=side, order_qty=qty, price=price)


def _print(ex: Exchange, price: str) -> None:
    _order(ex, "alice", "buy", price)
    assert _order(ex, "bob", "sell", price).status == "filled"


def _luld(**more: Any) -> Luld:
    rules: dict[str, Any] = {"tier": 1, "previous_close": "100", "midnight_ns": 0}
    return Luld(**(rules | more))


def _names(ex: Exchange) -> list[str]:
    return [type(event).__name__ for event in ex.events()]


def test_luld_publishes_bands_and_what_they_forbid_does_not_print() -> None:
    ex, _ = _market()

    report = ex.attach_rules("AAPL", _luld())

    assert report.status == "accepted"
    assert [type(event).__name__ for event in report.events] == ["BreakerSet", "BandsSet"]
    assert ex.rule_states() == [
        RuleState(kind="luld", symbol="AAPL", state="normal", ts_ns=None, low=Decimal("95.00"), high=Decimal("105.00"))
    ]
    _order(ex, "alice", "buy", "94.99")
    sell = _order(ex, "bob", "sell", "94.99")
    assert (sell.status, sell.cum_qty) == ("new", 0)
    assert ex.book("AAPL").state == "limit_state"


def test_a_quote_at_a_band_pauses_before_the_next_order() -> None:
    ex, clock = _market()
    ex.attach_rules("AAPL", _luld())
    _order(ex, "bob", "sell", "95.00")
    since = ex.rule_states()[0].ts_ns
    assert since is not None
    assert ex.rules_due_ns() == since + 15 * SECOND
    clock.at(since + 15 * SECOND)

    late = _order(ex, "alice", "buy", "95.00")

    assert (late.status, late.reason) == ("rejected", "HALTED")
    assert late.events[0].seq == late.seq, "a report tells its own command only"
    state = ex.rule_states()[0]
    assert (state.state, state.ts_ns, ex.rules_due_ns()) == ("paused", since + 315 * SECOND, None)
    clock.at(since + 315 * SECOND)
    ex.tick()
    assert ex.book("AAPL").state == "continuous"


def test_the_dynamic_breaker_follows_what_prints() -> None:
    ex, clock = _market()
    ex.attach_rules("AAPL", DynamicCircuitBreaker(settlement="100.00", bps=350, midnight_ns=0))
    assert ex.rule_states()[0].low is None
    _print(ex, "100.00")
    assert (ex.rule_states()[0].low, ex.rule_states()[0].high) == (Decimal("96.50"), Decimal("103.50"))

    _order(ex, "alice", "buy", "96.49")
    sell = _order(ex, "bob", "sell", "96.49")

    assert sell.cum_qty == 0
    clock.at(clock.now_ns + SECOND)
    ex.tick()
    assert ex.book("AAPL").state == "volatility_auction"


def test_an_index_price_halts_what_is_named() -> None:
    ex, _ = _market()
    report = ex.attach_rules("AAPL", MarketWide(previous_close="5000", halted=("AAPL",), midnight_ns=0))
    assert (report.status, report.events) == ("accepted", [])

    ex.set_reference("AAPL", "index", "4650.01", max_age_ns=SECOND)
    assert (ex.book("AAPL").state, ex.rule_states()[0].state) == ("continuous", "level_0")
    ex.set_reference("AAPL", "index", "4650.00", max_age_ns=SECOND)

    assert (ex.book("AAPL").state, ex.rule_states()[0].state) == ("halted", "level_1")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (_luld(tier=3), "tier=3"),
        (_luld(leverage=0), "leverage=0"),
        (_luld(previous_close="0"), "previous_close=0"),
        (_luld(close_ns=0), "close_ns=0"),
        (DynamicCircuitBreaker(settlement="100", bps=0, midnight_ns=0), "bps=0"),
        (DynamicCircuitBreaker(settlement="100", bps=1, window_ns=0, midnight_ns=0), "window_ns=0"),
        (MarketWide(previous_close="100", taken=(4,), midnight_ns=0), "taken=4"),
    ],
)
def test_a_field_out_of_its_range_is_named(rules: Any, said: str) -> None:
    ex, _ = _market()

    with pytest.raises(UsageError, match=said):
        ex.attach_rules("AAPL", rules)

    assert ex.rule_states() == []


def test_what_cannot_be_attached_is_refused() -> None:
    ex, _ = _market()

    assert ex.attach_rules("NONE", _luld()).reason == "UNKNOWN_INSTRUMENT"
    assert ex.attach_rules("AAPL", MarketWide(previous_close="1", halted=("X",), midnight_ns=0)).reason == (
        "UNKNOWN_INSTRUMENT"
    )
    with pytest.raises(WrongTypeError, match="attach"):
        ex.attach_rules("AAPL", "attach")  # type: ignore[arg-type]
    ex.attach_rules("AAPL", _luld())
    with pytest.raises(UsageError, match="rule sets with bands"):
        ex.attach_rules("AAPL", _luld())
    assert len(ex.rule_states()) == 1


def test_the_same_commands_at_the_same_times_give_the_same_hash() -> None:
    def play() -> str:
        ex, clock = _market()
        ex.attach_rules("AAPL", _luld())
        for step in range(40):
            clock.at(NOON + step * 7 * SECOND)
            _order(ex, "alice", "buy", str(100 - step % 9))
            _order(ex, "bob", "sell", str(94 + step % 8))
        ex.check_invariants()
        return ex.state_hash()

    assert play() == play()
