"""The gateway behind TLS: who is let in, who is told why not, and peers that speak it badly or not at all."""

import asyncio
import signal
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.certificates import Authority
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead import aio
from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.errors import DataError, NotFoundError, UnavailableError, UsageError

ORDER: dict[str, Any] = {"symbol": "ABC-USD", "side": "buy", "order_qty": 1, "price": 10}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "stranger")


def _start(directory: Path, cert: Path, key: Path, *more: object) -> Process:
    write_keys(directory)
    return Process(directory, options=["--tls-cert", str(cert), "--tls-key", str(key), *map(str, more)])


@pytest.fixture
def port(tmp_path: Path, authority: Authority) -> Iterator[int]:
    with _start(tmp_path / "venue", *authority.issue("gateway")) as process:
        make_market(process.port, tls=True, ca=authority.ca)
        yield process.port


def _alice(port: int, **options: Any) -> Client:
    return Client(port=port, key_id="alice", secret=SECRET, **options)


def test_orders_reports_and_books_go_through_tls(port: int, authority: Authority) -> None:
    with (
        _alice(port, tls=True, ca=authority.ca) as alice,
        Client(port=port, key_id="bob", secret=SECRET, tls=ssl.create_default_context(cafile=authority.ca)) as bob,
    ):
        assert alice.submit(**ORDER, cl_ord_id="bid").exec_type == "New"
        book = bob.subscribe("ABC-USD", "L2")
        assert [tuple(level) for level in book.bids] == [(10, 1, 1)]
        bob.submit(symbol="ABC-USD", side="sell", order_qty=1, price=10)
        told = [next(alice.events()) for _ in range(2)]

    assert [report.exec_type for report in told] == ["New", "Trade"]


def test_many_answers_at_once_come_whole_and_in_order(port: int, authority: Authority) -> None:
    async def trade() -> list[str | None]:
        async with aio.Client(
            host="localhost", port=port, key_id="alice", secret=SECRET, tls=True, ca=authority.ca, timeout_s=60
        ) as alice:
            await asyncio.gather(*(alice.submit(**ORDER, cl_ord_id=f"o{n}") for n in range(2_000)))
            told = alice.events()
            heard = [(await anext(told)).cl_ord_id for _ in range(2_000)]
            assert (await alice.mass_cancel()).count == 2_000
            return heard

    assert asyncio.run(trade()) == [f"o{n}" for n in range(2_000)]


def test_a_client_trusts_its_authority_only(port: int, stranger: Authority, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"not trusted: .*ca="):
        _alice(port, tls=True, ca=stranger.ca)
    with pytest.raises(UnavailableError, match="not trusted"):
        _alice(port, tls=True)
    with pytest.raises(NotFoundError, match=r"nowhere\.pem"):
        _alice(port, tls=True, ca=tmp_path / "nowhere.pem")
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(DataError, match=r"empty\.pem"):
        _alice(port, tls=True, ca=tmp_path / "empty.pem")
    with pytest.raises(UsageError, match="give tls=True"):
        _alice(port, ca=stranger.ca)


def test_plain_and_encrypted_do_not_meet_and_both_are_told(port: int, authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the gateway speaks TLS: give tls=True"):
        _alice(port)
    write_keys(tmp_path / "plain")
    with (
        Process(tmp_path / "plain") as plain,
        pytest.raises(UnavailableError, match=r"does not speak TLS.*leave tls= out"),
    ):
        _alice(plain.port, tls=True, ca=authority.ca)


def test_an_expired_certificate_is_refused_by_the_client(tmp_path: Path, authority: Authority) -> None:
    cert, key = authority.issue("late", is_expired=True)
    with (
        _start(tmp_path / "venue", cert, key) as process,
        pytest.raises(UnavailableError, match="not trusted: certificate has expired"),
    ):
        _alice(process.port, tls=True, ca=authority.ca)


def test_clients_need_a_certificate_where_one_is_asked_for(
    tmp_path: Path, authority: Authority, stranger: Authority
) -> None:
    def context(issuer: Authority | None) -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=authority.ca)
        if issuer is not None:
            made.load_cert_chain(*issuer.issue("client"))
        return made

    cert, key = authority.issue("gateway")
    with _start(tmp_path / "venue", cert, key, "--tls-client-ca", authority.ca) as process:
        for bad in (None, stranger):
            with pytest.raises(UnavailableError, match=r"does not accept this client's certificate.*load_cert_chain"):
                _alice(process.port, tls=context(bad))
        make_market(process.port, tls=context(authority))
        with _alice(process.port, tls=context(authority)) as alice:
            assert alice.submit(**ORDER).exec_type == "New"


def test_files_that_will_not_do_end_the_start_with_their_path(
    tmp_path: Path, authority: Authority, stranger: Authority
) -> None:
    cert, key = authority.issue("gateway")
    other = stranger.issue("other")[1]
    is_open = tmp_path / "open.key"
    is_open.write_bytes(key.read_bytes())
    is_open.chmod(0o644)
    nowhere = tmp_path / "nowhere.pem"
    cases = [
        (nowhere, key, (), r"path=.*nowhere\.pem: No such file"),
        (cert, nowhere, (), r"path=.*nowhere\.pem: No such file"),
        (tmp_path, key, (), "directory"),
        (cert, other, (), r"path=.*other\.key: is not the key of .*gateway\.pem"),
        (key, key, (), r"path=.*gateway\.key: no certificate in it"),
        (cert, cert, (), r"path=.*gateway\.pem"),
        (cert, is_open, (), r"path=.*open\.key: mode=644 max=660: chmod 600"),
        (cert, key, ("--tls-client-ca", nowhere), r"path=.*nowhere\.pem: No such file"),
    ]
    for bad_cert, bad_key, more, what in cases:
        with pytest.raises(AssertionError, match=f"code={ExitCode.DATA.value} .*{what}"):
            _start(tmp_path / "venue", bad_cert, bad_key, *more)
    write_keys(tmp_path / "venue")
    for half in (["--tls-cert", str(cert)], ["--tls-client-ca", str(cert)]):
        with pytest.raises(AssertionError, match=f"code={ExitCode.USAGE.value} .*needs a certificate and its key"):
            Process(tmp_path / "venue", options=half)


def test_others_may_reach_what_is_encrypted_and_nothing_else(tmp_path: Path, authority: Authority) -> None:
    write_keys(tmp_path / "venue")
    with pytest.raises(AssertionError, match="not loopback and nothing is encrypted"):
        Process(tmp_path / "venue", options=["--host", "0.0.0.0"])
    with _start(tmp_path / "venue", *authority.issue("gateway"), "--host", "0.0.0.0") as process:
        make_market(process.port, tls=True, ca=authority.ca)


def _hello(authority: Authority) -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    """A client's side of a handshake that has said its first word."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=authority.ca)
    speaker = context.wrap_bio(coming, going, server_hostname="127.0.0.1")
    with pytest.raises(ssl.SSLWantReadError):
        speaker.do_handshake()
    return speaker, coming, going


def _rest(line: socket.socket) -> bytes:
    """Everything until the other side closes; fails when that takes longer than any bound of the gateway."""
    line.settimeout(30)
    data = b""
    try:
        while more := line.recv(65_536):
            data += more
    except ConnectionResetError:
        pass
    return data


def test_peers_that_speak_tls_badly_are_closed_and_nobody_waits_for_them(port: int, authority: Authority) -> None:
    hello = _hello(authority)[2].read()
    words = {
        "silent": b"",
        "half a hello": hello[: len(hello) // 2],
        "a hello and no more": hello,
        "garbage": bytes(range(256)) * 40,
        "a record too long": b"\x16\x03\x01\xff\xff" + bytes(65_535),
        "an order in clear": struct.pack(">H", 16) + bytes(16),
        "a web browser": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    with _alice(port, tls=True, ca=authority.ca) as alice:
        lines = {}
        for name, data in words.items():
            for n in range(20):
                line = lines[name, n] = socket.create_connection(("127.0.0.1", port), timeout=30)
                line.sendall(data)
            assert alice.submit(**ORDER).exec_type == "New"
        ends = {name: _rest(line) for (name, _), line in lines.items()}
        assert alice.submit(**ORDER).exec_type == "New"
        assert alice.connections == 1
        for line in lines.values():
            line.close()

    # All that is said to who said nothing is that nothing more will come.
    assert ends["silent"] == ends["half a hello"] == b"\x15\x03\x03\x00\x02\x01\x00"
    assert ends["a hello and no more"][:1] == b"\x16"
    for name in ("garbage", "a record too long", "an order in clear", "a web browser"):
        assert ends[name][:2] == b"\x15\x03", name


def test_a_peer_that_never_reads_costs_nobody_else_anything(port: int, authority: Authority) -> None:
    bob_key: dict[str, Any] = {"key_id": "bob", "secret": SECRET, "tls": True, "ca": authority.ca}
    with _alice(port, tls=True, ca=authority.ca) as alice, Client(port=port, **bob_key) as bob:
        # It logs on to nothing: it asks again and again for what the handshake says, and takes none of it.
        lines = []
        for _ in range(50):
            line = socket.create_connection(("127.0.0.1", port), timeout=30)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
            line.sendall(_hello(authority)[2].read())
            lines.append(line)
        for n in range(50):
            alice.submit(**ORDER, cl_ord_id=f"a{n}")
            bob.submit(symbol="ABC-USD", side="sell", order_qty=1, price=10, cl_ord_id=f"b{n}")
        for line in lines:
            line.close()

        assert alice.mass_cancel().count == 0


def test_a_new_certificate_counts_after_sighup_for_new_connections(
    tmp_path: Path, authority: Authority, stranger: Authority
) -> None:
    cert, key = authority.issue("gateway")
    with _start(tmp_path / "venue", cert, key) as process:
        make_market(process.port, tls=True, ca=authority.ca)
        with _alice(process.port, tls=True, ca=authority.ca) as alice:
            for old, new in zip((cert, key), stranger.issue("gateway"), strict=True):
                old.write_bytes(new.read_bytes())
            assert process.process.stderr is not None
            process.process.send_signal(signal.SIGHUP)
            assert "sessions_ended=0" in process.process.stderr.readline()

            with pytest.raises(UnavailableError, match="not trusted"):
                Client(port=process.port, key_id="bob", secret=SECRET, tls=True, ca=authority.ca)
            with Client(port=process.port, key_id="bob", secret=SECRET, tls=True, ca=stranger.ca) as bob:
                assert bob.submit(**ORDER).exec_type == "New"
            assert alice.submit(**ORDER).exec_type == "New"
