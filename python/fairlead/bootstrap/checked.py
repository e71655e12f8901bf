"""What is done first in every process of a service: its log begins, and settings that would be ignored are refused."""

from collections.abc import Mapping
from typing import Final

from fairlead.adapters.telemetry import write_logs
from fairlead.settings import Loaded, Problem, SettingsError

__all__ = ["NOT_YET", "begin_log"]

# Keys that have no effect, with the only value they may have.
NOT_YET: Final[Mapping[str, object]] = {
    "engine.tls_client_ca": None,
}


def begin_log(loaded: Loaded) -> None:
    """Write the log as the configuration says.

    Raises:
        SettingsError: a setting would be ignored that somebody counts on for safety.
    """
    log = loaded.settings.log
    write_logs(level=log.level, form=log.format, file=log.file)
    problems = [
        Problem(
            origin=loaded.origins[key],
            key=key,
            what="is not possible with fairlead serve yet",
            value=str(loaded.value(key)),
            limit=str(limit),
            fix="leave it out",
        )
        for key, limit in NOT_YET.items()
        if loaded.value(key) != limit
    ]
    if problems:
        raise SettingsError(problems)
