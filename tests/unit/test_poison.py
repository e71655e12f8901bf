"""A fault of the engine becomes an exception, and the exchange answers no more."""

import pytest
from tests.unit.markets import open_market

from fairlead import InternalError


def test_a_fault_poisons_the_exchange_and_only_that_one() -> None:
    broken, sound = open_market(), open_market()
    handle = broken.handle("AAPL")

    with pytest.raises(InternalError, match="broken on purpose"):
        broken._fault()

    with pytest.raises(InternalError, match="poisoned"):
        broken.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price=1)
    with pytest.raises(InternalError, match="poisoned"):
        broken.state_hash()
    with pytest.raises(InternalError, match="poisoned"):
        handle.buy(1, 100, 1)
    with pytest.raises(InternalError, match="poisoned"):
        broken.run(b"")
    sound.check_invariants()
    assert sound.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price=1).status == "new"
