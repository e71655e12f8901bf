"""How a live connection ends: one code for each reason."""

from enum import IntEnum

__all__ = ["EndError", "Ending", "GoneError"]


class Ending(IntEnum):
    """The close codes that are said here; 1001, 1009 and 1012 are said by the server beneath."""

    NOT_TEXT = 1003
    FAULT = 1011
    TRY_LATER = 1013
    NOT_AUTHENTICATED = 4401
    NOT_YOURS = 4403
    TOO_SLOW = 4408
    TOO_MANY_CONNECTIONS = 4409
    NOT_KEPT = 4410
    TOO_MANY_MESSAGES = 4429


class GoneError(Exception):
    """Nobody is there any more to whom anything could be said."""


class EndError(Exception):
    """The connection is to be closed.

    Args:
        code: why, for programs.
        reason: why, for people; 123 bytes at most.
    """

    def __init__(self, code: Ending, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
