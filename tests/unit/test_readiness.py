"""A part that orders do without is told of, and marked as such."""

import asyncio

from fairlead.errors import UnavailableError
from fairlead.services.readiness import PartState, Readiness


class _Clock:
    def now_ns(self) -> int:
        return 5


def test_a_part_that_is_spared_is_named_and_not_needed() -> None:
    async def there() -> None:
        return

    async def away() -> None:
        raise UnavailableError("away")

    readiness = Readiness({"store": there, "bus": away, "cache": there}, clock=_Clock(), spared=("bus", "cache"))

    assert asyncio.run(readiness.check()) == [
        PartState(name="store", is_ready=True, is_needed=True),
        PartState(name="bus", is_ready=False, is_needed=False),
        PartState(name="cache", is_ready=True, is_needed=False),
    ]
