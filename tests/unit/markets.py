"""Small markets that the tests of the Python package share."""

from collections.abc import Callable

from fairlead import Exchange, Instrument


def fixed_clock() -> int:
    """Return the same time always: commands follow each other one nanosecond apart."""
    return 1_000


def open_market(*, kind: str = "cash", history_max: int = 1_000, clock: Callable[[], int] = fixed_clock) -> Exchange:
    """Return an exchange with AAPL in USD (tick 0.01, lot 1) and the accounts alice and bob, funded."""
    exchange = Exchange(clock=clock, history_max=history_max)
    exchange.list(Instrument("AAPL", quote="USD", tick_size="0.01", lot_size="1", max_price="10000", max_qty="5000"))
    for name in ("alice", "bob"):
        exchange.add_account(name, kind=kind)
        exchange.deposit(name, "USD", "100000")
        exchange.deposit(name, "AAPL", "1000")
    return exchange
