"""The options by which commands are told another configuration than the one of the place they are started in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.errors import UsageError

if TYPE_CHECKING:
    from fairlead.settings import Loaded

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Read this file in place of ./fairlead.toml."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set section.name over files and environment; again for more."),
]


_KEYS = {
    "--host": "server.host",
    "--port": "server.port",
    "--gateway-port": "server.gateway_port",
    "--workers": "server.workers",
    "--engine": "engine.address",
    "--data": "engine.data_dir",
    "--log-level": "log.level",
    "--log-format": "log.format",
}


def load_settings(
    *, file: Path | None, sets: Sequence[str] | None, flags: Sequence[tuple[str, object]] = ()
) -> "Loaded":
    """Return the configuration of this process.

    Args:
        file: a file in place of ``./fairlead.toml``.
        sets: texts ``KEY=VALUE`` of the command line.
        flags: names and values of flags that have a name of their own; the strongest.

    Raises:
        UsageError: a ``--set`` is not ``KEY=VALUE``.
        SettingsError: something in the configuration is wrong.
    """
    from fairlead.settings import Flag, load

    found = []
    for given in sets or ():
        key, joint, value = given.partition("=")
        if not joint:
            # Not shown: who forgets the key may have written a secret.
            raise UsageError("--set is not of the form KEY=VALUE; as in --set server.port=8081")
        found.append(Flag(name=f"--set {key}", key=key.strip(), value=value))
    for flag, raw in flags:
        found.append(Flag(name=flag, key=_KEYS[flag], value=str(raw) if isinstance(raw, Path) else raw))
    return load(flags=found, file=file)
