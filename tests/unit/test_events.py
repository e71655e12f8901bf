"""Every kind of event reaches Python as its own frozen class."""

import dataclasses

from tests.unit.markets import open_market

from fairlead import Exchange, Instrument
from fairlead.model import events


def _everything() -> Exchange:
    """Return an exchange in which every kind of event has happened."""
    ex = open_market(kind="credit")

    def order(account: str, cl_ord_id: str, side: str, qty: int, price: str | None, **more: object) -> None:
        more = {"symbol": "AAPL", **more}
        ex.submit(account=account, cl_ord_id=cl_ord_id, side=side, order_qty=qty, price=price, **more)  # type: ignore[arg-type]

    ex.set_fees(maker_ppm=1, taker_ppm=2)
    ex.withdraw("alice", "USD", 1)
    ex.withdraw("alice", "USD", 0)
    order("alice", "ice", "sell", 9, "100", display_qty=3)
    order("bob", "b1", "buy", 4, "100")
    order("bob", "b1", "buy", 4, "100")
    order("bob", "bad", "buy", 0, "100")
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
    return ex


def test_every_kind_of_event_has_its_class() -> None:
    happened = {type(event) for event in _everything().events()}

    assert {kind.__name__ for kind in events.Event.__subclasses__()} == {kind.__name__ for kind in happened}


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
