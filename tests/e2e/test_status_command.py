"""``fairlead status`` against a running service: what it prints, and with which code it ends."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_outcomes import RAIN
from tests.e2e.test_serve import Service
from tests.e2e.test_users import OPS, PASSWORD

from fairlead.cli.exit_codes import ExitCode


def _status(url: str, *words: str, code: int) -> str:
    command = [sys.executable, "-m", "fairlead", "status", "--url", url, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def _as_operator(service: Service, method: str, path: str, body: dict[str, Any]) -> None:
    tokens = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {tokens['accessToken']}"}
    answer = service.http.request(method, path, json=body, headers=headers)
    assert answer.status_code < 300, answer.text


def test_a_halted_market_is_seen_and_told_by_the_exit_code(directory: Path) -> None:
    with Service(directory) as service:
        url = str(service.http.base_url).rstrip("/")
        _as_operator(service, "POST", "/markets", RAIN)
        _as_operator(service, "PATCH", "/markets/RAIN", {"state": "CONTINUOUS"})
        told = json.loads(_status(url, "--json", code=ExitCode.OK))
        assert (told["status"], told["circuit_breaker"], told["schema"]) == ("READY", "NORMAL", 1)
        assert all(told["parts"].values())
        assert told["markets"] == [
            {"last_price": None, "state": "CONTINUOUS", "stopped_by": None, "symbol": "RAIN"},
        ]

        _as_operator(service, "POST", "/markets/RAIN/halt", {"reason": "news"})
        lines = _status(url, code=ExitCode.HALTED).splitlines()

    assert lines[0].startswith(f"READY  circuit breaker TRIPPED  {url}  2")
    assert "engine ready" in lines[1]
    assert [line.split() for line in lines[2:]] == [["RAIN", "HALTED", "MANUAL"]]


def test_without_a_service_it_says_what_to_start() -> None:
    with socket.socket() as held:
        # Nobody listens there, and nobody else gets it.
        held.bind(("127.0.0.1", 0))
        said = _status(f"http://127.0.0.1:{held.getsockname()[1]}", code=ExitCode.UNAVAILABLE)

    assert "no service answers: " in said
    assert "start one with: fairlead serve" in said


class _Answers(BaseHTTPRequestHandler):
    """What a service says that is well and has no market."""

    def do_GET(self) -> None:
        said = {
            "/time": {"time": "2026-01-01T00:00:00Z"},
            "/ready": {"status": "READY", "parts": []},
            "/circuit-breaker/status": {"circuitBreakerStatus": "NORMAL", "markets": [], "killSwitches": []},
            "/markets": {"markets": []},
        }[self.path]
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _answering(port: int) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", port), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_who_watches_is_told_since_when_no_service_answers_and_that_it_is_back() -> None:
    with _answering(0) as port:
        pass
    command = [sys.executable, "-m", "fairlead", "status", "--watch", "--json", "--url", f"http://127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        told = (json.loads(line) for line in watching.stdout)
        try:
            first, second = next(told), next(told)
            with _answering(port):
                back = next(it for it in told if it["status"] != "NO_ANSWER")
            again = next(it for it in told if it["status"] != "READY")
            assert watching.poll() is None
        finally:
            watching.kill()

    assert (first["status"], first["schema"], second["since"]) == ("NO_ANSWER", 1, first["since"])
    assert "start one with: fairlead serve" in first["error"]
    assert back["status"] == "READY"
    assert again["status"] == "NO_ANSWER"
    assert again["since"] > first["since"]


@pytest.mark.parametrize("words", [(), ("--watch",)])
@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1:8080", "", "http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:x"]
)
def test_an_address_that_is_none_is_refused(url: str, words: tuple[str, ...]) -> None:
    assert "no address of a service" in _status(url, *words, code=ExitCode.USAGE)
