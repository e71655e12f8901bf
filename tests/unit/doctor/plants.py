"""The faults that are planted one by one: how, which check names it, and with which words."""

import errno
import stat
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.doctor.machines import (
    DATA,
    GIB,
    HEX,
    HOME,
    NOW_NS,
    PEM,
    PRIVATE,
    FakeDisk,
    FakeMachine,
    configured,
    examined,
    sound_log,
)

from fairlead.engine.journal import Damage
from fairlead.errors import DataError, UnavailableError
from fairlead.ports.machine import Processor
from fairlead.services.doctor import Fault
from fairlead.settings import Loaded, SettingsError
from fairlead.settings.layers import environment_layer, file_layer
from fairlead.settings.merge import merge

SEGMENT = DATA / "wal-0000000000000001.seg"


def disk_with(*, without: tuple[Path, ...] = (), **changes: Any) -> FakeDisk:
    """Return a healthy disk without some files, or with other answers."""
    disk = FakeDisk(**changes)
    for path in without:
        del disk.modes[path]
    return disk


def _with_modes(**modes: int) -> FakeDisk:
    disk = FakeDisk()
    disk.modes |= {DATA / name.replace("_", "."): mode for name, mode in modes.items()}
    return disk


def segment(number: int, first_seq: int, *, magic: bytes = b"FLWAL\r\n\x1a") -> tuple[Path, bytes]:
    """Return path and head of a segment."""
    head = struct.pack("<8sII16sQQ", magic, 1, 0, bytes(16), number, first_seq)
    return DATA / f"wal-{first_seq:016x}.seg", head


def long_log(*segments: tuple[Path, bytes]) -> FakeDisk:
    """Return a disk whose log is too long to be read."""
    disk = disk_with(without=(SEGMENT,))
    for path, head in segments:
        disk.modes[path] = PRIVATE
        disk.contents[path] = head
        disk.huge[path] = GIB
    return disk


def _tls() -> Loaded:
    return configured(FAIRLEAD_ENGINE__TLS_CERT="/srv/desk/c.pem", FAIRLEAD_ENGINE__TLS_KEY="/srv/desk/k.pem")


def tls_disk(**modes: int) -> FakeDisk:
    """Return a disk with PEM files beside the data directory."""
    disk = FakeDisk()
    disk.modes |= {HOME / f"{name}.pem": mode for name, mode in modes.items()}
    return disk


def _secret_in_file() -> Loaded:
    text = "[bus]\npassword = 'x'\n[engine]\ndata_dir = '/srv/desk/venue'\n"
    layer = file_layer(text, origin="fairlead.toml", file=HOME / "fairlead.toml")
    return merge([layer, environment_layer({}, folder=HOME)], home=HOME)


def broken() -> SettingsError:
    """Return why a configuration cannot be used."""
    with pytest.raises(SettingsError) as refused:
        configured(FAIRLEAD_SERVER__PORT="70000")
    return refused.value


def _file_mode(mode: int) -> FakeDisk:
    disk = FakeDisk()
    disk.modes[HOME / "fairlead.toml"] = mode
    return disk


FAILS: dict[str, tuple[Callable[[], Any], str, str, str, Fault]] = {
    # what is planted: how, the check, words of what was seen, words of the remedy, the kind of fault
    "configuration": (lambda: examined(broken()), "configuration", "70000", "config check", Fault.INVALID),
    "old Python": (
        lambda: examined(machine=FakeMachine(version=(3, 10, 9))),
        "python",
        "3.10.9",
        "install Python",
        Fault.UNAVAILABLE,
    ),
    "core": (
        lambda: examined(machine=FakeMachine(core_fault="wrong ELF class")),
        "core",
        "wrong ELF",
        "make setup",
        Fault.UNAVAILABLE,
    ),
    "clock of 1970": (
        lambda: examined(machine=FakeMachine(now_ns=0), log=sound_log(last_ts_ns=0)),
        "wall clock",
        "1970-01-01",
        "set the clock",
        Fault.INVALID,
    ),
    "clock of 2200": (
        lambda: examined(machine=FakeMachine(now_ns=7_258_118_400_000_000_000)),
        "wall clock",
        "2200",
        "set the clock",
        Fault.INVALID,
    ),
    "redis library": (
        lambda: examined(
            configured(FAIRLEAD_CACHE__KIND="redis", FAIRLEAD_CACHE__URL="redis://h"),
            machine=FakeMachine(modules=frozenset()),
        ),
        "libraries",
        "redis is missing",
        "install redis",
        Fault.UNAVAILABLE,
    ),
    "PostgreSQL library": (
        lambda: examined(configured(FAIRLEAD_STORE__URL="postgresql://h/d"), machine=FakeMachine(modules=frozenset())),
        "libraries",
        "psycopg is missing",
        "install psycopg",
        Fault.UNAVAILABLE,
    ),
    "Kafka library": (
        lambda: examined(
            configured(FAIRLEAD_BUS__KIND="kafka", FAIRLEAD_BUS__SERVERS="h:1"),
            machine=FakeMachine(modules=frozenset()),
        ),
        "libraries",
        "confluent_kafka is missing",
        "install confluent_kafka",
        Fault.UNAVAILABLE,
    ),
    "HTTP port": (
        lambda: examined(machine=FakeMachine(taken={8080: "in use"})),
        "HTTP port",
        "8080: in use",
        "set server.port",
        Fault.UNAVAILABLE,
    ),
    "gateway port": (
        lambda: examined(machine=FakeMachine(taken={9080: "in use"}), runs=UnavailableError("no right to look")),
        "gateway port",
        "9080: in use",
        "set server.gateway_port",
        Fault.UNAVAILABLE,
    ),
    "read-only disk": (
        lambda: examined(disk=FakeDisk(unwritable=errno.EROFS)),
        "data directory",
        "Read-only",
        "chown",
        Fault.UNAVAILABLE,
    ),
    "sync that fails": (
        lambda: examined(disk=FakeDisk(unwritable=errno.EIO)),
        "data directory",
        "Input/output error",
        "engine.data_dir",
        Fault.UNAVAILABLE,
    ),
    "full disk": (
        lambda: examined(disk=FakeDisk(free=GIB - 1)),
        "free space",
        "1,023 MiB",
        "make space",
        Fault.UNAVAILABLE,
    ),
    "damaged log": (
        lambda: examined(log=sound_log(damaged=Damage(file="wal-1", offset=8, seq=5, what="checksum"))),
        "journal",
        "record 5 at wal-1:8: checksum",
        "do not start",
        Fault.INVALID,
    ),
    "log of nobody": (
        lambda: examined(log=DataError("no store")),
        "journal",
        "no store",
        "do not start",
        Fault.INVALID,
    ),
    "log of a newer version": (
        lambda: examined(log=UnavailableError("format 9")),
        "journal",
        "format 9",
        "the version that wrote it",
        Fault.UNAVAILABLE,
    ),
    "log after the clock": (
        lambda: examined(log=sound_log(last_ts_ns=NOW_NS + 60_000_000_001)),
        "journal",
        "the clock says",
        "set the clock",
        Fault.INVALID,
    ),
    "manifest gone": (
        lambda: examined(disk=disk_with(without=(DATA / "MANIFEST",))),
        "journal",
        "no MANIFEST",
        "do not start",
        Fault.INVALID,
    ),
    "segment missing": (
        lambda: examined(disk=long_log(segment(1, 1), segment(3, 90))),
        "journal",
        "one is missing",
        "do not start",
        Fault.INVALID,
    ),
    "segment overwritten": (
        lambda: examined(disk=long_log(segment(1, 1, magic=bytes(8)))),
        "journal",
        "does not begin",
        "do not start",
        Fault.INVALID,
    ),
    "segment cut": (
        lambda: examined(disk=long_log((SEGMENT, b"FLWAL"))),
        "journal",
        "ends in its head",
        "do not start",
        Fault.INVALID,
    ),
    "no right to the log": (
        lambda: examined(disk=FakeDisk(unreadable={DATA: errno.EACCES})),
        "journal",
        "Permission denied",
        "run as the user",
        Fault.UNAVAILABLE,
    ),
    "gateway keys that others read": (
        lambda: examined(disk=_with_modes(gateway_keys=stat.S_IFREG | 0o640)),
        "gateway keys",
        "mode 640",
        "chmod 600",
        Fault.INVALID,
    ),
    "token key that others read": (
        lambda: examined(disk=_with_modes(token_key=stat.S_IFREG | 0o604)),
        "token key",
        "mode 604",
        "chmod 600",
        Fault.INVALID,
    ),
    "token key that is named and not there": (
        lambda: examined(configured(FAIRLEAD_AUTH__KEY_FILE="/srv/desk/no.key")),
        "token key",
        "no.key is not there",
        "put it there",
        Fault.INVALID,
    ),
    "token key too short": (
        lambda: examined(
            configured(FAIRLEAD_AUTH__ALGORITHM="HS256"),
            disk=FakeDisk(contents={DATA / "token.key": bytes(31).hex().encode(), DATA / "master.key": HEX}),
        ),
        "token key",
        "31 bytes",
        "openssl rand -hex 32",
        Fault.INVALID,
    ),
    "token key of another algorithm": (
        lambda: examined(disk=FakeDisk(contents={DATA / "token.key": HEX, DATA / "master.key": HEX})),
        "token key",
        "holds no private key",
        "set auth.algorithm",
        Fault.INVALID,
    ),
    "token key that cannot be read": (
        lambda: examined(disk=FakeDisk(unreadable={DATA / "token.key": errno.EACCES})),
        "token key",
        "Permission denied",
        "let this user",
        Fault.INVALID,
    ),
    "master secret that is a word": (
        lambda: examined(disk=FakeDisk(contents={DATA / "token.key": PEM, DATA / "master.key": b"changeme"})),
        "master secret",
        "is not hexadecimal",
        "openssl rand -hex 32",
        Fault.INVALID,
    ),
    "earlier key gone": (
        lambda: examined(configured(FAIRLEAD_AUTH__EARLIER_KEY_FILES="/srv/desk/old.pem")),
        "earlier key old.pem",
        "is not there",
        "put it there",
        Fault.INVALID,
    ),
    "earlier private key that others read": (
        lambda: examined(
            configured(FAIRLEAD_AUTH__EARLIER_KEY_FILES="/srv/desk/old.pem"), disk=tls_disk(old=stat.S_IFREG | 0o644)
        ),
        "earlier key old.pem",
        "mode 644",
        "chmod 600",
        Fault.INVALID,
    ),
    "store that others read": (
        lambda: examined(disk=_with_modes(store_sqlite3=stat.S_IFREG | 0o644)),
        "store",
        "mode 644",
        "chmod 600",
        Fault.INVALID,
    ),
    "TLS key that others read": (
        lambda: examined(_tls(), disk=tls_disk(c=PRIVATE, k=stat.S_IFREG | 0o644)),
        "TLS key",
        "mode 644",
        "chmod 600",
        Fault.INVALID,
    ),
    "TLS certificate gone": (
        lambda: examined(_tls(), disk=tls_disk(k=PRIVATE)),
        "TLS certificate",
        "is not there",
        "put it there",
        Fault.INVALID,
    ),
    "secret in a file that others read": (
        lambda: examined(_secret_in_file(), disk=_file_mode(stat.S_IFREG | 0o644)),
        "secrets in fairlead.toml",
        "mode 644",
        "chmod 600",
        Fault.INVALID,
    ),
    "data directory is a file": (
        lambda: examined(
            disk=disk_with(without=(DATA / "MANIFEST", SEGMENT), modes=FakeDisk().modes | {DATA: PRIVATE})
        ),
        "data directory",
        "is no directory",
        "move",
        Fault.INVALID,
    ),
}

WARNS: dict[str, tuple[Callable[[], Any], str, str, str]] = {
    "no hardware checksums": (
        lambda: examined(machine=FakeMachine(cpu=Processor(kind="x86_64", count=2, features=frozenset({"sse2"})))),
        "processor",
        "without sse4_2",
        "give the machine",
    ),
    "one processor": (
        lambda: examined(machine=FakeMachine(cpu=Processor(kind="aarch64", count=1, features=frozenset({"crc32"})))),
        "processor",
        "aarch64, 1 usable",
        "2 processors",
    ),
    "slow clock": (lambda: examined(machine=FakeMachine(source="hpet")), "clock source", "hpet", "clocksource=tsc"),
    "libraries of the service": (
        lambda: examined(machine=FakeMachine(missing=("litestar",))),
        "libraries",
        "litestar",
        "fairlead[serve]",
    ),
    "disk soon full": (lambda: examined(disk=FakeDisk(free=4 * GIB - 1)), "free space", "4,095 MiB", "make space"),
    "memory as disk": (lambda: examined(disk=FakeDisk(kind="tmpfs")), "filesystem", "next boot", "engine.data_dir"),
    "network disk": (lambda: examined(disk=FakeDisk(kind="nfs4")), "filesystem", "another machine", "local disk"),
    "open directory": (
        lambda: examined(disk=disk_with(modes=FakeDisk().modes | {DATA: stat.S_IFDIR | 0o755})),
        "data directory",
        "mode 755",
        "chmod 700",
    ),
    "torn tail": (
        lambda: examined(log=sound_log(torn_tail=("wal-1", 8, 10))),
        "journal",
        "never finished",
        "the next start",
    ),
    "port of the venue that runs": (
        lambda: examined(machine=FakeMachine(taken={9080: "in use"}), runs=True),
        "gateway port",
        "an engine runs",
        "nothing",
    ),
}
