"""Proofs that were checked a moment ago, so that a thousand requests of one user do not ask the store a thousand times.

Each counts for a fraction of a second and no longer: what another process revokes counts here at the next check.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fairlead.domain.access.errors import AuthenticationError
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
        self._checks: dict[str, tuple[asyncio.Task[Principal], int]] = {}

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

    async def once(
        self, proof: str, check: Callable[[], Awaitable[Principal]], *, now_ns: int, age_ns_max: int
    ) -> Principal:
        """Return who a check finds, and remember it; who brings a proof that is being checked waits for that check.

        Args:
            proof: what is checked.
            check: asks the store; what it raises, everybody who waits hears.
            now_ns: the time.
            age_ns_max: a check that began so long ago is no answer any more.
        """
        task, began_ns = self._checks.get(proof, (None, 0))
        if task is None or not 0 <= now_ns - began_ns < age_ns_max:
            task = self._begin(proof, check, now_ns=now_ns)
        # Whoever gives up takes the answer from nobody else.
        return await asyncio.shield(task)

    def renew(self, proof: str, check: Callable[[], Awaitable[Principal]], *, now_ns: int, age_ns_max: int) -> None:
        """Begin to check a proof that is remembered and has half its time behind it: nobody waits for it later.

        What was found before counts its time out and no longer; a check that says no ends it at once.
        """
        if proof in self._checks or (found := self._kept.get(proof)) is None:
            return
        if now_ns - found[1] >= age_ns_max // 2:
            self._begin(proof, check, now_ns=now_ns)

    def _begin(
        self, proof: str, check: Callable[[], Awaitable[Principal]], *, now_ns: int
    ) -> "asyncio.Task[Principal]":
        task = asyncio.create_task(self._check(proof, check, now_ns=now_ns))
        task.add_done_callback(_hear)
        self._checks[proof] = task, now_ns
        return task

    async def _check(self, proof: str, check: Callable[[], Awaitable[Principal]], *, now_ns: int) -> Principal:
        def is_newest() -> bool:
            return self._checks.get(proof, (None, 0))[0] is asyncio.current_task()

        try:
            principal = await check()
        except AuthenticationError:
            self._kept.pop(proof, None)
            raise
        else:
            if is_newest():
                # Else it asked before something was taken back.
                self.put(proof, principal, now_ns=now_ns)
            return principal
        finally:
            if is_newest():
                del self._checks[proof]

    def forget(self, user_id: str) -> None:
        """Forget everything of one user: something of it counts no more. Checks at work are no answer from now on."""
        self._checks.clear()
        for proof in [proof for proof, (principal, _) in self._kept.items() if principal.user_id == user_id]:
            del self._kept[proof]


def _hear(task: "asyncio.Task[Principal]") -> None:
    """Take the error of a check whose every asker has gone."""
    if not task.cancelled():
        task.exception()
