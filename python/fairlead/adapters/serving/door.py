"""Who may connect by HTTP, how long a connection may be silent, and what was refused."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final

from fairlead.domain.limits.places import Full, Places
from fairlead.domain.limits.plan import address_key

__all__ = ["Door"]

# Refused connections that may still read why, for an instant each; more are ended without a word.
_LINGERING_MAX: Final = 64


class Door:
    """Counts the connections of one process.

    Args:
        connections_max: how many there may be.
        ip_connections_max: how many of them one address may have; proxies, which speak for many, may have more.
        head_s: how long a connection may take from its first byte, or from its beginning, to the end of a head.
        idle_s: how long it may stay without a request after one.
        proxies: addresses and networks of the proxies.
    """

    def __init__(
        self,
        *,
        connections_max: int,
        ip_connections_max: int,
        head_s: float,
        idle_s: float,
        proxies: Sequence[str] = (),
    ) -> None:
        self.head_s, self.idle_s = head_s, idle_s
        self._places = Places(most=connections_max, most_each=ip_connections_max)
        self._proxies = [ip_network(proxy, strict=False) for proxy in proxies]
        self._lingering = 0
        self._refused = dict.fromkeys(map(str, Full), 0)
        self._ended = {"slow": 0, "idle": 0}

    def key_of(self, host: str) -> str | None:
        """Return what an address counts as; ``None`` where it is a proxy's."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return address_key(host)
        return None if any(address in proxy for proxy in self._proxies) else address_key(host)

    def enter(self, key: str | None) -> Full | None:
        """Let a connection in, or say what is full."""
        full = self._places.enter(key)
        if full is not None:
            self._refused[full] += 1
        return full

    def leave(self, key: str | None) -> None:
        """Count a connection out that was let in."""
        self._places.leave(key)

    def linger(self) -> bool:
        """Whether a refused connection may wait until its end has read why."""
        if self._lingering >= _LINGERING_MAX:
            return False
        self._lingering += 1
        return True

    def gone(self) -> None:
        """Count a refused connection out that lingered."""
        self._lingering -= 1

    def limit(self, full: Full) -> int:
        """Return a bound that was reached."""
        return self._places.most if full is Full.ALL else self._places.most_each

    def end(self, why: str) -> None:
        """Count a connection that was ended because it was ``slow`` or ``idle``."""
        self._ended[why] += 1

    def open(self) -> dict[str, float]:
        """Return how many connections there are and how many there may be."""
        return {"open": self._places.taken, "limit": self._places.most}

    def turned_away(self) -> dict[str, float]:
        """Return how many connections were refused or ended, by why."""
        return {**{f"{name}_full": count for name, count in self._refused.items()}, **self._ended}
