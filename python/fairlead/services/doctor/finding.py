"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Fault(StrEnum):
    """What kind of fault a failure is; the exit code depends on it."""

    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check.

    Attributes:
        check: what was looked at.
        status: how bad it is.
        seen: what was found.
        limit: what is needed.
        remedy: what to do; empty where all is well.
        fault: of a failure, what kind it is.
    """

    check: str
    status: Status
    seen: str
    limit: str
    remedy: str = ""
    fault: Fault | None = None

    @staticmethod
    def ok(check: str, *, seen: str, limit: str) -> "Finding":
        """All is well."""
        return Finding(check=check, status=Status.OK, seen=seen, limit=limit)

    @staticmethod
    def warn(check: str, *, seen: str, limit: str, remedy: str) -> "Finding":
        """It works, and somebody should know."""
        return Finding(check=check, status=Status.WARN, seen=seen, limit=limit, remedy=remedy)

    @staticmethod
    def invalid(check: str, *, seen: str, limit: str, remedy: str) -> "Finding":
        """Data or configuration that cannot be used."""
        return Finding(check=check, status=Status.FAIL, seen=seen, limit=limit, remedy=remedy, fault=Fault.INVALID)

    @staticmethod
    def unavailable(check: str, *, seen: str, limit: str, remedy: str) -> "Finding":
        """Something that is needed is not there."""
        return Finding(check=check, status=Status.FAIL, seen=seen, limit=limit, remedy=remedy, fault=Fault.UNAVAILABLE)
