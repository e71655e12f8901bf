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
_OF_THE_ENGINE: Final = (
    "server.gateway_host",
    "server.gateway_port",
    "engine.durability",
    "engine.snapshot_every",
    "engine.client_ids_max",
    "engine.spin_us",
    "engine.latency",
    "engine.tls_key",
    "engine.allow_plain_remote",
)


def begin_log(loaded: Loaded) -> None:
    """Write the log as the configuration says.

    Raises:
        SettingsError: a setting would be ignored that somebody counts on for safety.
    """
    log = loaded.settings.log
    write_logs(level=log.level, form=log.format, file=log.file)
    problems = [*_of_another_engine(loaded), *_not_yet(loaded)]
    if problems:
        raise SettingsError(problems)


def _not_yet(loaded: Loaded) -> list[Problem]:
    return [
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


def _of_another_engine(loaded: Loaded) -> list[Problem]:
    """Return a problem for each setting of an engine that runs by itself, and is told by its own command line."""
    address = loaded.settings.engine.address
    return [
        Problem(
            origin=loaded.origins[key],
            key=key,
            what="is a matter of the engine, which runs by itself",
            value=str(loaded.value(key)),
            limit=f"left out where engine.address={address}",
            fix="give it to fairlead engine",
        )
        for key in _OF_THE_ENGINE
        if address and not loaded.is_default(key)
    ]
