"""The exit codes of every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process of ours ends with; 130 and 143 are signals."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    NOT_FOUND = 3
    DATA = 4
    UNAVAILABLE = 5
    REJECTED = 6
    HALTED = 7

    @property
    def meaning(self) -> str:
        """What it says to the caller."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.INTERNAL: "a fault of Fairlead itself",
    ExitCode.USAGE: "the command line cannot be meant",
    ExitCode.NOT_FOUND: "not found",
    ExitCode.DATA: "invalid data or configuration, or a replay that differs",
    ExitCode.UNAVAILABLE: "what is needed is not there, timed out or is newer",
    ExitCode.REJECTED: "refused by the venue, or locked by another process",
    ExitCode.HALTED: "halted or not running",
}
