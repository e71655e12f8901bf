"""``fairlead journal``: the log of a data directory, seen from outside."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.engine import journal
from fairlead.engine.journal import JournalRecord, JournalReport
from fairlead.wire import Message, WireError, decode

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The data directory of an engine.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# The kind of the first record of a log, which is no message.
_GENESIS = 0x8000


@app.callback()
def root() -> None:
    """Look at the log of an engine, running or not; cut it.

    To cut it is for a person to decide, when it is damaged and no copy can mend it.
    """


@app.command()
def verify(directory: _Directory, *, as_json: _Json = False) -> None:
    """Check every byte of a log: checksums, sequence, hash chain, snapshots. Changes nothing.

    Exit codes: 0 sound, 3 the last commit never finished (an engine repairs that by itself) or there is no log,
    4 damaged, 5 a newer format.
    """
    found = journal.report(directory)
    typer.echo(json.dumps(_as_json(found), indent=2) if as_json else _as_text(found))
    raise typer.Exit(_code(found))


@app.command()
def stat(directory: _Directory, *, as_json: _Json = False) -> None:
    """Describe a log: range, segments, bytes, newest snapshot and state hash. Exit code 0 also where it is damaged."""
    found = journal.report(directory)
    typer.echo(json.dumps(_as_json(found), indent=2) if as_json else _as_text(found))


@app.command()
def dump(
    directory: _Directory,
    *,
    from_seq: Annotated[int, typer.Option("--from", min=1, metavar="SEQ", help="Begin with this record.")] = 1,
    count: Annotated[int | None, typer.Option(min=1, help="Print at most so many; all by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Print the commands of a log, one a line.

    Numbers are as in the log: prices and quantities by the decimals of their instrument, times in nanoseconds.
    """
    for number, record in enumerate(journal.records(directory, from_seq=from_seq), start=1):
        typer.echo(_line_json(record) if as_json else _line(record))
        if number == count:
            return


@app.command()
def cut(
    directory: _Directory,
    *,
    after: Annotated[int, typer.Option(min=0, metavar="SEQ", help="The last record that stays.")],
    i_know: Annotated[bool, typer.Option("--i-know", help="Do not ask; for scripts that a person has read.")] = False,
) -> None:
    """End a log after a record: what follows is acknowledged work that the engine will not know any more.

    For a damaged log that no copy can mend. Everything that is cut is kept in the directory under other names. Asks
    twice. The engine must not run.
    """
    found = journal.report(directory)
    if not i_know:
        lost = f"{found.last_seq - after} readable records" + (" and what is damaged" if found.damaged else "")
        typer.confirm(f"Give up everything after record {after} of {directory}: {lost}?", abort=True)
        again = typer.prompt(f"Type the number of the last record that stays ({after})")
        if again.strip() != str(after):
            typer.echo("fairlead: not cut: the number differs", err=True)
            raise typer.Exit(ExitCode.USAGE)
    done = journal.cut(directory, after_seq=after)
    typer.echo(f"cut {done.file} at {done.offset}; kept {', '.join(done.kept) or 'nothing'}")


def _code(found: JournalReport) -> ExitCode:
    if found.damaged is not None:
        return ExitCode.DATA
    return ExitCode.NOT_FOUND if found.torn_tail is not None else ExitCode.OK


def _as_json(found: JournalReport) -> dict[str, Any]:
    torn = found.torn_tail
    return asdict(found) | {"torn_tail": torn and dict(zip(("file", "offset", "seq"), torn, strict=True)), "schema": 1}


def _as_text(found: JournalReport) -> str:
    when = datetime.fromtimestamp(found.last_ts_ns // 1_000_000_000, tz=UTC).isoformat()
    lines = [
        f"log {found.store_id}",
        f"records {found.first_seq} to {found.last_seq}, the last at {when}",
        f"{found.segments} segments, {found.bytes:,} bytes in use",
        f"snapshot of record {found.snapshot_seq}" if found.snapshot_seq is not None else "no snapshot",
    ]
    if found.state_hash is not None:
        lines.append(f"state hash {found.state_hash} after record {found.state_hash_seq}")
    if found.torn_tail is not None:
        file, offset, seq = found.torn_tail
        lines.append(f"torn tail: record {seq} at {file}:{offset} never finished; the next start repairs it")
    if found.damaged is not None:
        where = found.damaged
        lines.append(f"DAMAGED: record {where.seq} at {where.file}:{where.offset}: {where.what}")
    lines += [f"warning: {warning}" for warning in found.warnings]
    return "\n".join(lines)


def _message(record: JournalRecord) -> Message | None:
    return None if record.kind == _GENESIS else decode(record.body)


def _line(record: JournalRecord) -> str:
    head = f"{record.seq} {record.ts_ns}"
    try:
        message = _message(record)
    except WireError as error:
        return f"{head} kind={record.kind} unreadable: {error}"
    if message is None:
        return f"{head} Genesis"
    given = [
        f"{name}={_plain(value)}" for name, value in message.fields.items() if value is not None and name != "present"
    ]
    entries = [f"{entry}" for entry in message.entries]
    return " ".join([head, message.kind, f"session={message.session}", f"origin={message.seq}", *given, *entries])


def _line_json(record: JournalRecord) -> str:
    message = _message(record)
    said = (
        {"kind": "Genesis"}
        if message is None
        else {
            "kind": message.kind,
            "session": message.session,
            "origin": message.seq,
            "fields": dict(message.fields),
            "entries": [dict(entry) for entry in message.entries],
        }
    )
    return json.dumps({"seq": record.seq, "ts_ns": record.ts_ns} | said, default=_plain)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
