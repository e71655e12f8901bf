"""One engine as a process that answers a request a line with a JSON object a line."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

Answer = dict[str, int | str]


class PeerFailedError(Exception):
    """An engine ended or answered nonsense in the middle of a measurement."""


@dataclass(slots=True)
class Session:
    """A running engine.

    Args:
        name: shown in errors.
        command: program and arguments, the workload file last.
        extra_environment: variables set beside the inherited ones.
    """

    name: str
    command: list[str]
    extra_environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.extra_environment},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process by ending its input."""
        process = self._running()
        if process.poll() is None:
            process.communicate()

    def ask(self, request: str) -> Answer:
        """Send one request and wait for its answer.

        Raises:
            PeerFailedError: the process ended, or its answer is no JSON object.
        """
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{request}\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # The process has ended; what it said last follows.
        line = process.stdout.readline()
        if not line.startswith("{"):
            assert process.stderr is not None
            said = (line + process.stderr.read()).strip().splitlines()
            raise PeerFailedError(f"{self.name}: request={request} said={said[0] if said else 'nothing'}")
        answer: Answer = json.loads(line)
        return answer

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "a session is used inside its with block"
        return self._process


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a correct engine ends with, from the header of a workload file.

    Args:
        fills, qty, notional: sums over all fills, lots and tick-lots.
        hash: order-sensitive hash of all fills, 16 hexadecimal digits.
        rest: orders resting at the end.
        seed: seed of the workload.
    """

    fills: int
    qty: int
    notional: int
    hash: str
    rest: int
    seed: int

    @classmethod
    def read(cls, path: Path) -> "Totals":
        """Read the header of a workload file."""
        with path.open("rb") as file:
            head = file.read(128)
        words = [int.from_bytes(head[at : at + 8], "little") for at in range(8, 96, 8)]
        return cls(
            fills=words[5], qty=words[6], notional=words[7], hash=f"{words[8]:016x}", rest=words[9], seed=words[3]
        )

    def verdict(self, answer: Answer) -> str:
        """Say whether an engine's ``check`` answer is this one: ``identical``, ``same sums`` or ``differs``."""
        sums = (answer["fills"], answer["qty"], answer["notional"], answer["rest"])
        if sums != (self.fills, self.qty, self.notional, self.rest):
            return "differs"
        return "identical" if answer["hash"] == self.hash else "same sums"
