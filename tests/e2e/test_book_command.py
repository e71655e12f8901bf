"""``fairlead book --watch`` where the service goes away and comes back: it says so once, and goes on."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fairlead.cli.exit_codes import ExitCode

# As many times as one call of the client asks.
_CALL = 5


@contextmanager
def _service(port: int, answers: Sequence[int | str]) -> Iterator[int]:
    """Serve a book of these numbers, one after the other, or 503 with such a code; the last one for ever."""
    left = list(answers)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(said, str):
                status = 404 if said == "NOT_FOUND_ERROR" else 503
                answer = {"title": "no", "status": status, "code": said, "detail": said, "correlationId": "c"}
            else:
                status = 200
                answer = {"symbol": "ABC-USD", "state": "HALTED", "epoch": 1, "seq": said, "bids": [], "asks": []}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class _Watching:
    """A terminal in which somebody watches."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process, self._out, self.errors = process, process.stdout, process.stderr

    def seq(self) -> int:
        """Return the number of the book that is printed next."""
        return int(json.loads(self._out.readline())["seq"])

    def end(self, by: signal.Signals) -> str:
        """Return what else was said."""
        self.process.send_signal(by)
        _, errors = self.process.communicate(timeout=60)
        assert self.process.returncode != ExitCode.OK
        return errors


@contextmanager
def _watching(port: int) -> Iterator[_Watching]:
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "fairlead", "book", "ABC-USD", "--watch", "--json", "--url", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield _Watching(process)
        finally:
            process.kill()


def test_each_time_the_service_is_away_is_told_once_and_the_book_goes_on() -> None:
    answers: list[int | str] = [1, *["FIRST"] * 2 * _CALL, 2, *["SECOND"] * _CALL, 2]
    with _service(0, answers) as port, _watching(port) as watching:
        # The same book is shown again: who looks sees that it is there.
        assert [watching.seq(), watching.seq(), watching.seq()] == [1, 2, 2]
        first, second = watching.errors.readline(), watching.errors.readline()
        rest = watching.end(signal.SIGTERM)

    for line, why in ((first, "FIRST"), (second, "SECOND")):
        assert line.startswith(f"fairlead: waiting for the service: url=http://127.0.0.1:{port} why={why}"), line
    assert "waiting" not in rest


def test_a_service_that_is_gone_is_waited_for_until_it_is_back_or_nobody_watches() -> None:
    with _service(0, [1]) as port:
        pass
    with _watching(port) as watching:
        assert "waiting for the service" in watching.errors.readline()
        with _service(port, [7]):
            assert watching.seq() == 7
        assert "waiting for the service" in watching.errors.readline()
        assert "waiting" not in watching.end(signal.SIGTERM)


def test_a_market_that_there_is_not_ends_it() -> None:
    with _service(0, ["NOT_FOUND_ERROR"]) as port, _watching(port) as watching:
        assert watching.process.wait(60) == ExitCode.NOT_FOUND
