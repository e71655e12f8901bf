"""How many may be inside at once: in all, and of each address."""

from enum import StrEnum

__all__ = ["Full", "Places"]


class Full(StrEnum):
    """Which bound is reached."""

    ALL = "all"
    ADDRESS = "address"


class Places:
    """Counts who is inside. An address of which nobody is inside takes no memory.

    Args:
        most: how many there are.
        most_each: how many of them one address may have.
    """

    def __init__(self, *, most: int, most_each: int) -> None:
        self.most, self.most_each = most, most_each
        self._taken = 0
        self._of: dict[str, int] = {}

    @property
    def taken(self) -> int:
        """How many are inside."""
        return self._taken

    def enter(self, address: str | None) -> Full | None:
        """Take a place, or say what is full.

        Args:
            address: whose it is; ``None`` for one that speaks for many, which only the bound of all binds.
        """
        if self._taken >= self.most:
            return Full.ALL
        if address is not None:
            own = self._of.get(address, 0)
            if own >= self.most_each:
                return Full.ADDRESS
            self._of[address] = own + 1
        self._taken += 1
        return None

    def leave(self, address: str | None) -> None:
        """Give a place back that was taken."""
        self._taken -= 1
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]
