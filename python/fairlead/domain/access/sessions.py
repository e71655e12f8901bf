"""Sessions and their refresh tokens: each token is used once, and a second use ends the whole session.

::

    open ──refresh──▶ open ──refresh──▶ open ──▶ expired (its end, or a token nobody used in time)
      └── used token comes again, logout, larger epoch ──▶ revoked

A token that comes twice was stolen by one of the two who sent it; which one cannot be known, so both log in again.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["RefreshToken", "Session", "Verdict", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A family of refresh tokens that began with one password. Times in nanoseconds UTC.

    Attributes:
        session_id: ``ses_`` and 32 hex digits.
        user_id: whose it is.
        epoch: the user's when it was opened.
        opened_ts_ns: when.
        expires_ts_ns: its end, however often it is refreshed.
        revoked_ts_ns: when it was ended; ``None``: it was not.
    """

    session_id: str
    user_id: str
    epoch: int
    opened_ts_ns: int
    expires_ts_ns: int
    revoked_ts_ns: int | None = None

    def is_live(self, *, now_ns: int, epoch: int) -> bool:
        """Whether it counts at that moment and under that epoch of its user."""
        return self.revoked_ts_ns is None and now_ns < self.expires_ts_ns and self.epoch == epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """One token of a session; the token itself is only with its owner.

    Attributes:
        token_hash: SHA-256 of the token, hexadecimal.
        session_id: the session it continues.
        expires_ts_ns: from when it counts no more.
        used_ts_ns: when it was exchanged for the next; ``None``: it was not.
    """

    token_hash: str
    session_id: str
    expires_ts_ns: int
    used_ts_ns: int | None = None


class Verdict(StrEnum):
    """What happens to a refresh token that is shown."""

    ROTATE = "rotate"
    REUSED = "reused"
    ENDED = "ended"


def judge(token: RefreshToken, session: Session, *, epoch: int, now_ns: int) -> Verdict:
    """Return what to do with a token: exchange it, end its session because it was used before, or refuse it.

    A used token ends the session however old it is: its expiry takes the right away, not the evidence.
    """
    if token.used_ts_ns is not None:
        return Verdict.REUSED
    if not session.is_live(now_ns=now_ns, epoch=epoch) or now_ns >= token.expires_ts_ns:
        return Verdict.ENDED
    return Verdict.ROTATE
