"""When an e-mail address is locked because somebody guesses.

An attempt is counted before its password is looked at, so a thousand at once are a thousand; a right password clears.
"""

from dataclasses import dataclass

from fairlead.domain.access.policy import NS_PER_S, AccessPolicy

__all__ = ["Attempts", "after_attempt", "is_stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What is remembered of one address. Times in nanoseconds UTC.

    Attributes:
        count: attempts since ``since_ns`` that were not followed by a right password.
        since_ns: when the window began.
        locked_until_ns: no attempt is looked at before; 0: not locked.
    """

    count: int = 0
    since_ns: int = 0
    locked_until_ns: int = 0

    def is_locked(self, *, now_ns: int) -> bool:
        """Whether attempts are refused without a look at the password."""
        return now_ns < self.locked_until_ns


def after_attempt(attempts: Attempts, *, now_ns: int, policy: AccessPolicy) -> Attempts:
    """Return what is remembered once one more attempt was made.

    A window that has ended begins again. The attempt after the last that is allowed locks; attempts on a locked address
    change nothing, so that nobody can keep it locked by trying on.
    """
    if attempts.is_locked(now_ns=now_ns):
        return attempts
    is_over = now_ns >= attempts.since_ns + policy.failures_s * NS_PER_S or attempts.locked_until_ns > 0
    count = 1 if is_over else attempts.count + 1
    since_ns = now_ns if is_over else attempts.since_ns
    locked_until_ns = now_ns + policy.locked_s * NS_PER_S if count > policy.failures_max else 0
    return Attempts(count=count, since_ns=since_ns, locked_until_ns=locked_until_ns)


def is_stale(attempts: Attempts, *, now_ns: int, policy: AccessPolicy) -> bool:
    """Whether forgetting it would change no decision."""
    return not attempts.is_locked(now_ns=now_ns) and now_ns >= attempts.since_ns + policy.failures_s * NS_PER_S
