"""``fairlead serve``: the whole exchange, in one process or several."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.libraries import service_libraries
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings

if TYPE_CHECKING:
    from fairlead.bootstrap import Addresses
    from fairlead.settings import Loaded


def serve(
    *,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address of HTTP [server.host].")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port of HTTP; 0: any [server.port, 8080].")
    ] = None,
    gateway_port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Port of the binary gateway; 0: any [server.gateway_port, 9080]."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Gateway of a fairlead engine that runs on DIR [engine.address]."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", "--home", metavar="DIR", help="Data directory [engine.data_dir].")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=4, metavar="N", help="Processes that answer HTTP [server.workers, 1]."),
    ] = None,
    file: ConfigFile = None,
    sets: Sets = None,
    demo: Annotated[bool, typer.Option("--demo", help="Let seeded agents trade, in a directory of their own.")] = False,
    log_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="debug, info, warning or error [log.level, warning].")
    ] = None,
    log_format: Annotated[str | None, typer.Option(metavar="FORM", help="text or json [log.format, text].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ready line as one JSON object.")] = False,
) -> None:
    """Run the whole exchange: engine, gateway, store and HTTP.

    It is one process; with --workers 2 to 4 it is one for the engine and so many that answer HTTP. Prints one line once
    requests are answered. The first start makes what is needed in the data directory: keys, store, log. Ctrl-C and
    SIGTERM end it: requests in work are finished and the log is sealed. After kill -9 it starts again with everything
    it acknowledged. A port on which others reach it belongs behind a proxy that speaks TLS.

    With --engine the engine is a fairlead engine that runs by itself on the same directory: it may be ended and begun
    again while HTTP is answered.

    With --demo six markets are alive: agents trade AAPL, SPY, QQQ, BTC-USD, ETH-USD and RAIN, that of an event, through
    the gateway. The first start prints the passwords of an operator and a trader, this once. The directory is the
    demo's own; without --data it is fairlead-demo beside the default one.

    Exit codes: 0 done, 2 usage, 4 a configuration, key or log that cannot be used, 5 a port that is taken or a missing
    part, 6 another process has the data directory.

    Example:  fairlead serve --data ./venue --port 8080 --gateway-port 9080
    """
    given = {
        "--host": host,
        "--port": port,
        "--gateway-port": gateway_port,
        "--workers": workers,
        "--engine": engine,
        "--data": data,
        "--log-level": log_level,
        "--log-format": log_format,
    }
    flags = [(name, value) for name, value in given.items() if value is not None]
    loaded = load_settings(file=file, sets=sets, flags=flags)
    if demo and loaded.origins["engine.data_dir"] == "default":
        default = loaded.settings.engine.data_dir
        flags.append(("--data", default.with_name(f"{default.name}-demo")))
        loaded = load_settings(file=file, sets=sets, flags=flags)
    directory = loaded.settings.engine.data_dir
    _run(loaded, lambda addresses: _say_ready(addresses, data=directory, as_json=as_json), with_demo=demo)


def _run(loaded: Loaded, on_ready: Callable[[Addresses], None], *, with_demo: bool) -> None:
    with service_libraries():
        from fairlead.bootstrap import begin
    work = begin(loaded, on_ready=on_ready, with_demo=with_demo)
    if work is not None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster loop where there is one: not on every system."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


def _say_ready(addresses: Addresses, *, data: Path, as_json: bool) -> None:
    (host, port), (gateway_host, gateway_port) = addresses.http, addresses.gateway
    people = [
        {"role": person.role.value, "email": person.email, "password": person.password.reveal()}
        for person in addresses.people
    ]
    if as_json:
        about = {
            "data": str(data),
            "gateway_host": gateway_host,
            "gateway_port": gateway_port,
            "host": host,
            "port": port,
            "schema": 1,
        }
        if people:
            about["demo"] = people
        typer.echo(json.dumps(about, sort_keys=True))
    else:
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"ready http=http://{shown}:{port} gateway={gateway_host}:{gateway_port} data={data}")
        for person in people:
            typer.echo(f"DEMO {person['role']} email={person['email']} password={person['password']}")
    sys.stdout.flush()
