"""The machine a venue runs on, as far as ``fairlead doctor`` asks about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """What a machine computes with.

    Attributes:
        kind: the architecture, such as ``x86_64`` or ``aarch64``.
        count: processors that this process may use, 1 or more.
        features: what the system says they can do; empty where it does not say.
    """

    kind: str
    count: int
    features: frozenset[str]


class Machine(Protocol):
    """Interpreter, processor, clock, libraries and ports."""

    def python_version(self) -> tuple[int, int, int]:
        """Return the version of the interpreter."""

    def core_version(self) -> str:
        """Return the version of the compiled core.

        Raises:
            ImportError: it is not there, or not for this machine.
        """

    def processor(self) -> Processor:
        """Return what the machine computes with."""

    def clock_source(self) -> str | None:
        """Return what the system counts time by; ``None`` where it does not say."""

    def wall_ns(self) -> int:
        """Return the time of day, nanoseconds since the Unix epoch."""

    def is_installed(self, module: str) -> bool:
        """Return whether a Python module could be imported; it is not."""

    def lacking(self, extra: str) -> tuple[str, ...] | None:
        """Return what is missing of an extra of Fairlead; ``None`` where nobody knows what belongs to it."""

    def port_refusal(self, host: str, port: int) -> str | None:
        """Return why nobody can listen there, ``None`` where one can; 0 is any free port."""


class Disk(Protocol):
    """Files and the space for more."""

    def mode(self, path: Path) -> int | None:
        """Return kind and permission bits of a file or folder, as ``st_mode``; ``None`` where there is none."""

    def sizes(self, folder: Path) -> dict[str, int]:
        """Return each file of a folder and its bytes.

        Raises:
            OSError: it cannot be read.
        """

    def head(self, path: Path, count: int) -> bytes:
        """Return the first bytes of a file.

        Raises:
            OSError: it cannot be read.
        """

    def free_bytes(self, folder: Path) -> int:
        """Return the space an ordinary user may still use.

        Raises:
            OSError: nobody knows.
        """

    def filesystem(self, folder: Path) -> str | None:
        """Return the kind of filesystem, such as ``ext4``; ``None`` where the system does not say."""

    def write_and_sync(self, folder: Path) -> None:
        """Write a small file, sync it and its folder, and remove it.

        Raises:
            OSError: any of that fails.
        """
