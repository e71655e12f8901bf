"""Logons with Ed25519 keys at a real engine: the right key, every wrong one, and a signature that was recorded."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead import aio
from fairlead.client import Client
from fairlead.client.keys import prover
from fairlead.client.protocol import Protocol, SessionEndedError
from fairlead.engine import keys
from fairlead.errors import DataError, UnavailableError


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """The port of an engine, and the private key of ``algo``."""
    directory = tmp_path / "venue"
    write_keys(directory)
    private_key = keys.add(directory, "algo", account=1, scheme="ed25519").secret
    assert private_key is not None
    assert private_key not in (directory / "gateway.keys").read_text()
    with Process(directory) as process:
        make_market(process.port)
        yield process.port, private_key


def test_the_right_key_trades(venue: tuple[int, str]) -> None:
    port, private_key = venue

    async def trade() -> str:
        async with aio.Client(port=port, key_id="algo", private_key=private_key) as algo:
            return str((await algo.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10)).exec_type)

    with Client(port=port, key_id="algo", private_key=bytes.fromhex(private_key)) as algo:
        assert algo.submit(symbol="ABC-USD", side="buy", order_qty=1, price=10).exec_type == "New"
    assert asyncio.run(trade()) == "New"


def test_another_key_another_scheme_and_an_unknown_name_are_refused(venue: tuple[int, str]) -> None:
    port, private_key = venue
    other = ("00" if private_key[:2] != "00" else "01") + private_key[2:]

    with pytest.raises(UnavailableError, match="NotAuthenticated"):
        Client(port=port, key_id="algo", private_key=other)
    with pytest.raises(DataError, match=r"scheme='Ed25519' given=HmacSha256"):
        Client(port=port, key_id="algo", secret=private_key)
    with pytest.raises(DataError, match=r"scheme='HmacSha256' given=Ed25519"):
        Client(port=port, key_id="alice", private_key=SECRET)
    with pytest.raises(DataError, match="a key id that is unknown"):
        Client(port=port, key_id="nobody", private_key=private_key)


def _log_on(port: int, protocol: Protocol, instead_of_proof: bytes | None = None) -> bytes:
    """Log on by hand and return what was sent to prove it; in its place something else may be."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(protocol.take_out())
        list(protocol.receive(line.recv(65_536)))
        proof = protocol.take_out()
        line.sendall(instead_of_proof or proof)
        while protocol.ack is None:
            data = line.recv(65_536)
            assert data, "the gateway closed without a word"
            list(protocol.receive(data))
    return proof


def test_a_recorded_signature_is_worth_nothing(venue: tuple[int, str]) -> None:
    port, private_key = venue

    def protocol() -> Protocol:
        return Protocol(key_id="algo", prover=prover(secret=None, private_key=private_key), role="Trading")

    recorded = _log_on(port, protocol())

    with pytest.raises(SessionEndedError, match="NotAuthenticated"):
        _log_on(port, protocol(), instead_of_proof=recorded)
