"""Every kind of event reaches Python as its own frozen class."""

import dataclasses
from typing import Any

from tests.unit.markets import open_market

from fairlead import BreakerRules, Exchange, Instrument, Leg, Trigger
from fairlead.model.event import Event


def _everything() -> Exchange:
    """Return an exchange in which every kind of event has happened."""
    ex = open_market(kind="credit")

    def order(account: str, cl_ord_id: str, side: str, qty: int, price: str | None, **more: object) -> None:
        more = {"symbol": "AAPL", **more}
        ex.submit(account=account, cl_ord_id=cl_ord_id, side=side, order_qty=qty, price=price, **more)  # type: ignore[arg-type]

    ex.set_fees(maker_ppm=1, taker_ppm=2)
    ex.set_account_fees("bob", 0)
    ex.withdraw("alice", "USD", 1)
    ex.withdraw("alice", "USD", 0)
    order("alice", "ice", "sell", 9, "100", display_qty=3)
    order("bob", "b1", "buy", 4, "100")
    order("bob", "b1", "buy", 4, "100")
    order("bob", "bad", "buy", 0, "100")
    ex.bust(1)
    ex.set_ticks("AAPL", "0.01")
    ex.amend(account="alice", cl_ord_id="ice2", orig_cl_ord_id="ice", order_qty=8)
    ex.amend(account="alice", cl_ord_id="ice3", orig_cl_ord_id="ice", order_qty=0)
    ex.cancel(account="alice", orig_cl_ord_id="nothing")
    order("alice", "own", "buy", 1, "100", stp="cancel_newest")
    order("bob", "bid", "buy", 1, "90")
    order("alice", "peg", "buy", 1, "99", ord_type="pegged", peg="near")
    ex.cancel(account="bob", orig_cl_ord_id="bid")
    order("bob", "gtd", "buy", 1, "80", expire_ns=5_000)
    ex.tick(ts_ns=5_000)
    ex.tick()
    ex.mass_cancel()
    ex.list(Instrument("NEW", quote="USD", tick_size="1"), state="opening_auction")
    order("alice", "n1", "buy", 1, "10", symbol="NEW")
    order("bob", "n2", "sell", 1, "9", symbol="NEW")
    ex.set_state("NEW", "continuous")
    order("bob", "n3", "buy", 5, "9", symbol="NEW")
    order("alice", "n4", "sell", 1, "11", symbol="NEW", reduce_only=True)
    order("alice", "n5", "sell", 1, "9", symbol="NEW")
    order("alice", "s1", "sell", 995, "100")
    order("alice", "s2", "sell", 900, "101", reduce_only=True)
    order("bob", "s3", "buy", 995, "100")
    _protected(ex)
    _outcomes(ex)
    return ex


def _outcomes(ex: Exchange) -> None:
    """Let everything happen that markets of events can say."""
    ex.add_asset("NO-RAIN", decimals=0)
    ex.add_asset("RAIN", decimals=0)
    rain = Instrument("RAIN", quote="USD", tick_size="0.01", lot_size=1, max_price="0.99")
    ex.list(rain, state="pre_listed")
    ex.set_outcome("RAIN", no="NO-RAIN")
    ex.set_state("RAIN", "continuous")
    ex.mint("alice", "RAIN", 2)
    ex.merge("alice", "RAIN", 1)
    ex.resolve("RAIN", "0.25")


def _protected(ex: Exchange) -> None:
    """Let everything happen that triggers, groups, guards and breakers can say."""
    clock_ns = [10_000]

    def wait(ns: int) -> None:
        clock_ns[0] += ns
        ex.tick(ts_ns=clock_ns[0])

    wait(1)
    ex.mass_cancel()
    _guarded(ex)
    ex.list(Instrument("BAND", quote="USD", tick_size="1", previous_close="100"))
    rules = BreakerRules(halt_ns=10, call_ns=10, random_end_ns=0, extend_ns=10, cooling_ns=0, collar_bps=1, widen_bps=0)
    ex.set_breaker("BAND", rules)
    ex.set_bands("BAND", 90, 110)
    for account, side in (("alice", "sell"), ("bob", "buy")):
        ex.submit(account=account, symbol="BAND", side=side, order_qty=1, price=100)
    stop: dict[str, Any] = {"account": "alice", "symbol": "BAND", "side": "sell", "order_qty": 1}
    ex.set_reference("BAND", "mark", 100, max_age_ns=1_000)
    ex.submit(**stop, price=101, trigger=Trigger.stop(99, source="mark"))
    ex.submit(**stop, price=90, post_only=True, trigger=Trigger.stop(98, source="mark"))
    exits = [Leg(**stop, price=108), Leg(**stop, ord_type="market", trigger=Trigger.stop(95))]
    ex.submit_group("otoco", [Leg(account="alice", symbol="BAND", side="buy", order_qty=1, price=99), *exits])
    ex.submit_group("oco", exits[:1])
    ex.submit(account="bob", symbol="BAND", side="sell", order_qty=1, price=99, stp="none")
    ex.submit(account="bob", symbol="BAND", side="buy", order_qty=1, price=97)
    ex.set_reference("BAND", "mark", 97, max_age_ns=1)
    wait(10_000)
    ex.submit(account="bob", symbol="BAND", side="sell", order_qty=1, price=113)
    ex.mass_cancel(account="alice")
    ex.submit(account="bob", symbol="BAND", side="buy", order_qty=1, price=113, stp="none")
    wait(10_000)
    ex.halt("BAND", operator=1, note="news")
    ex.set_state("BAND", "pre_open")
    ex.resume("BAND", operator=2, note="over")


def _guarded(ex: Exchange) -> None:
    ex.set_account_limits("alice", open_orders_max=100)
    ex.add_account("cash")
    ex.set_credit_line("cash", "USD", 1)
    ex.kill_switch(operator=1, note="x")
    ex.rearm(operator=2, note="y")
    ex.set_cancel_on_disconnect(1, 0)
    ex.session_down(1)
    ex.cancel_all_after("bob", 0)


def test_every_kind_of_event_has_its_class() -> None:
    happened = {type(event) for event in _everything().events()}

    assert {kind.__name__ for kind in Event.__subclasses__()} == {kind.__name__ for kind in happened}


def test_events_are_in_order_and_frozen() -> None:
    seen = _everything().events()

    places = [(event.seq, event.sub) for event in seen]
    assert places == sorted(set(places))
    assert all(dataclasses.is_dataclass(event) for event in seen)
    assert not any(hasattr(event, "__dict__") for event in seen)


def test_since_gives_what_came_after() -> None:
    ex = _everything()
    everything = ex.events()
    middle = everything[len(everything) // 2].seq

    assert ex.events(since=middle) == [event for event in everything if event.seq > middle]
    assert ex.events(since=everything[-1].seq) == []
