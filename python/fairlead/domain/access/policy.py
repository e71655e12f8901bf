"""The figures of access: how long, how often, how many."""

from dataclasses import dataclass
from typing import Final

from fairlead.errors import UsageError

__all__ = ["NS_PER_MS", "NS_PER_S", "AccessPolicy"]

NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
_ACCESS_S_MAX: Final = 900
_LEEWAY_S_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """The figures of one service. Times in seconds.

    Attributes:
        issuer: who makes the tokens; the same text in every process of one service.
        audience: whom they are for.
        access_s: life of an access token, 1 to 900.
        leeway_s: how far the clocks of two machines may be apart, 0 to 60.
        refresh_s: life of a refresh token, each new one again.
        session_s: life of a session however often it is refreshed.
        password_min: characters a password has at least, 8 to 128.
        verify_s: how long the link in the e-mail works.
        reset_s: how long the token of a letter works that replaces a password.
        failures_max: attempts to log in for one address within ``failures_s``, after which it is locked.
        failures_s: the window they are counted in.
        locked_s: how long it is locked.
        keys_max: API keys of one user that are in use.
        sign_window_s: how old a signed request may be, 1 to 60.
        sign_ahead_s: how far its time may be ahead of ours, 0 to 10.
        recheck_ms: how long a proof counts without asking the store again, 0 to 900; what another process revokes
            counts after that.
    """

    issuer: str = "fairlead"
    audience: str = "fairlead-api"
    access_s: int = 900
    leeway_s: int = 30
    refresh_s: int = 14 * 86_400
    session_s: int = 90 * 86_400
    password_min: int = 12
    verify_s: int = 86_400
    reset_s: int = 1_800
    failures_max: int = 5
    failures_s: int = 900
    locked_s: int = 900
    keys_max: int = 20
    sign_window_s: int = 30
    sign_ahead_s: int = 1
    recheck_ms: int = 500

    def __post_init__(self) -> None:
        bounds = {
            "access_s": (1, _ACCESS_S_MAX),
            "leeway_s": (0, _LEEWAY_S_MAX),
            "refresh_s": (1, self.session_s),
            "session_s": (1, 366 * 86_400),
            "password_min": (8, 128),
            "verify_s": (60, 7 * 86_400),
            "reset_s": (60, 3_600),
            "failures_max": (1, 100),
            "failures_s": (1, 86_400),
            "locked_s": (1, 86_400),
            "keys_max": (1, 1_000),
            "sign_window_s": (1, 60),
            "sign_ahead_s": (0, 10),
            "recheck_ms": (0, 900),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UsageError(f"access setting out of range: {name}={value} min={low} max={high}")
        for name in ("issuer", "audience"):
            if not getattr(self, name):
                raise UsageError(f"access setting is empty: {name}; give the name of the service")
