"""The border to the compiled core stays narrow, and one exchange serves many threads."""

import inspect
import threading

from tests.unit.markets import open_market

from fairlead import Exchange, Instrument, _core

CLASSES_MAX = 16
FUNCTIONS_MAX = 10


def test_few_classes_and_functions_cross_the_border() -> None:
    exported = [getattr(_core._native, name) for name in dir(_core._native) if not name.startswith("__")]

    assert 1 <= sum(inspect.isclass(item) for item in exported) <= CLASSES_MAX
    assert sum(callable(item) and not inspect.isclass(item) for item in exported) <= FUNCTIONS_MAX


def test_every_method_of_the_exchange_says_what_it_does() -> None:
    methods = [name for name in dir(Exchange) if not name.startswith("_")]

    assert len(methods) >= 25
    assert [name for name in methods if not (getattr(Exchange, name).__doc__ or "").strip()] == []


def test_threads_share_an_exchange_and_every_command_has_its_own_number() -> None:
    ex = open_market(kind="credit", history_max=100_000)
    before = ex.events()[-1].seq

    def work(number: int) -> None:
        ex.list(Instrument(f"S{number}", quote=f"Q{number}", tick_size="0.01"))
        ex.add_account(f"t{number}", kind="credit")
        for order in range(100):
            ex.submit(account=f"t{number}", cl_ord_id=str(order), symbol=f"S{number}", side="buy", order_qty=1, price=1)
            ex.book(f"S{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    commands = {event.seq for event in ex.events(since=before)}
    assert commands == set(range(before + 1, before + 1 + 4 * (2 + 1 + 1 + 1 + 100)))
    for number in range(4):
        assert len(ex.open_orders(account=f"t{number}")) == 100
        assert ex.book(f"S{number}").bids[0].qty == 100
    ex.check_invariants()
