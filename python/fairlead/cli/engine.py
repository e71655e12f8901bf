"""``fairlead engine``: one process that is a venue."""

from __future__ import annotations

import json
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.errors import DataError

if TYPE_CHECKING:
    from fairlead.engine.server import EngineServer

SNAPSHOTS = typer.Option(
    metavar="N",
    min=0,
    help="Commands between snapshots, a multiple of 10000; 0: never. A restart replays those after the last.",
)

CLIENT_IDS = typer.Option(
    metavar="N",
    min=1_000,
    max=1_000_000_000,
    help="Client order ids that are remembered, so that a repeat is no second order; fixed when the log is begun.",
)


def engine(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Data directory; made when it is new.")],
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 lets the system choose.")] = 7411,
    durability: Annotated[
        str, typer.Option(metavar="MODE", help="always, group, group(max_us,max_n) or os.")
    ] = "group",
    snapshot_every: Annotated[int, SNAPSHOTS] = 1_000_000,
    client_ids_max: Annotated[int, CLIENT_IDS] = 10_000_000,
    allow_plain_remote: Annotated[
        bool, typer.Option("--allow-plain-remote", help="Listen where others can reach it, unencrypted.")
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate (PEM); then every connection is TLS 1.3.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key (PEM), mode 600.")] = None,
    tls_client_ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Authority (PEM) of certificates that clients must have.")
    ] = None,
    spin_us: Annotated[int, typer.Option(min=0, max=1_000_000, help="Look for work so long before sleeping.")] = 0,
    latency: Annotated[
        bool, typer.Option("--latency/--no-latency", help="Stamp commands for fairlead latency.")
    ] = True,
    expected_interval_us: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000_000,
            metavar="US",
            help="Pace of each client, from one command to the next: adds total_corrected.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ready line as one JSON object.")] = False,
) -> None:
    """Run an engine with its log and its gateway.

    Prints one line once clients may connect. DIR/gateway.keys (mode 0600) says who may, see fairlead keys; a new
    directory gets one operator key, and SIGHUP reads keys and certificate again. Ctrl-C and SIGTERM end it cleanly;
    after kill -9 or a power cut it starts again by itself, with everything that was acknowledged. Snapshots are made
    on a thread beside it that needs as much memory again.

    Example:  fairlead engine --data ./venue --port 7411

    Example:  fairlead engine --data ./venue --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem
    """
    from fairlead.adapters.machine.allocator import map_large_buffers
    from fairlead.engine.server import EngineServer

    map_large_buffers()
    ends, reloads = _heed_signals()
    server = EngineServer(
        data,
        host=host,
        port=port,
        durability=durability,
        snapshot_every=snapshot_every,
        client_ids_max=client_ids_max,
        allow_plain_remote=allow_plain_remote,
        tls_cert=tls_cert,
        tls_key=tls_key,
        tls_client_ca=tls_client_ca,
        spin_us=spin_us,
        latency=latency,
        expected_interval_us=expected_interval_us,
    )
    with server:
        _say_ready(server, data=data, durability=durability, as_json=as_json)
        _serve(server, data=data, ends=ends, reloads=reloads)


def _heed_signals() -> tuple[list[int], list[int]]:
    """What SIGTERM and SIGINT ask for, and what SIGHUP does, as they come."""
    ends: list[int] = []
    reloads: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: ends.append(received))
    signal.signal(signal.SIGHUP, lambda received, _frame: reloads.append(received))
    return ends, reloads


def _serve(server: EngineServer, *, data: Path, ends: list[int], reloads: list[int]) -> None:
    from fairlead.engine.read_mark import marked_seq

    is_over = partial(_is_over, server, ends=ends, reloads=reloads)
    server.serve(until=is_over, warn=_say, read_seq=partial(marked_seq, data))


def _is_over(server: EngineServer, *, ends: list[int], reloads: list[int]) -> bool:
    """Whether the end was asked for; read the keys again where that was."""
    if reloads:
        reloads.clear()
        try:
            found, ended = server.reload()
        except DataError as error:
            _say(f"not read again, keys and certificate of before count: {error}")
        else:
            _say(f"keys were read again: keys={found} sessions_ended={ended}")
    return bool(ends)


def _say_ready(server: EngineServer, *, data: Path, durability: str, as_json: bool) -> None:
    host, port = server.address
    recovered = server.recovered
    warnings = recovered["warnings"]
    for warning in warnings if isinstance(warnings, list) else []:
        _say(warning)
    if as_json:
        about = {"data": str(data), "durability": durability, "host": host, "port": port, "schema": 1} | recovered
        typer.echo(json.dumps(about, sort_keys=True))
    else:
        names = ("last_seq", "snapshot_seq", "replayed", "state_hash")
        found = " ".join(f"{name}={recovered[name]}" for name in names)
        typer.echo(f"listening host={host} port={port} durability={durability} {found}")
    sys.stdout.flush()


def _say(notice: str) -> None:
    print(f"fairlead: {notice}", file=sys.stderr, flush=True)
