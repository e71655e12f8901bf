"""A healthy machine with a healthy venue on it, in memory, of which a test spoils one thing."""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.engine.journal import JournalReport
from fairlead.errors import FairleadError
from fairlead.ports.machine import Processor
from fairlead.ports.servers import Server
from fairlead.services.doctor import Finding, examine
from fairlead.settings import Flag, Loaded, load

HOME = Path("/srv/desk")
DATA = HOME / "venue"
NOW_NS = 1_790_000_000_000_000_000
FOLDER = stat.S_IFDIR | 0o700
PRIVATE = stat.S_IFREG | 0o600
GIB = 2**30
PEM = b"-----BEGIN PRIVATE KEY-----\n..."
PUBLIC_PEM = b"-----BEGIN PUBLIC KEY-----\n..."
HEX = bytes(32).hex().encode() + b"\n"


@dataclass(kw_only=True)
class FakeMachine:
    """Answers for ``Machine`` from its fields."""

    version: tuple[int, int, int] = (3, 12, 1)
    core_fault: str | None = None
    cpu: Processor = field(
        default_factory=lambda: Processor(kind="x86_64", count=2, features=frozenset({"sse4_2"})),
    )
    source: str | None = "tsc"
    now_ns: int = NOW_NS
    modules: frozenset[str] = frozenset({"redis", "psycopg", "confluent_kafka"})
    missing: tuple[str, ...] | None = ()
    taken: dict[int, str] = field(default_factory=dict)

    def python_version(self) -> tuple[int, int, int]:
        return self.version

    def core_version(self) -> str:
        if self.core_fault is not None:
            raise ImportError(self.core_fault)
        return "0.1.0"

    def processor(self) -> Processor:
        return self.cpu

    def clock_source(self) -> str | None:
        return self.source

    def wall_ns(self) -> int:
        return self.now_ns

    def is_installed(self, module: str) -> bool:
        return module in self.modules

    def lacking(self, extra: str) -> tuple[str, ...] | None:
        assert extra == "serve"
        return self.missing

    def port_refusal(self, host: str, port: int) -> str | None:
        assert host
        return self.taken.get(port)


def refusal(number: int) -> OSError:
    """Return what the system says with this error number."""
    return OSError(number, os.strerror(number))


@dataclass(kw_only=True)
class FakeDisk:
    """Answers for ``Disk`` from a tree of modes and contents."""

    modes: dict[Path, int] = field(
        default_factory=lambda: {
            Path("/"): FOLDER,
            Path("/srv"): FOLDER,
            HOME: FOLDER,
            DATA: FOLDER,
            DATA / "MANIFEST": PRIVATE,
            DATA / "wal-0000000000000001.seg": PRIVATE,
            DATA / "gateway.keys": PRIVATE,
            DATA / "token.key": PRIVATE,
            DATA / "master.key": PRIVATE,
            DATA / "store.sqlite3": PRIVATE,
        }
    )
    contents: dict[Path, bytes] = field(default_factory=lambda: {DATA / "token.key": PEM, DATA / "master.key": HEX})
    huge: dict[Path, int] = field(default_factory=dict)
    free: int = 100 * GIB
    kind: str | None = "ext4"
    unwritable: int | None = None
    unreadable: dict[Path, int] = field(default_factory=dict)

    def mode(self, path: Path) -> int | None:
        return self.modes.get(path)

    def sizes(self, folder: Path) -> dict[str, int]:
        if folder in self.unreadable:
            raise refusal(self.unreadable[folder])
        return {
            path.name: self.huge.get(path, len(self.contents.get(path, b"")))
            for path in self.modes
            if path.parent == folder and path != folder
        }

    def head(self, path: Path, count: int) -> bytes:
        if path in self.unreadable:
            raise refusal(self.unreadable[path])
        if path not in self.modes:
            raise refusal(errno.ENOENT)
        return self.contents.get(path, b"")[:count]

    def free_bytes(self, folder: Path) -> int:
        assert folder in self.modes
        return self.free

    def filesystem(self, folder: Path) -> str | None:
        assert folder in self.modes
        return self.kind

    def write_and_sync(self, folder: Path) -> None:
        assert folder in self.modes
        if self.unwritable is not None:
            raise refusal(self.unwritable)


def sound_log(**changes: object) -> JournalReport:
    """Return the report of a log without a fault, with ``changes``."""
    fields: dict[str, object] = {
        "store_id": "00" * 16,
        "first_seq": 1,
        "last_seq": 9,
        "last_ts_ns": NOW_NS - 1,
        "segments": 1,
        "bytes": 4_096,
        "snapshot_seq": None,
        "state_hash": None,
        "state_hash_seq": None,
        "torn_tail": None,
        "damaged": None,
        "warnings": (),
    }
    return JournalReport(**(fields | changes))  # type: ignore[arg-type]


def configured(*flags: Flag, **environment: str) -> Loaded:
    """Return a configuration whose data directory is that of the fake disk."""
    variables = {"HOME": str(HOME), "FAIRLEAD_ENGINE__DATA_DIR": str(DATA)} | environment
    return load(flags=flags, environment=variables, folder=Path("/nowhere"))


def examined(
    configuration: Loaded | FairleadError | None = None,
    *,
    machine: FakeMachine | None = None,
    disk: FakeDisk | None = None,
    log: JournalReport | FairleadError | None = None,
    runs: bool | FairleadError = False,
    servers: Sequence[Server] = (),
) -> Sequence[Finding]:
    """Run every check on a healthy machine, but for what is given."""

    def report(directory: Path) -> JournalReport:
        assert directory == DATA
        if isinstance(log, FairleadError):
            raise log
        return log or sound_log()

    def is_in_use(directory: Path) -> bool:
        assert directory == DATA
        if isinstance(runs, FairleadError):
            raise runs
        return runs

    return examine(
        configured() if configuration is None else configuration,
        machine=machine or FakeMachine(),
        disk=disk or FakeDisk(),
        report=report,
        is_in_use=is_in_use,
        configured=lambda _: servers,
    )
