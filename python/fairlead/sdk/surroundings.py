"""What a client takes from the world beside the network: time, sleep, chance; arguments, so that tests need none."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

__all__ = ["Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Time, sleep and chance.

    Attributes:
        now_ns: nanoseconds since 1970 UTC.
        sleep: waits so many seconds.
        chance: a number from 0 to below 1.
        token: 24 hexadecimal digits that nobody guesses and that never come twice.
    """

    now_ns: Callable[[], int] = time.time_ns
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    token: Callable[[], str] = lambda: secrets.token_hex(12)
