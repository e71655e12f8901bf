"""The clock and the randomness of the machine."""

import secrets
import time

__all__ = ["SystemClock", "SystemSecrets"]


class SystemClock:
    """The wall clock of the machine."""

    def now_ns(self) -> int:
        """Return nanoseconds since 1970 UTC."""
        return time.time_ns()


class SystemSecrets:
    """The random generator of the operating system."""

    def token_bytes(self, count: int, /) -> bytes:
        """Return ``count`` unpredictable bytes."""
        return secrets.token_bytes(count)
