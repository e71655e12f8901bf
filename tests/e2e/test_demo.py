"""``fairlead demo`` as a user starts it: without a terminal, and in one with its keys. Nothing here measures time."""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

COMMAND = (sys.executable, "-c", "from fairlead.cli import main; main()", "demo")
# Long after anything that works has finished.
GIVE_UP_SECONDS = 120
# Several hundred screens: who still waits for something then waits in vain.
GIVE_UP_CHARACTERS = 5_000_000
ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
HOME = "\x1b[H"
PLAIN = {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "80"}


def _run(*options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PLAIN}
    environment.pop("FORCE_COLOR", None)
    return subprocess.run(
        [*COMMAND, *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        timeout=GIVE_UP_SECONDS,
        check=False,
    )


def _state_hash(text: str) -> str:
    found = re.search(r"state hash ([0-9a-f]{16})\b", text)
    assert found is not None, text
    return found[1]


def _repeat_options(text: str) -> Sequence[str]:
    found = re.search(r"repeat it: fairlead demo (.*)", text)
    assert found is not None, text
    return found[1].split()


def test_without_a_terminal_it_prints_both_sides_and_ends() -> None:
    done = _run("--seconds", "1")

    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    for symbol in ("AAPL", "SPY", "QQQ", "BTC-USD", "ETH-USD"):
        row = re.search(rf"^\| {symbol} +\| +(\S+) \| +(\S+) \| +(\S+) \| +(\S+) \|", done.stdout, re.MULTILINE)
        assert row is not None, done.stdout
        assert float(row[2]) < float(row[3])
    ladder = done.stdout.split("bid qty |  price")[1]
    assert len(re.findall(r"^\| +\| +[\d.]+ \| +[\d.]+ \|$", ladder, re.MULTILINE)) == 5
    assert len(re.findall(r"^\| +[\d.]+ \| +[\d.]+ \| +\|$", ladder, re.MULTILINE)) == 5
    assert ", 0 rejected" in done.stdout


def test_the_command_it_prints_gives_the_same_hash_and_another_seed_does_not() -> None:
    first = _run("--seconds", "0.5", "--seed", "11", "--rate", "1500")
    options = _repeat_options(first.stdout)

    again = _run(*options)
    other = _run(*["12" if option == "11" else option for option in options])

    assert _state_hash(again.stdout) == _state_hash(first.stdout)
    assert _repeat_options(again.stdout) == options
    assert _state_hash(other.stdout) != _state_hash(first.stdout)


def test_json_is_one_object_with_sorted_keys_and_the_same_hash() -> None:
    done = _run("--commands", "4000", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert list(found) == sorted(found)
    assert found["commands"] == 4_000
    assert found["state_hash"] == _state_hash(_run("--commands", "4000").stdout)
    for book in found["books"].values():
        assert float(book["bids"][0][0]) < float(book["asks"][0][0])


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--symbol", "MSFT"), 3, "symbol=MSFT; one of AAPL, SPY, QQQ, BTC-USD, ETH-USD"),
        (("--rate", "0"), 2, "--rate"),
        (("--seed", "-1"), 2, "--seed"),
        (("--seconds", "0"), 2, "--seconds"),
        (("--speed", "nan"), 2, "--speed"),
        (("--commands", "5", "--seconds", "5"), 2, "not both"),
    ],
)
def test_bad_options_are_refused_on_standard_error(options: Sequence[str], code: int, says: str) -> None:
    done = _run(*options)

    assert done.returncode == code
    assert done.stdout == ""
    assert says in done.stderr


def test_a_symbol_may_be_written_small() -> None:
    done = _run("--symbol", "btc-usd", "--commands", "3000")

    assert done.returncode == 0
    assert re.search(r"^ +BTC-USD +$", done.stdout, re.MULTILINE)


def test_the_picture_is_a_frame_that_needs_no_network(tmp_path: Path) -> None:
    path = tmp_path / "demo.svg"

    done = _run("--commands", "5000", "--export-svg", str(path))

    text = path.read_text(encoding="utf-8")
    words = " ".join(ET.fromstring(text).itertext()).replace("\xa0", " ")
    assert done.returncode == 0
    assert len(text) < 200_000
    assert "url(" not in text.replace("url(#", "")
    for word in ("FAIRLEAD demo", "bid qty", "ask qty", "spread", "trades", "p99.9"):
        assert word in words


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    done = _run("--commands", "500", "--export-svg", str(tmp_path / "missing" / "demo.svg"))

    assert done.returncode == 5
    assert done.stderr.count("\n") == 1
    assert "missing" in done.stderr


@dataclass
class Terminal:
    """The demo in a terminal of 80 x 24, and what it has written so far."""

    process: subprocess.Popen[bytes]
    fd: int
    settings: list[Any]
    written: str = ""
    # A read may end within a character.
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def read_until(self, *words: str) -> None:
        """Read until all words were written since the last call; fail where they never are."""
        begun = len(self.written)
        while not all(word in self.written[begun:] for word in words):
            assert self._read(), (words, self.written[-2_000:])

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.fd, keys)

    def read_to_the_end(self) -> int:
        """Read until the program is gone and return its exit code."""
        while self._read():
            pass
        return self.process.wait(GIVE_UP_SECONDS)

    def assert_restored(self) -> None:
        """Check that the settings, the cursor and the usual screen are back."""
        assert termios.tcgetattr(self.fd) == self.settings
        assert self.written.rindex(SHOW_CURSOR) > self.written.rindex(HIDE_CURSOR)
        assert self.written.rindex(LEAVE_SCREEN) > self.written.rindex(ENTER_SCREEN)

    def _read(self) -> bool:
        """Read a part; return whether there was one."""
        ready, _, _ = select.select([self.fd], [], [], GIVE_UP_SECONDS)
        assert ready, self.written[-2_000:]
        try:
            part = os.read(self.fd, 65_536)
        except OSError:  # what Linux says once nobody holds the other end
            return False
        self.written += self.decoder.decode(part)
        assert len(self.written) < GIVE_UP_CHARACTERS, self.written[-2_000:]
        return bool(part)


@pytest.fixture
def demo_in_terminal() -> Iterator[Callable[..., Terminal]]:
    """Start the demo in a terminal; it is killed where a test leaves it running."""
    started: list[Terminal] = []

    def start(*options: str) -> Terminal:
        fd, other = pty.openpty()
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        settings = termios.tcgetattr(fd)
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [*COMMAND, *options], stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
        )
        os.close(other)
        started.append(Terminal(process=process, fd=fd, settings=settings))
        return started[-1]

    yield start
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        os.close(terminal.fd)


def test_in_a_terminal_it_shows_a_ladder_until_q_and_restores_the_terminal(
    demo_in_terminal: Callable[..., Terminal],
) -> None:
    terminal = demo_in_terminal()

    terminal.read_until("FAIRLEAD demo", "[AAPL]", "bid qty", "ask qty", "spread", "trades", "imbalance", "q quit")
    assert termios.tcgetattr(terminal.fd) != terminal.settings
    terminal.type(b"q")

    assert terminal.read_to_the_end() == 0
    terminal.assert_restored()
    after = terminal.written[terminal.written.rindex(LEAVE_SCREEN) :]
    assert _state_hash(_run(*_repeat_options(after)).stdout) == _state_hash(after)


def test_keys_choose_the_symbol(demo_in_terminal: Callable[..., Terminal]) -> None:
    terminal = demo_in_terminal("--symbol", "eth-usd")

    terminal.read_until("[ETH-USD]")
    terminal.type(b"\t")
    terminal.read_until("[AAPL]")
    terminal.type(b"\x1b[C")
    terminal.read_until("[SPY]")
    terminal.type(b"4")
    terminal.read_until("[BTC-USD]")
    terminal.type(b"\x1b[D")
    terminal.read_until("[QQQ]")
    terminal.type(b"x9")
    terminal.read_until("[ETH-USD]")
    terminal.type(b"Q")

    assert terminal.read_to_the_end() == 0


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_signals_end_it_with_the_terminal_restored(
    sent: signal.Signals, code: int, demo_in_terminal: Callable[..., Terminal]
) -> None:
    terminal = demo_in_terminal()

    terminal.read_until("q quit")
    terminal.process.send_signal(sent)

    assert terminal.read_to_the_end() == code
    terminal.assert_restored()
    assert "Traceback" not in terminal.written


def test_seconds_end_it_without_a_key_and_say_the_hash(demo_in_terminal: Callable[..., Terminal]) -> None:
    terminal = demo_in_terminal("--seconds", "0.3")

    assert terminal.read_to_the_end() == 0
    terminal.assert_restored()
    assert len(_state_hash(terminal.written)) == 16


def test_a_frame_never_sends_more_than_its_terminal_is_large(demo_in_terminal: Callable[..., Terminal]) -> None:
    terminal = demo_in_terminal()

    terminal.read_until("q quit")
    terminal.read_until("q quit")
    terminal.type(b"q")
    terminal.read_to_the_end()

    shown = terminal.written[: terminal.written.rindex(LEAVE_SCREEN)]
    plain = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame) for frame in shown.split(HOME)[1:]]
    frames = [frame for frame in plain if frame]
    assert len(frames) >= 2
    for frame in frames:
        lines = frame.rstrip("\r\n").split("\r\n")
        assert len(lines) == 24
        assert all(len(line) <= 80 for line in lines)
