"""Forget what decides nothing any more, so that the store does not grow with attempts and visits."""

from fairlead.domain.access.policy import NS_PER_S
from fairlead.services.access.needs import Needs

__all__ = ["sweep"]


async def sweep(needs: Needs) -> int:
    """Forget registrations, attempts, sessions and nonces whose time is over; return how many. Call it each minute."""
    now_ns, policy = needs.clock.now_ns(), needs.policy
    return (
        await needs.users.purge(before_ns=now_ns)
        + await needs.attempts.purge(before_ns=now_ns - policy.failures_s * NS_PER_S)
        + await needs.tokens.purge(before_ns=now_ns)
        # A clock that is put back must not make a nonce new again.
        + await needs.nonces.purge(before_ns=now_ns - policy.sign_window_s * NS_PER_S)
    )
