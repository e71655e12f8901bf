"""Hostile sockets against a running service: each ends with a stated answer or a close, and memory stays flat."""

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.test_serve import Service

# What the service may have taken more after an attack than before it.
_GROWTH_BYTES_MAX: Final = 64 * 1_048_576
_IDLE: Final = 500
_WAIT_S: Final = 30
_LOGIN: Final = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    directory = tmp_path_factory.mktemp("sockets") / "venue"
    options = ["server.request_timeout_s=2", "limits.ip_requests_per_s=100000", "limits.ip_logins_per_min=1000"]
    # All at once, and for as long as memory is measured: what ends them sooner is tested in tests/serving.
    options += ["limits.ip_connections_max=1000", "limits.auth_wait_s=30"]
    with Service(directory, *(word for one in options for word in ("--set", one))) as running:
        yield running


def _open(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.ready["port"]), timeout=_WAIT_S)


def _answer(one: socket.socket) -> bytes:
    """Read until the other side closes or has said an answer with its whole body."""
    got = b""
    while True:
        head, end, body = got.partition(b"\r\n\r\n")
        lengths = [line[16:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
        if end and lengths and len(body) >= int(lengths[0]):
            return got
        try:
            more = one.recv(65_536)
        except ConnectionError:
            return got
        if not more:
            return got
        got += more


def _said(service: Service, raw: bytes) -> bytes:
    with _open(service) as one:
        with contextlib.suppress(ConnectionError):
            one.sendall(raw)
        return _answer(one)


def _resident_bytes(service: Service) -> int:
    for line in Path(f"/proc/{service.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1_024
    raise AssertionError("no VmRSS")


def _is_well(service: Service) -> None:
    assert service.http.get("/ready").json()["status"] == "READY"


def test_a_body_that_trickles_in_is_ended_by_the_deadline(service: Service) -> None:
    with _open(service) as one:
        one.sendall(_LOGIN + b"Content-Length: 1000\r\n\r\n")
        one.sendall(b'{"email"')
        answer = _answer(one)
    assert answer.startswith(b"HTTP/1.1 503 "), answer
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["code"], problem["limit"]) == ("REQUEST_TIMEOUT", "2 s")
    _is_well(service)


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        (b"Content-Length: 100000000\r\n", b"", b"413"),
        (b"Content-Length: 70000\r\n", b" " * 70_000, b"413"),
        (b"Transfer-Encoding: chunked\r\n", b"11170\r\n" + b" " * 70_000 + b"\r\n0\r\n\r\n", b"413"),
        (b"Content-Length: 2\r\n", b"{}", b"400"),
        (b"Content-Length: -1\r\n", b"{}", b"400"),
        (b"Content-Length: x\r\n", b"{}", b"400"),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}", b"400"),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"{}", b"400"),
        (b"Content-Length: 99999999999999999999\r\n", b"{}", b"400"),
    ],
)
def test_a_body_that_is_too_large_or_lies_about_its_length_is_refused(
    service: Service, head: bytes, body: bytes, status: bytes
) -> None:
    answer = _said(service, _LOGIN + head + b"\r\n" + body)
    assert answer.split(b" ")[1:2] == [status], answer[:200]
    _is_well(service)


@pytest.mark.parametrize(
    "raw",
    [
        b"\0" * 4_096,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 900) for n in range(400)) + b"\r\n",
        b"GET /health HTTP/1.1\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /%zz\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Bad\x00: 1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_nothing_else_notices(service: Service, raw: bytes) -> None:
    answer = _said(service, raw + b"GET /kill HTTP/1.1\r\n\r\n")
    assert answer == b"" or answer.split(b" ")[1][:1] in {b"4", b"2"}, answer[:300]
    _is_well(service)


def test_garbage_behind_a_request_ends_the_connection_after_its_answer(service: Service) -> None:
    answer = _said(service, b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n\x00\x01garbage\r\n\r\n")
    assert answer.split(b" ")[1] in {b"200", b"400"}, answer
    _is_well(service)


def test_idle_and_half_open_connections_and_large_heads_cost_a_stated_amount_of_memory(service: Service) -> None:
    _is_well(service)
    before = _resident_bytes(service)
    waiting = [_open(service) for _ in range(_IDLE)]
    try:
        for number, one in enumerate(waiting):
            if number % 2:
                one.sendall(b"GET /time HTTP/1.1\r\nX: " + b"a" * 8_000)
        _is_well(service)
        assert _resident_bytes(service) - before < _GROWTH_BYTES_MAX
    finally:
        for one in waiting:
            one.close()
    for _ in range(50):
        _said(service, b"GET /health HTTP/1.1\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n")
    _is_well(service)
    assert _resident_bytes(service) - before < _GROWTH_BYTES_MAX
