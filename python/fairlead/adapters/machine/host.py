"""Interpreter, processor, clock, libraries and ports of this machine."""

import os
import platform
import re
import socket
import sys
import time
from contextlib import suppress
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from fairlead.ports.machine import Processor

_CPU_INFO = Path("/proc/cpuinfo")
_CLOCK_SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")

# A line such as: name[part]>=1.2 ; extra == 'serve'
_REQUIRED = re.compile(r"""([A-Za-z0-9._-]+).*;.*\bextra == ['"]([A-Za-z0-9._-]+)['"]""")


class ThisMachine:
    """Answers for :class:`fairlead.ports.machine.Machine`."""

    def python_version(self) -> tuple[int, int, int]:
        """Return the version of the interpreter."""
        return sys.version_info[:3]

    def core_version(self) -> str:
        """Return the version of the compiled core."""
        return str(import_module("fairlead.engine").__version__)

    def processor(self) -> Processor:
        """Return architecture, number and features."""
        features: frozenset[str] = frozenset()
        with suppress(OSError):
            features = _features(_CPU_INFO.read_text(encoding="utf-8", errors="replace"))
        return Processor(kind=platform.machine(), count=_processors(), features=features)

    def clock_source(self) -> str | None:
        """Return what Linux counts time by."""
        with suppress(OSError):
            return _CLOCK_SOURCE.read_text(encoding="ascii", errors="replace").strip()
        return None

    def wall_ns(self) -> int:
        """Return the time of day."""
        return time.time_ns()

    def is_installed(self, module: str) -> bool:
        """Return whether a top-level module is there."""
        return find_spec(module) is not None

    def lacking(self, extra: str) -> tuple[str, ...] | None:
        """Return the distributions of an extra that are not installed, as the metadata of the package lists them."""
        try:
            required = metadata.requires("fairlead") or []
        except metadata.PackageNotFoundError:
            return None
        names = [found[1] for line in required if (found := _REQUIRED.match(line)) and found[2] == extra]
        return tuple(name for name in names if not _has_distribution(name)) if names else None

    def port_refusal(self, host: str, port: int) -> str | None:
        """Listen there for an instant; nobody can connect before it is over."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                # As servers do: the rest of a connection that has ended is no obstacle.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen(1)
        except OSError as error:
            return error.strerror or str(error)
        return None


def _has_distribution(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _features(text: str) -> frozenset[str]:
    for line in text.splitlines():
        name, _, words = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return frozenset(words.split())
    return frozenset()
