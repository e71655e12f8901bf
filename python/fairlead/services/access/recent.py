"""Proofs that were checked a moment ago, so that a thousand requests of one user do not ask the store a thousand times.

Each counts for a fraction of a second and no longer: what another process revokes counts here at the next check.
"""

from typing import Final

from fairlead.domain.access.roles import Principal

__all__ = ["Recent"]

KEPT_MAX: Final = 10_000


class Recent:
    """Remembers who was found behind a proof, and when.

    Args:
        kept_max: how many; the one checked longest ago goes first.
    """

    def __init__(self, *, kept_max: int = KEPT_MAX) -> None:
        self._kept: dict[str, tuple[Principal, int]] = {}
        self._kept_max = kept_max

    def get(self, proof: str, *, now_ns: int, age_ns_max: int) -> Principal | None:
        """Return who was found less than ``age_ns_max`` ago, unless their proof has ended since; ``None``: check it."""
        found = self._kept.get(proof)
        if found is None:
            return None
        principal, checked_ns = found
        # A clock that went back makes everything old.
        is_recent = 0 <= now_ns - checked_ns < age_ns_max
        is_over = principal.until_ns is not None and now_ns >= principal.until_ns
        return principal if is_recent and not is_over else None

    def put(self, proof: str, principal: Principal, *, now_ns: int) -> None:
        """Remember who was found just now."""
        self._kept.pop(proof, None)
        self._kept[proof] = (principal, now_ns)
        if len(self._kept) > self._kept_max:
            del self._kept[next(iter(self._kept))]

    def forget(self, user_id: str) -> None:
        """Forget everything of one user: something of it counts no more."""
        for proof in [proof for proof, (principal, _) in self._kept.items() if principal.user_id == user_id]:
            del self._kept[proof]
